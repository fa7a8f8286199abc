#include "signaling/native/encode.hpp"

#include "signaling/native/parts.hpp"

namespace parley::signaling::native {
namespace {

namespace reply = rooms::reply;

/// The head that every reply has.
json::Writer reply_to(const MessageId& id, const char* type) {
  json::Writer out;
  if (const auto* number = std::get_if<std::int64_t>(&id)) out.field("id", *number);
  if (const auto* text = std::get_if<std::string>(&id)) out.field("id", *text);
  out.field("type", type);
  return out;
}

/// Members as RTCIceServer has them, so that a page hands it to its RTCPeerConnection.
void write_ice_server(json::Writer& out, const IceServer& server) {
  out.field("urls", server.url);
  if (server.username.empty()) return;
  out.field("username", server.username);
  out.field("credential", server.credential);
}

struct ReplyFields {
  json::Writer& out;
  std::chrono::seconds keepalive;
  const std::vector<IceServer>& ice_servers;

  void operator()(const reply::Done&) const {}
  void operator()(const reply::Published& published) const {
    out.field("track", published.track.str());
  }
  void operator()(const reply::Posted& posted) const { out.field("message", posted.message_id); }
  void operator()(const reply::Joined& joined) const {
    out.field("room", joined.room.str());
    out.field("participant", joined.participant.str());
    out.field("resumeToken", joined.resume_token);
    out.field("host", joined.host);
    out.field("resumed", joined.resumed);
    out.list("participants", joined.participants,
             [&](const rooms::Participant& other) { write_participant(out, other); });
    out.list("tracks", joined.tracks, [&](const rooms::Track& own) { write_track(out, own); });
    out.list("chat", joined.chat,
             [&](const rooms::ChatMessage& message) { write_chat_message(out, message); });
    out.field("keepaliveSeconds", std::int64_t{keepalive.count()});
    if (!ice_servers.empty())
      out.list("iceServers", ice_servers,
               [&](const IceServer& server) { write_ice_server(out, server); });
  }
};

}  // namespace

std::string encode_reply(const MessageId& id, const rooms::Reply& reply,
                         std::chrono::seconds keepalive,
                         const std::vector<IceServer>& ice_servers) {
  json::Writer out = reply_to(id, "ok");
  std::visit(ReplyFields{out, keepalive, ice_servers}, reply);
  return out.text();
}

std::string encode_error(const MessageId& id, const Error& error) {
  json::Writer out = reply_to(id, "error");
  out.object("error", [&] {
    out.field("code", error.code);
    out.field("message", error.message);
  });
  return out.text();
}

std::string encode_pong(const MessageId& id, WallTime now) {
  json::Writer out = reply_to(id, "ok");
  out.field("time", std::int64_t{now.time_since_epoch().count()});
  return out.text();
}

std::string encode_answer(const MessageId& id, const Description& answer) {
  json::Writer out = reply_to(id, "ok");
  out.object("answer", [&] { write_description(out, answer); });
  return out.text();
}

}  // namespace parley::signaling::native
