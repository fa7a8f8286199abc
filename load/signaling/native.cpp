// parley.v1, as docs/signaling.md has it: the server offers, the client answers.
#include <optional>
#include <vector>

#include "load/signaling/signaling.hpp"
#include "load/signaling/websocket_client.hpp"
#include "signaling/json/document.hpp"
#include "signaling/json/fields.hpp"
#include "signaling/json/writer.hpp"

namespace parley::load {
namespace {

namespace json = signaling::json;

class Native final : public Signaling {
 public:
  Native(const SignalingContext& context, const Membership& membership, SignalingHost& host)
      : membership_(membership),
        host_(host),
        socket_(context, context.endpoint.url("ws", "/ws"), "parley.v1",
                {.open = [this] { join(); },
                 .text = [this](std::string_view text) { read(text); },
                 .ended = [this](const Error& error) { host_.on_ended(error); }}) {}

  void leave() override {
    left_ = true;
    request("leave", [](json::Writer&) {});
    socket_.close();
  }

 private:
  static constexpr std::int64_t kJoin = 1;

  template <typename Write>
  void request(const char* type, Write write) {
    json::Writer message;
    message.field("id", ++last_id_);
    message.field("type", type);
    write(message);
    socket_.send(message.text());
  }

  void join() {
    request("join", [&](json::Writer& message) {
      message.field("room", membership_.room);
      message.field("name", membership_.name);
      if (!membership_.token.empty()) message.field("token", membership_.token);
      message.field("subscribe", membership_.receives ? "all" : "none");
      message.field("data", false);
    });
  }

  void publish(const char* source) {
    request("publish", [&](json::Writer& message) { message.field("source", source); });
  }

  void read(std::string_view text) {
    if (left_) return;
    const auto document = json::parse_object(text);
    if (!document) return fail("bad_message", document.error().message);
    std::optional<Error> problem;
    json::Fields fields(json_node_get_object(document->get()), problem);
    const std::string type = fields.text("type");
    if (type == "ok") on_ok(fields);
    if (type == "error") on_error(fields);
    if (type == "offer") on_offer(fields);
    if (type == "transport-closed" || type == "removed")
      return fail(type.c_str(), "the server ended the call: " + fields.text_or("reason", "?"));
    if (type == "room-closed") return fail("room-closed", "the server closed the room");
    if (problem) fail("bad_message", problem->message);
  }

  void on_ok(json::Fields& fields) {
    const auto id = fields.node("id") == nullptr ? std::nullopt : json::integer(fields.node("id"));
    if (id != kJoin) return;
    host_.on_joined();
    if (membership_.audio) publish("microphone");
    if (membership_.video) publish("camera");
  }

  void on_error(json::Fields& fields) {
    auto error = fields.object("error");
    const std::string code = error.text("code");
    fail(code.c_str(), error.text("message"));
  }

  void on_offer(json::Fields& fields) {
    const std::uint32_t version = fields.uint32_or("version", 0);
    const std::string sdp = fields.text("sdp");
    std::vector<std::string> mids;
    if (fields.has("publications"))
      fields.each("publications", SIZE_MAX,
                  [&](json::Fields& publication) { mids.push_back(publication.text("mid")); });
    if (peer_ == nullptr) {
      const auto peer = host_.open_peer(membership_.publishes());
      if (!peer) return fail(peer.error().code.c_str(), peer.error().message);
      peer_ = *peer;
    }
    const auto answer = peer_->answer(sdp, mids);
    if (!answer) return fail(answer.error().code.c_str(), answer.error().message);
    request("answer", [&](json::Writer& message) {
      message.field("version", static_cast<std::int64_t>(version));
      message.field("sdp", *answer);
    });
  }

  void fail(const char* code, const std::string& message) {
    if (std::exchange(left_, true)) return;
    socket_.close();
    host_.on_ended({code, message});
  }

  Membership membership_;
  SignalingHost& host_;
  Peer* peer_ = nullptr;
  std::int64_t last_id_ = 0;
  bool left_ = false;
  WebSocketClient socket_;
};

}  // namespace

std::unique_ptr<Signaling> join_native(const SignalingContext& context,
                                       const Membership& membership, SignalingHost& host) {
  return std::make_unique<Native>(context, membership, host);
}

}  // namespace parley::load
