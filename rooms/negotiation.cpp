#include "rooms/negotiation.hpp"

namespace parley::rooms {
namespace {
constexpr unsigned kFailuresAllowed = 1;
}

Negotiation::Action Negotiation::transport_ready(Time now) {
  ready_ = true;
  // The answer to an offer that came before says everything the first offer would.
  if (answering_) return Action::None;
  return changed(now);
}

Negotiation::Action Negotiation::changed(Time now) {
  dirty_ = true;
  return offer_if_due(now);
}

Negotiation::Action Negotiation::answer_received(unsigned version, Time) {
  if (!in_flight_ || applying_ || (version != 0 && version != version_))
    return Action::RefuseAnswer;
  applying_ = true;
  return Action::TakeAnswer;
}

Negotiation::Action Negotiation::answer_applied(Time now) {
  if (!applying_) return Action::None;
  failures_ = 0;
  end_offer();
  return offer_if_due(now);
}

Negotiation::Action Negotiation::answer_failed(Time now) {
  if (!applying_) return Action::None;
  ++failures_;
  end_offer();
  dirty_ = true;
  return offer_if_due(now);
}

Negotiation::Action Negotiation::offer_received(Time) {
  if (in_flight_ || answering_) return Action::RefuseOffer;
  answering_ = true;
  return Action::TakeOffer;
}

Negotiation::Action Negotiation::answer_sent(Time now) {
  answering_ = false;
  return offer_if_due(now);
}

void Negotiation::signaling_lost() {
  signaling_ = false;
  answering_ = false;
  if (!in_flight_) return;
  end_offer();
  dirty_ = true;
}

Negotiation::Action Negotiation::signaling_back(Time now) {
  signaling_ = true;
  return offer_if_due(now);
}

void Negotiation::reset() {
  const unsigned version = version_;
  const bool signaling = signaling_;
  *this = Negotiation{};
  version_ = version;
  signaling_ = signaling;
}

bool Negotiation::failed(Time now) const {
  return failures_ > kFailuresAllowed || (in_flight_ && now - offered_at_ >= kAnswerTimeout);
}

Negotiation::Action Negotiation::offer_if_due(Time now) {
  const bool possible = ready_ && signaling_ && !in_flight_ && !answering_;
  if (!possible || !dirty_ || failures_ > kFailuresAllowed) return Action::None;
  dirty_ = false;
  in_flight_ = true;
  offered_at_ = now;
  ++version_;
  return Action::SendOffer;
}

void Negotiation::end_offer() {
  in_flight_ = false;
  applying_ = false;
}

}  // namespace parley::rooms
