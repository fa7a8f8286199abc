// Janus' videoroom over its WebSocket transport: a publisher offers, a subscriber answers, each on
// a handle of its own (https://janus.conf.meetecho.com/docs/videoroom.html).
#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "load/signaling/signaling.hpp"
#include "load/signaling/websocket_client.hpp"
#include "signaling/json/document.hpp"
#include "signaling/json/fields.hpp"
#include "signaling/json/writer.hpp"
#include "support/glib/main_loop.hpp"

namespace parley::load {
namespace {

namespace json = signaling::json;

constexpr std::int64_t kRoomExists = 427;
constexpr std::int64_t kMaxPublishers = 1000;
constexpr std::chrono::seconds kKeepAlive{20};  // a session without a word ends after 60 s
constexpr std::chrono::milliseconds kLookAgain{100};

std::int64_t number_in(JsonNode* node) {
  return node == nullptr ? 0 : json::integer(node).value_or(0);
}

/// Rooms have numbers: that of a name that is one, else a hash (FNV-1a) of the name.
std::int64_t room_number(const std::string& name) {
  const bool digits = std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
  if (digits && name.size() <= 15 && !name.empty()) return std::stoll(name);
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return static_cast<std::int64_t>(hash >> 16) + 1;
}

class Janus final : public Signaling {
 public:
  Janus(const SignalingContext& context, const Membership& membership, SignalingHost& host)
      : membership_(membership),
        room_(room_number(membership.room)),
        host_(host),
        socket_(context, context.endpoint.url("ws", "/"), "janus-protocol",
                {.open = [this] { create_session(); },
                 .text = [this](std::string_view text) { read(text); },
                 .ended = [this](const Error& error) { host_.on_ended(error); }}) {}

  void leave() override {
    if (std::exchange(left_, true)) return;
    if (created_room_ && room_handle_ != 0) {
      message(room_handle_, [&](json::Writer& body) {
        body.field("request", "destroy");
        body.field("room", room_);
      });
    }
    request("destroy", {}, nullptr);
    socket_.close();
  }

 private:
  using Fields = json::Fields;
  using Handler = std::function<void(Fields&)>;
  using Write = std::function<void(json::Writer&)>;

  // --- requests ---------------------------------------------------------------------------------

  /// `write` adds members; `done` gets the reply where it comes at once.
  void request(const char* type, const Write& write, Handler done) {
    json::Writer message;
    const std::string transaction = std::to_string(++last_transaction_);
    message.field("janus", type);
    message.field("transaction", transaction);
    if (session_ != 0) message.field("session_id", session_);
    if (!membership_.token.empty()) message.field("token", membership_.token);
    if (write) write(message);
    if (done) replies_[transaction] = std::move(done);
    socket_.send(message.text());
  }

  void message(std::int64_t handle, const Write& body, Handler done = nullptr,
               const char* jsep = nullptr, const std::string& sdp = {}) {
    request(
        "message",
        [&](json::Writer& message) {
          message.field("handle_id", handle);
          message.object("body", [&] { body(message); });
          if (jsep == nullptr) return;
          message.object("jsep", [&] {
            message.field("type", jsep);
            message.field("sdp", sdp);
          });
        },
        std::move(done));
  }

  void create_session() {
    request("create", {}, [this](Fields& reply) {
      session_ = number_in(reply.object("data").node("id"));
      keep_alive_ = Timer::every(kKeepAlive, [this] { request("keepalive", {}, nullptr); });
      attach([this](std::int64_t handle) {
        room_handle_ = handle;
        create_room();
      });
    });
  }

  void attach(std::function<void(std::int64_t)> done) {
    request(
        "attach", [](json::Writer& message) { message.field("plugin", "janus.plugin.videoroom"); },
        [attached = std::move(done)](Fields& reply) {
          attached(number_in(reply.object("data").node("id")));
        });
  }

  /// Whoever comes first makes the room.
  void create_room() {
    message(
        room_handle_,
        [this](json::Writer& body) {
          body.field("request", "create");
          body.field("room", room_);
          body.field("description", membership_.room);
          body.field("publishers", kMaxPublishers);
        },
        [this](Fields& reply) {
          auto data = plugin_data(reply);
          const std::int64_t error = number_in(data.node("error_code"));
          if (error != 0 && error != kRoomExists) return on_plugin_error(data);
          created_room_ = error == 0;
          if (membership_.publishes())
            join_as_publisher();
          else
            look_for_publishers();
        });
  }

  // --- publishing -------------------------------------------------------------------------------

  void join_as_publisher() {
    message(room_handle_, [this](json::Writer& body) {
      body.field("request", "join");
      body.field("ptype", "publisher");
      body.field("room", room_);
      body.field("display", membership_.name);
    });
  }

  void publish() {
    const auto peer = host_.open_peer(true);
    if (!peer) return fail(peer.error().code, peer.error().message);
    publishing_ = *peer;
    message(
        room_handle_,
        [this](json::Writer& body) {
          body.field("request", "publish");
          body.field("audio", membership_.audio);
          body.field("video", membership_.video);
        },
        nullptr, "offer", publishing_->offer());
  }

  // --- subscribing ------------------------------------------------------------------------------

