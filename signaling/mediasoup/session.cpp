#include "signaling/mediasoup/session.hpp"

#include <utility>

#include "support/ids.hpp"
#include "support/time.hpp"

namespace parley::signaling::mediasoup {
namespace {

using socketio::Args;
using socketio::Array;
using socketio::Object;
using socketio::object;
using socketio::Value;

constexpr double kEventsPerSecond = 100;
constexpr double kEventsBurst = 500;
// A transport costs threads and a certificate.
constexpr double kTransportsPerSecond = 1;
constexpr double kTransportsBurst = 10;
constexpr std::size_t kMaxUserId = 128;  ///< bytes

Value error(std::string_view text) {
  return object({{"error", text}});
}

/// An id as clients give it: a string, or a number.
std::string id_text(const Value& arguments, std::string_view name) {
  const Value* member = arguments.find(name);
  if (member == nullptr) return {};
  if (member->string() != nullptr) return *member->string();
  return member->number() != nullptr ? to_json(*member) : std::string();
}

}  // namespace

Session::Session(Context context, socketio::Socket& socket)
    : context_(std::move(context)),
      socket_(socket.weak_from_this()),
      socket_id_(socket.id()),
      query_user_id_(socket.handshake().parameter("userId")),
      query_user_name_(socket.handshake().parameter("userName")),
      token_(socket.auth().text("token")),
      limiter_(kEventsPerSecond, kEventsBurst, now()),
      transport_limiter_(kTransportsPerSecond, kTransportsBurst, now()) {}

void Session::start() {
  client_ = context_.backend.connected(weak_from_this());
  on("joinRoom", &Session::join_room);
  on("leaveRoom", &Session::leave_room);
  on("sendMessage", &Session::send_message);
  on("getProducers", &Session::get_producers);
  on("getRouterRtpCapabilities", &Session::get_capabilities);
  on("createProducerTransport", &Session::create_producer_transport);
  on("createConsumerTransport", &Session::create_consumer_transport);
  on("connectProducerTransport", &Session::connect_producer_transport);
  on("connectConsumerTransport", &Session::connect_consumer_transport);
  on("produce", &Session::produce);
  on("consume", &Session::consume);
  on("resumeConsumer", &Session::resume_consumer);
  on("pauseConsumer", &Session::pause_consumer);
  if (const auto socket = socket_.lock())
    socket->on_disconnect([self = shared_from_this()](std::string_view) { self->disconnected(); });
  Object greeting{{"socketId", socket_id_}};
  if (!query_user_id_.empty()) greeting.emplace_back("userId", query_user_id_);
  if (!query_user_name_.empty()) greeting.emplace_back("userName", query_user_name_);
  emit("connection-success", std::move(greeting));
}

void Session::on(const char* event, Handler handler) {
  const auto socket = socket_.lock();
  if (!socket) return;
  socket->on(event, [self = shared_from_this(), event, handler](const Args& args, const Ack& ack) {
    if (!self->limiter_.allow(now()))
      return fail(ack, event, {"too_many_requests", "Too many events; wait, then go on."});
    // Some clients give an acknowledgement alone, some something before it.
    const bool given = !args.empty() && args.front().object() != nullptr;
    ((*self).*handler)(given ? args.front() : Value(Object{}), ack);
  });
}

RequestId Session::ask(const char* event, const Ack& ack, Request what, Write write,
                       TrackId track) {
  const RequestId request = next_request_++;
  pending_[request] = {event, ack, std::move(write), std::move(track)};
  context_.backend.request(client_, request, std::move(what));
  return request;
}

void Session::answer(RequestId request, const Result<rooms::Reply>& reply) {
  const auto asked = pending_.extract(request);
  if (asked.empty()) return;
  const Pending& pending = asked.mapped();
  if (!reply) return fail(pending.ack, pending.event, reply.error());
  if (pending.write) pending.ack({pending.write(*reply)});
}

void Session::fail(const Ack& ack, std::string_view event, const Error& problem) {
  const std::string& code = problem.code;
  if (code == "room_not_found") return ack({error("Room not found")});
  if (code == "not_joined") return ack({error("Participant not found")});
  if (code == "transport_not_found")
    return ack({error(event == "produce" || event == "connectProducerTransport"
                          ? "Producer transport not found"
                          : "Consumer transport not found")});
  if (code == "cannot_consume" || (code == "track_not_found" && event == "consume"))
    return ack({error("Cannot consume this producer")});
  if (code == "track_not_found") return ack({error("Consumer not found")});
  ack({error("Server error in " + std::string(event) + ": " + problem.message)});
}

bool Session::joined(const Ack& ack) const {
  if (!joined_) ack({error(removed_ ? "Participant not found" : "Not in a room")});
  return joined_;
}

// --- joining and leaving -------------------------------------------------------------------------

void Session::join_room(const Value& arguments, const Ack& ack) {
  const RoomId room(id_text(arguments, "roomId"));
  if (!context_.backend.room(room)) return ack({error("Room not found")});
  std::string name(arguments.text("userName"));
  if (name.empty()) name = query_user_name_;
  if (name.empty()) name = "Guest";
  std::string user_id = id_text(arguments, "userId");
  if (user_id.empty()) user_id = query_user_id_;
  if (user_id.size() > kMaxUserId)
    return fail(ack, "joinRoom", {"invalid_field", "userId: at most 128 bytes."});
  leave();
  room_ = room;
  user_id_ = std::move(user_id);
  JoinRequest join;
  join.room = room;
  join.name = name;
  join.token = token_;
  join.resumable = false;
  join.subscribe_all = false;
  join.data_channel = false;
  join.notation = Notation::Ortc;
  ask("joinRoom", ack, std::move(join), [this, name](const rooms::Reply& reply) {
    const auto* joined = std::get_if<rooms::reply::Joined>(&reply);
    return joined != nullptr ? welcome(*joined, name) : Value(Object{});
  });
}

Value Session::welcome(const rooms::reply::Joined& reply, const std::string& name) {
  joined_ = true;
  removed_ = false;
  participant_ = reply.participant;
  if (user_id_.empty()) user_id_ = participant_.str();
  context_.directory->add(participant_, {socket_id_, user_id_});
  roster_.set(reply.participants);

  Array participants, producers, messages;
  for (const rooms::Participant& other : roster_.others()) {
    participants.push_back(participant_json(*context_.directory, other));
    const Identity identity = context_.directory->of(other.id);
    for (const rooms::Track& track : other.tracks)
      producers.push_back(object({{"producerId", track.id.str()},
                                  {"socketId", identity.socket_id},
                                  {"userId", identity.user_id},
                                  {"kind", std::string(media::to_string(track.kind))}}));
  }
  participants.push_back(participant_json(*context_.directory, {.id = participant_,
                                                                .name = name,
                                                                .host = reply.host,
                                                                .tracks = {},
                                                                .joined_at = wall_now()}));
  for (const rooms::ChatMessage& message : reply.chat)
    messages.push_back(message_json(*context_.directory, message));
  return object({{"success", true},
                 {"roomId", room_.str()},
                 {"userId", user_id_},
                 {"isHost", reply.host},
                 {"participants", std::move(participants)},
                 {"existingProducers", std::move(producers)},
                 {"messages", std::move(messages)}});
}

void Session::leave_room(const Value&, const Ack& ack) {
  leave();
  ack({object({{"success", true}})});
}

void Session::leave() {
  if (!std::exchange(joined_, false)) return;
  leaving_ = true;
  context_.backend.request(client_, next_request_++, LeaveRequest{});
  leaving_ = false;
  context_.directory->departed(participant_);
  roster_.set({});
  consumers_.clear();
  has_producer_transport_ = has_consumer_transport_ = false;
}

void Session::disconnected() {
  pending_.clear();
  if (std::exchange(joined_, false)) context_.directory->departed(participant_);
  context_.backend.disconnected(client_, true);
}

// --- chat, and who is there ----------------------------------------------------------------------

void Session::send_message(const Value& arguments, const Ack& ack) {
  if (!joined_ || id_text(arguments, "roomId") != room_.str()) return ack({error("Not in room")});
  ask("sendMessage", ack, ChatRequest{std::string(arguments.text("message"))},
      [](const rooms::Reply& reply) {
        const auto* posted = std::get_if<rooms::reply::Posted>(&reply);
        return object(
            {{"success", true}, {"messageId", posted != nullptr ? posted->message_id : ""}});
      });
}

void Session::get_producers(const Value&, const Ack& ack) {
  if (!joined(ack)) return;
  Array producers;
  for (const rooms::Participant& other : roster_.others()) {
    const Identity identity = context_.directory->of(other.id);
    for (const rooms::Track& track : other.tracks)
      producers.push_back(object({{"producerId", track.id.str()},
                                  {"socketId", identity.socket_id},
                                  {"userId", identity.user_id},
                                  {"userName", other.name},
                                  {"kind", std::string(media::to_string(track.kind))}}));
  }
  ack({object({{"producers", std::move(producers)}})});
}

// --- what others are told ------------------------------------------------------------------------

Value participant_json(const Directory& directory, const rooms::Participant& participant) {
  const Identity identity = directory.of(participant.id);
  return object({{"socketId", identity.socket_id},
                 {"userId", identity.user_id},
                 {"name", participant.name},
                 {"joinedAt", iso8601(participant.joined_at)},
                 {"isHost", participant.host}});
}

Value message_json(const Directory& directory, const rooms::ChatMessage& message) {
  return object({{"id", message.id},
                 {"userId", directory.of(message.from).user_id},
                 {"userName", message.name},
                 {"message", message.text},
                 {"timestamp", iso8601(message.at)}});
}

}  // namespace parley::signaling::mediasoup
