#include "load/run/client.hpp"

#include <algorithm>
#include <array>

#include "load/run/client_peer.hpp"

namespace parley::load {

Client::Client(const Role& role, ClientContext& context) : role_(role), context_(context) {}
Client::~Client() = default;

void Client::join() {
  left_.clear();
  error_.reset();
  first_media_.reset();
  secure_ = 0;
  joining_since_ = now();
  state_ = State::Joining;
  Membership membership;
  membership.room = role_.room;
  membership.name = "load " + std::to_string(role_.place.client + 1);
  membership.token = context_.options.token;
  membership.audio = role_.publishes && context_.options.audio;
  membership.video = role_.publishes && context_.options.video;
  membership.receives = role_.receives;
  constexpr std::array kJoin{join_native, join_janus, join_whip};  // as Protocol counts them
  const auto join = kJoin[static_cast<std::size_t>(context_.options.protocol)];
  signaling_ = join(context_.signaling, membership, *this);
}

void Client::leave() {
  if (state_ == State::New) return;
  state_ = State::New;
  if (signaling_) {
    signaling_->leave();
    left_.push_back(std::move(signaling_));  // until its goodbye has gone out
  }
  peers_.clear();
}

Result<Peer*> Client::open_peer(bool sends) {
  const Options& options = context_.options;
  const ConnectionId id = ++context_.last_connection;
  MediaLoop& loop = *context_.loops[role_.place.room % context_.loops.size()];
  auto peer = ClientPeer::open(
      id, loop, *context_.identity,
      {sends && options.audio, sends && options.video, options.layers, options.video_codec()},
      role_.place, context_.server);
  if (!peer) return peer.error();
  peers_.push_back(std::move(*peer));
  return peers_.back().get();
}

void Client::on_ended(const Error& error) {
  fail(error);
}

void Client::on_secure() {
  ++secure_;
  if (state_ == State::Joining && secure_ == peers_.size()) state_ = State::Connected;
}

void Client::on_first_media(Time at) {
  if (!first_media_) first_media_ = at;
}

void Client::on_lost(const Error& error) {
  fail(error);
}

void Client::fail(const Error& error) {
  if (state_ == State::Ended || state_ == State::New) return;
  state_ = State::Ended;
  error_ = error;
}

bool Client::owns(ConnectionId id) const {
  return std::ranges::any_of(peers_, [&](const auto& peer) { return peer->id() == id; });
}

std::optional<Duration> Client::join_time() const {
  if (!first_media_) return std::nullopt;
  return *first_media_ - joining_since_;
}

}  // namespace parley::load