  /// A subscriber that is no participant is not told of publishers; it has to ask.
  void look_for_publishers() {
    message(
        room_handle_,
        [this](json::Writer& body) {
          body.field("request", "listparticipants");
          body.field("room", room_);
        },
        [this](Fields& reply) {
          auto data = plugin_data(reply);
          if (data.has("error_code")) return on_plugin_error(data);
          if (!std::exchange(joined_, true)) host_.on_joined();
          data.each("participants", SIZE_MAX, [this](Fields& participant) {
            if (participant.boolean_or("publisher", false)) note_feed(participant);
          });
          subscribe();
          if (feeds_.empty())
            look_again_ = Timer::once(kLookAgain, [this] { look_for_publishers(); });
        });
  }

  void note_feed(Fields& publisher) {
    const std::int64_t feed = number_in(publisher.node("id"));
    if (std::ranges::find(feeds_, feed) != feeds_.end()) return;
    feeds_.push_back(feed);
    wanted_.push_back(feed);
  }

  /// One exchange at a time; what appears meanwhile goes into the next.
  void subscribe() {
    if (!membership_.receives || wanted_.empty() || negotiating_) return;
    negotiating_ = true;
    if (watch_handle_ != 0) return ask_for_feeds("subscribe");
    attach([this](std::int64_t handle) {
      watch_handle_ = handle;
      ask_for_feeds("join");
    });
  }

  void ask_for_feeds(const char* request_name) {
    const std::vector<std::int64_t> feeds = std::exchange(wanted_, {});
    message(watch_handle_, [&](json::Writer& body) {
      body.field("request", request_name);
      body.field("ptype", "subscriber");
      body.field("room", room_);
      body.list("streams", feeds, [&](std::int64_t feed) { body.field("feed", feed); });
    });
  }

  void on_subscriber_offer(const std::string& sdp) {
    if (watching_ == nullptr) {
      const auto peer = host_.open_peer(false);
      if (!peer) return fail(peer.error().code, peer.error().message);
      watching_ = *peer;
    }
    const auto answer = watching_->answer(sdp, {});
    if (!answer) return fail(answer.error().code, answer.error().message);
    message(
        watch_handle_, [](json::Writer& body) { body.field("request", "start"); }, nullptr,
        "answer", *answer);
  }

  // --- what comes -------------------------------------------------------------------------------

  static Fields plugin_data(Fields& message) { return message.object("plugindata").object("data"); }

  void read(std::string_view text) {
    if (left_) return;
    const auto document = json::parse_object(text);
    if (!document) return fail("bad_message", document.error().message);
    std::optional<Error> problem;
    Fields fields(json_node_get_object(document->get()), problem);
    const std::string type = fields.text("janus");
    if (type == "error") {
      auto error = fields.object("error");
      const std::string code = std::to_string(number_in(error.node("code")));
      return fail("janus_" + code, error.text("reason"));
    }
    if (type == "timeout") return fail("server_gone", "Janus ended the session: timeout");
    if (type == "hangup") return fail("hangup", fields.text_or("reason", "Janus hung up"));
    if (type == "success") on_success(fields);
    if (type == "event") on_event(fields);
    if (problem) fail("bad_message", problem->message);
  }

  void on_success(Fields& fields) {
    const auto reply = replies_.find(fields.text_or("transaction", ""));
    if (reply == replies_.end()) return;
    const Handler done = std::move(reply->second);
    replies_.erase(reply);
    done(fields);
  }

  void on_event(Fields& fields) {
    auto data = plugin_data(fields);
    if (data.has("error_code")) return on_plugin_error(data);
    const std::string what = data.text_or("videoroom", "");
    if (data.has("publishers"))
      data.each("publishers", SIZE_MAX, [this](Fields& publisher) { note_feed(publisher); });
    if (what == "joined") {
      joined_ = true;
      host_.on_joined();
      publish();
    }
    if (what == "destroyed") return fail("room-closed", "the room was destroyed");
    if (data.text_or("started", "") == "ok") negotiating_ = false;
    if (fields.has("jsep")) on_description(fields);
    subscribe();
  }

  void on_description(Fields& fields) {
    auto jsep = fields.object("jsep");
    const std::string sdp = jsep.text("sdp");
    if (number_in(fields.node("sender")) != room_handle_) return on_subscriber_offer(sdp);
    if (publishing_ == nullptr) return;
    if (const Status accepted = publishing_->accept(sdp); !accepted)
      fail(accepted.error().code, accepted.error().message);
  }

  void on_plugin_error(Fields& data) {
    fail("janus_" + std::to_string(number_in(data.node("error_code"))),
         data.text_or("error", "refused"));
  }

  void fail(const std::string& code, const std::string& message) {
    if (std::exchange(left_, true)) return;
    socket_.close();
    host_.on_ended({code, message});
  }

  Membership membership_;
  std::int64_t room_;
  SignalingHost& host_;
  std::int64_t session_ = 0;
  std::int64_t room_handle_ = 0;   ///< to speak of the room, and to publish
  std::int64_t watch_handle_ = 0;  ///< to receive
  Peer* publishing_ = nullptr;
  Peer* watching_ = nullptr;
  bool created_room_ = false, joined_ = false, negotiating_ = false, left_ = false;
  std::vector<std::int64_t> feeds_, wanted_;  ///< publishers known, and of these not yet asked for
  std::map<std::string, Handler> replies_;
  std::uint64_t last_transaction_ = 0;
  Timer keep_alive_, look_again_;
  WebSocketClient socket_;
};

}  // namespace

std::unique_ptr<Signaling> join_janus(const SignalingContext& context, const Membership& membership,
                                      SignalingHost& host) {
  return std::make_unique<Janus>(context, membership, host);
}

}  // namespace parley::load
