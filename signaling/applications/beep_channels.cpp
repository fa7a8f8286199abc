#include "signaling/applications/beep_channels.hpp"

#include <chrono>
#include <optional>
#include <set>
#include <string>

#include "signaling/applications/arguments.hpp"
#include "signaling/http/rate_limiter.hpp"

namespace parley::signaling::applications {
namespace {

using socketio::Ack;
using socketio::Args;
using socketio::object;
using socketio::Socket;
using socketio::Value;

constexpr std::size_t kMaxChannels = 16;  // of one client
constexpr std::size_t kMaxMembers = 256;  // of one channel
// MediaRecorder makes 2.5 Mbit/s of a camera unless told otherwise, in chunks as short as a frame.
constexpr double kChunksPerSecond = 200, kChunksBurst = 2000;
constexpr double kBytesPerSecond = 4e6, kBytesBurst = 32e6;
// Each move is told to everybody.
constexpr double kJoinsPerSecond = 5, kJoinsBurst = 50;
constexpr double kErrorsPerSecond = 5, kErrorsBurst = 50;

constexpr int kBadRequest = 400, kUnauthorized = 401, kTooMany = 429;

const std::string kEverybody = "beep";

/// Other applications have rooms in the same namespace.
std::string own(const std::string& channel) {
  return "beep-channel:" + channel;
}

/// Clients of every age name the channel in their own way.
std::optional<std::string> channel_in(const Args& args) {
  const Value* payload = argument(args, 0);
  if (payload == nullptr) return std::nullopt;
  for (const char* name : {"channelId", "channel_id"})
    if (auto channel = read_name(payload->find(name))) return channel;
  return std::nullopt;
}

std::string_view token_of(const Socket& socket) {
  if (const auto token = socket.auth().text("token"); !token.empty()) return token;
  // Clients 2.x have no auth.
  return socket.handshake().parameter("token");
}

}  // namespace

/// One socket, Beep's or not: whoever has no name is told so when it uses channels.
class BeepChannels::Client {
 public:
  Client(Socket& socket, socketio::Timers& timers, const TokenReader& tokens)
      : socket_(socket),
        timers_(timers),
        joins_(kJoinsPerSecond, kJoinsBurst, timers.now()),
        chunks_(kChunksPerSecond, kChunksBurst, timers.now()),
        bytes_(kBytesPerSecond, kBytesBurst, timers.now()),
        errors_(kErrorsPerSecond, kErrorsBurst, timers.now()) {
    const auto identity = tokens.read(token_of(socket), std::chrono::system_clock::now());
    if (identity && socket.join(kEverybody)) return;
    nameless_ = identity ? Error{"too_many_rooms", "Too many rooms"} : identity.error();
    fail({});
  }

  void join(const Args& args, const Ack& ack) {
    if (nameless_) return fail(ack);
    const auto channel = channel_in(args);
    if (!channel) return fail(ack, kBadRequest, "channelId is missing: a string");
    if (channels_.contains(*channel)) return;
    if (channels_.size() >= kMaxChannels)
      return fail(ack, kBadRequest, "You are in too many channels; leave one first");
    if (socket_.nsp().members(own(*channel)).size() >= kMaxMembers)
      return fail(ack, kBadRequest, "This channel is full");
    if (!joins_.allow(timers_.now())) return fail(ack, kTooMany, "Join less often");
    if (const Status joined = socket_.join(own(*channel)); !joined)
      return fail(ack, kBadRequest, joined.error().message);
    channels_.insert(*channel);
    tell_move("userConnected");
  }

  void leave(const Args& args, const Ack& ack) {
    if (nameless_) return fail(ack);
    const auto channel = channel_in(args);
    if (!channel) return fail(ack, kBadRequest, "channel_id is missing: a string");
    if (channels_.erase(*channel) == 0) return;
    socket_.leave(own(*channel));
    tell_move("userDisconnected");
  }

  void audio(const Args& args, const Ack& ack) {
    if (nameless_) return fail(ack);
    const auto channel = channel_in(args);
    if (!channel) return fail(ack, kBadRequest, "channel_id is missing: a string");
    const Value* chunk = args[0].find("audio");
    if (chunk == nullptr || chunk->binary() == nullptr)
      return fail(ack, kBadRequest, "audio is missing: binary data");
    // No error: a recorder's last chunk often comes after its client left.
    if (!channels_.contains(*channel))
      return refuse(ack, "not_joined", "channel_id: join this channel first");
    if (!chunks_.allow(timers_.now()) ||
        !bytes_.allow(timers_.now(), static_cast<double>((*chunk->binary())->size())))
      return fail(ack, kTooMany, "Send less");
    for (const char* event : {"audio", "stream"})
      socket_.to(own(*channel)).emit(event, {object({{"audio", *chunk}})});
  }

  void gone() {
    for (std::size_t left = channels_.size(); left > 0; --left) tell_move("userDisconnected");
  }

 private:
  void tell_move(std::string_view what) {
    socket_.nsp().to(kEverybody).emit("usermove", {object({{"message", what}})});
  }

  /// It has no name.
  void fail(const Ack& ack) {
    fail(ack, nameless_->code == "untrusted_token" ? kUnauthorized : kBadRequest,
         nameless_->message);
  }
  /// To clients 2.x "error" means that the connection is broken.
  void fail(const Ack& ack, int code, std::string_view message) {
    const Value error = object({{"code", code}, {"message", message}});
    ack({object({{"error", error}})});
    if (socket_.handshake().version == socketio::Version::V4 && errors_.allow(timers_.now()))
      socket_.emit("error", {error});
  }

  Socket& socket_;
  socketio::Timers& timers_;
  http::RateLimiter joins_, chunks_, bytes_, errors_;
  std::optional<Error> nameless_;
  std::set<std::string> channels_;
};

BeepChannels::BeepChannels(socketio::Namespace& nsp, socketio::Timers& timers, TokenReader tokens)
    : nsp_(nsp), timers_(timers), tokens_(std::move(tokens)) {
  nsp_.on_connection([this](Socket& socket) { met(socket); });
}

void BeepChannels::met(Socket& socket) {
  const auto client = std::make_shared<Client>(socket, timers_, tokens_);
  for (const char* event : {"join_voice", "joinVoice", "join_channel"})
    socket.on(event, [client](const Args& args, const Ack& ack) { client->join(args, ack); });
  for (const char* event : {"leave_voice", "leaveVoice", "leave_channel"})
    socket.on(event, [client](const Args& args, const Ack& ack) { client->leave(args, ack); });
  socket.on("audio", [client](const Args& args, const Ack& ack) { client->audio(args, ack); });
  socket.on_disconnect([client](std::string_view) { client->gone(); });
}

}  // namespace parley::signaling::applications
