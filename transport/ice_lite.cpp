#include "transport/ice_lite.hpp"

#include <algorithm>
#include <utility>

namespace parley::transport {
namespace {

std::size_t error_response(std::span<std::uint8_t> out, const stun::Message& request,
                           std::uint16_t code, std::string_view reason, const HmacSha1* key) {
  stun::Builder builder(out, stun::Class::Error, request.method, request.transaction);
  builder.error(code, reason);
  if (code == 420)
    builder.unknown_attributes(std::span(request.unknown).first(request.unknown_count));
  return builder.finish(key);
}

}  // namespace

std::string_view IceLite::local_ufrag(std::string_view username) {
  const auto colon = username.find(':');
  return colon == std::string_view::npos ? std::string_view{} : username.substr(0, colon);
}

void IceLite::set_local(std::string ufrag, std::string_view password) {
  ufrag_ = std::move(ufrag);
  password_.emplace(password);
  transactions_.clear();
  next_transaction_ = 0;
}

IceLite::Outcome IceLite::on_request(std::span<const std::uint8_t> datagram,
                                     const stun::Message& message, const Path& path, Time now,
                                     std::span<std::uint8_t> response) {
  Outcome outcome;
  if (!password_ || state_ == State::Expired) return outcome;
  if (!stun::verify(datagram, message, *password_)) {  // RFC 8489 9.1.3
    if (!may_answer_error(now)) return outcome;
    outcome.response = message.integrity_at == 0
                           ? error_response(response, message, 400, "Bad Request", nullptr)
                           : error_response(response, message, 401, "Unauthenticated", nullptr);
    return outcome;
  }
  const HmacSha1* key = &*password_;
  if (message.unknown_count > 0) {  // RFC 8489 6.3.1
    outcome.response = error_response(response, message, 420, "Unknown Attribute", key);
    return outcome;
  }
  // We are lite and hence controlled, whatever the tie-breakers say: the peer has to switch
  // (RFC 8445 6.1.1 and 7.3.1.1).
  if (message.controlled) {
    outcome.response = error_response(response, message, 487, "Role Conflict", key);
    return outcome;
  }
  const Novelty novelty = this->novelty(message.transaction, path);
  if (novelty == Novelty::Replayed) return outcome;
  outcome.verdict = novelty == Novelty::Fresh ? Verdict::Valid : Verdict::Repeated;
  if (novelty == Novelty::Fresh) {
    silent_since_ = now;
    validate(path, now, outcome);
    if (state_ == State::New) state_ = State::Checking;
    if (message.use_candidate && selected_ != path) {
      selected_ = path;
      state_ = State::Connected;
      outcome.selected = true;
    }
  }
  stun::Builder builder(response, stun::Class::Success, message.method, message.transaction);
  outcome.response = builder.xor_mapped(path.remote).finish(key);
  return outcome;
}

/// A copy of an earlier check proves nothing about now. From the same address it may be the peer's
/// retransmission, whose answer got lost; from another one it is somebody else's copy.
IceLite::Novelty IceLite::novelty(const stun::TransactionId& id, const Path& path) {
  for (const Transaction& known : transactions_) {
    if (known.id == id) return known.path == path ? Novelty::Retransmitted : Novelty::Replayed;
  }
  if (transactions_.size() < kTransactions) {
    transactions_.push_back({id, path});
  } else {
    transactions_[next_transaction_] = {id, path};
    next_transaction_ = (next_transaction_ + 1) % kTransactions;
  }
  return Novelty::Fresh;
}

void IceLite::validate(const Path& path, Time now, Outcome& outcome) {
  const auto known =
      std::ranges::find_if(seen_, [&](const Seen& s) { return s.path.remote == path.remote; });
  if (known != seen_.end()) {
    *known = {path, now};
    return;
  }
  outcome.new_address = true;
  if (seen_.size() < kPaths) {
    seen_.push_back({path, now});
    return;
  }
  // The selected address is never the one to go. There is always another: kPaths is more than one.
  const auto age = [&](const Seen& s) {
    return selected_ && selected_->remote == s.path.remote ? Time::max() : s.last_check;
  };
  const auto stalest = std::ranges::min_element(seen_, {}, age);
  outcome.dropped = stalest->path.remote;
  *stalest = {path, now};
}

bool IceLite::may_answer_error(Time now) {
  if (now - error_window_ >= std::chrono::seconds(1)) {
    error_window_ = now;
    errors_ = 0;
  }
  return errors_++ < kErrorsPerSecond;
}

void IceLite::set_consent_timeout(Duration timeout, Time now) {
  consent_timeout_ = timeout;
  if (state_ == State::New) silent_since_ = timeout < kConsentTimeout ? now : Time::max();
}

bool IceLite::expire(Time now) {
  if (state_ == State::Expired || now < silent_since_ || now - silent_since_ < consent_timeout_)
    return false;
  state_ = State::Expired;
  selected_.reset();
  return true;
}

}  // namespace parley::transport
