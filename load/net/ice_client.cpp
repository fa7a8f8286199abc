#include "load/net/ice_client.hpp"

#include <algorithm>
#include <array>

namespace parley::load {
namespace {

namespace stun = transport::stun;
using transport::Address;

constexpr std::uint32_t kPeerReflexivePriority = 110U << 24 | 0xffffU << 8 | 0xff;
constexpr std::uint16_t kRoleConflict = 487;

}  // namespace

IceClient::IceClient(IceCredentials local, std::uint64_t seed)
    : local_(std::move(local)),
      local_key_(local_.password),
      random_(seed),
      tie_breaker_(random_()) {}

void IceClient::start(const IceCredentials& remote, const std::vector<Address>& candidates,
                      IceRole role, Time now) {
  username_ = remote.ufrag + ":" + local_.ufrag;
  remote_key_.emplace(remote.password);
  role_ = role;
  for (const Address& candidate : candidates) check_for(candidate, now);
  for (std::size_t i = 0; i < checks_.size(); ++i)
    checks_[i].due = now + kPacing * static_cast<int>(i);
}

/// The check of this pair, made if there is none yet.
IceClient::Check& IceClient::check_for(const Address& address, Time now) {
  const auto known = std::ranges::find(checks_, address, &Check::to);
  if (known != checks_.end()) return *known;
  Check& check = checks_.emplace_back();
  check.to = address;
  renew(check, now);
  return check;
}

void IceClient::renew(Check& check, Time now) {
  for (std::uint8_t& byte : check.transaction) byte = static_cast<std::uint8_t>(random_());
  check.due = now;
  check.tries = 0;
}

Time IceClient::due() const {
  Time due = Time::max();
  if (state_ != State::Failed)
    for (const Check& check : checks_)
      if (!check.failed) due = std::min(due, check.due);
  return due;
}

void IceClient::tick(Time now, IceOutput& out) {
  if (state_ == State::Failed) return;
  if (state_ == State::Connected && now - consent_ > kConsentTimeout) {
    state_ = State::Failed;
    return;
  }
  for (Check& check : checks_)
    if (!check.failed && check.due <= now) send(check, now, out);
  if (state_ == State::Checking && !checks_.empty() && std::ranges::all_of(checks_, &Check::failed))
    state_ = State::Failed;
}

void IceClient::send(Check& check, Time now, IceOutput& out) {
  if (state_ == State::Connected) {  // consent: a transaction of its own each time (RFC 7675 5.1)
    renew(check, now);
    check.due = now + kConsentInterval;
  } else {
    if (check.tries == kTries) {
      check.failed = true;
      return;
    }
    check.due = now + std::min<Duration>(kFirstRetry * (1 << check.tries++), kMaxWait);
  }
  std::array<std::uint8_t, stun::kMaxResponse> datagram;
  stun::Builder builder(datagram, stun::Class::Request, stun::kBinding, check.transaction);
  builder.text(stun::kUsername, username_).number(stun::kPriority, kPeerReflexivePriority);
  const bool controlling = role_ == IceRole::Controlling;
  builder.number(controlling ? stun::kIceControlling : stun::kIceControlled, tie_breaker_);
  if (controlling && check.nominates) builder.flag(stun::kUseCandidate);
  const std::size_t size = builder.finish(&*remote_key_);
  out.send_check(check.to, std::span(datagram).first(size));
}

void IceClient::on_datagram(std::span<const std::uint8_t> datagram, const Address& from, Time now,
                            IceOutput& out) {
  const auto message = stun::parse(datagram);
  if (!message || message->method != stun::kBinding || !remote_key_) return;
  if (message->cls == stun::Class::Request) {
    if (stun::verify(datagram, *message, local_key_)) on_request(*message, from, now, out);
    return;
  }
  if (!stun::verify(datagram, *message, *remote_key_)) return;
  if (message->cls == stun::Class::Success) on_success(*message, now, out);
  if (message->cls == stun::Class::Error && message->error_code == kRoleConflict &&
      state_ == State::Checking) {
    role_ = role_ == IceRole::Controlling ? IceRole::Controlled : IceRole::Controlling;
    for (Check& check : checks_) renew(check, now);
  }
}

/// Regular nomination (RFC 8445 8.1.1): the first pair that works is checked once more with
/// USE-CANDIDATE.
void IceClient::on_success(const stun::Message& message, Time now, IceOutput& out) {
  const auto check = std::ranges::find(checks_, message.transaction, &Check::transaction);
  if (check == checks_.end()) return;
  if (state_ == State::Connected) {
    if (check->to == selected_) consent_ = now;
    return;
  }
  check->succeeded = true;
  if (check->nominates || check->nominated_by_peer) {
    select(*check, now);
    return;
  }
  check->due = Time::max();
  if (role_ == IceRole::Controlled || std::ranges::any_of(checks_, &Check::nominates)) return;
  check->nominates = true;
  renew(*check, now);
  send(*check, now, out);
}

void IceClient::on_request(const stun::Message& message, const Address& from, Time now,
                           IceOutput& out) {
  std::array<std::uint8_t, stun::kMaxResponse> datagram;
  const bool conflict = role_ == IceRole::Controlling ? message.controlling.has_value()
                                                      : message.controlled.has_value();
  if (conflict) {  // RFC 8445 7.3.1.1: the larger tie-breaker controls
    const std::uint64_t theirs = message.controlling.value_or(message.controlled.value_or(0));
    const bool keep =
        role_ == IceRole::Controlling ? tie_breaker_ >= theirs : tie_breaker_ < theirs;
    if (keep) {
      stun::Builder refusal(datagram, stun::Class::Error, stun::kBinding, message.transaction);
      refusal.error(kRoleConflict, "Role Conflict");
      out.send_check(from, std::span(datagram).first(refusal.finish(&local_key_)));
      return;
    }
    role_ = role_ == IceRole::Controlling ? IceRole::Controlled : IceRole::Controlling;
  }
  stun::Builder answer(datagram, stun::Class::Success, stun::kBinding, message.transaction);
  answer.xor_mapped(from);
  out.send_check(from, std::span(datagram).first(answer.finish(&local_key_)));
  const bool nominated = message.use_candidate && role_ == IceRole::Controlled;
  if (state_ == State::Connected && nominated) selected_ = from;  // it found a better pair
  if (state_ != State::Checking) return;
  Check& check = check_for(from, now);
  if (nominated) {
    check.nominated_by_peer = true;
    if (check.succeeded) select(check, now);
  } else if (!check.succeeded) {
    check.due = now;  // a triggered check (RFC 8445 7.3.1.4)
  }
}

void IceClient::select(const Check& check, Time now) {
  selected_ = check.to;
  state_ = State::Connected;
  consent_ = now;
  std::erase_if(checks_, [&](const Check& other) { return other.to != selected_; });
  checks_.front().due = now + kConsentInterval;
}

}  // namespace parley::load
