#include "signaling/peerjs/relay.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "support/secret.hpp"

namespace parley::signaling::peerjs {
namespace {

constexpr std::size_t kMaxId = 128;
constexpr const char* kOpen = R"({"type":"OPEN"})";
constexpr const char* kIdTaken = R"({"type":"ID-TAKEN","payload":{"msg":"ID is taken"}})";

std::string encode(std::string_view type, std::string_view src, std::string_view dst,
                   std::string_view payload = {}) {
  std::string text = R"({"type":")" + std::string(type) + R"(","src":")" + std::string(src) +
                     R"(","dst":")" + std::string(dst) + '"';
  if (!payload.empty()) text += R"(,"payload":)" + std::string(payload);
  return text + '}';
}

bool is_relayed(std::string_view type) {
  return type == "OFFER" || type == "ANSWER" || type == "CANDIDATE" || type == "LEAVE" ||
         type == "EXPIRE";
}

/// Nobody waits for the end of a connection that never began.
bool is_kept(std::string_view type) {
  return type != "LEAVE" && type != "EXPIRE";
}

}  // namespace

bool is_peer_id(std::string_view id) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ' ||
           c == '_' || c == '-';
  };
  return !id.empty() && id.size() <= kMaxId && std::ranges::all_of(id, allowed);
}

std::string error_message(std::string_view text) {
  return R"({"type":"ERROR","payload":{"msg":")" + std::string(text) + R"("}})";
}

void Relay::connect(Session session, const std::string& id, const std::string& token, Time now) {
  const auto known = peers_.find(id);
  if (known != peers_.end() && !constant_time_equal(known->second.token, token)) {
    hooks_.send(session, kIdTaken);
    return hooks_.close(session);
  }
  if (known != peers_.end()) {
    ids_.erase(known->second.session);
    hooks_.close(std::exchange(known->second.session, session));
    known->second.heard = now;
  } else {
    peers_[id] = {token, session, now};
    hooks_.send(session, kOpen);
  }
  ids_[session] = id;
  const auto queue = waiting_.extract(id);
  if (!queue) return;
  for (const Waiting& waiting : queue.mapped()) hooks_.send(session, waiting.text);
}

void Relay::receive(Session session, const Message& message, Time now) {
  const auto id = ids_.find(session);
  if (id == ids_.end()) return;
  const std::string src = id->second;
  peers_[src].heard = now;
  if (message.type == "LEAVE" && message.dst.empty()) {
    remove(src);
    return hooks_.close(session);
  }
  if (is_relayed(message.type) && is_peer_id(message.dst)) relay(src, message, now);
}

void Relay::relay(const std::string& src, const Message& message, Time now) {
  std::string text = encode(message.type, src, message.dst, message.payload);
  if (const auto peer = peers_.find(message.dst); peer != peers_.end())
    return hooks_.send(peer->second.session, text);
  if (!is_kept(message.type)) return;
  const auto queue = waiting_.find(message.dst);
  const bool full = queue == waiting_.end() ? waiting_.size() >= limits_.waiting_for
                                            : queue->second.size() >= limits_.waiting;
  if (full) return expire(src, message.dst);
  waiting_[message.dst].push_back({src, std::move(text), now});
}

void Relay::expire(const std::string& src, const std::string& dst) {
  if (const auto peer = peers_.find(src); peer != peers_.end())
    hooks_.send(peer->second.session, encode("EXPIRE", dst, src));
}

void Relay::closed(Session session) {
  if (const auto id = ids_.find(session); id != ids_.end()) remove(std::string(id->second));
}

void Relay::remove(const std::string& id) {
  const auto peer = peers_.extract(id);
  if (peer) ids_.erase(peer.mapped().session);
}

void Relay::tick(Time now) {
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    auto& [dst, queue] = *it;
    std::set<std::string> senders;
    for (; !queue.empty() && now - queue.front().since >= limits_.kept; queue.pop_front())
      senders.insert(queue.front().src);
    for (const std::string& src : senders) expire(src, dst);
    it = queue.empty() ? waiting_.erase(it) : std::next(it);
  }
  std::vector<std::pair<std::string, Session>> silent;
  for (const auto& [id, peer] : peers_)
    if (now - peer.heard >= limits_.heartbeat) silent.emplace_back(id, peer.session);
  for (const auto& [id, session] : silent) {
    remove(id);
    hooks_.close(session);
  }
}

}  // namespace parley::signaling::peerjs
