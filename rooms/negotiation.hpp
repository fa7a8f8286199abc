// When to offer: one offer in flight, later changes merge into the next one.
#pragma once

#include "support/time.hpp"

namespace parley::rooms {

/// The negotiation machine of one participant (JSEP's signaling states, RFC 9429 section 3.2, seen
/// from the impolite side of perfect negotiation,
/// https://www.w3.org/TR/webrtc/#perfect-negotiation-example). Pure; the caller acts on what a
/// method returns. Not thread-safe.
class Negotiation {
 public:
  enum class Action {
    None,
    SendOffer,    ///< make an offer of the present state and send it
    TakeOffer,    ///< apply the peer's offer, then call answer_sent()
    RefuseOffer,  ///< collision: ours is in flight and goes first (error "offer_collision")
    TakeAnswer,   ///< apply it, then call answer_applied() or answer_failed()
    RefuseAnswer  ///< nothing was offered, or it answers an older offer ("unexpected_answer")
  };

  static constexpr Duration kAnswerTimeout = std::chrono::seconds(15);

  /// The transport's parameters are known: the first offer is made, further ones can be.
  [[nodiscard]] Action transport_ready(Time now);
  /// Something on our side needs an offer.
  [[nodiscard]] Action changed(Time now);
  /// `version` is that of the offer it answers; 0 when the peer does not say.
  [[nodiscard]] Action answer_received(unsigned version, Time now);
  [[nodiscard]] Action answer_applied(Time now);
  /// The answer could not be applied. The offer counts as unanswered: it is made again once, then
  /// the participant counts as failed.
  [[nodiscard]] Action answer_failed(Time now);
  /// An offer that comes before transport_ready() is taken too; its answer waits for that.
  [[nodiscard]] Action offer_received(Time now);
  /// The answer to the peer's offer went out, or an error instead of it.
  [[nodiscard]] Action answer_sent(Time now);

  /// The peer cannot hear us for now: an offer in flight is void, and its time stops.
  void signaling_lost();
  /// It can again: what was void or has changed meanwhile is offered.
  [[nodiscard]] Action signaling_back(Time now);

  /// Starts over on a new transport (a resume with new media). Versions count on, so that a late
  /// answer to an offer of the old transport is known for what it is.
  void reset();

  /// Version of the offer in flight or made last; counts from 1.
  [[nodiscard]] unsigned version() const { return version_; }
  [[nodiscard]] bool offer_in_flight() const { return in_flight_; }
  /// The peer did not answer in kAnswerTimeout, or twice in a row with something unusable.
  [[nodiscard]] bool failed(Time now) const;

 private:
  Action offer_if_due(Time now);
  void end_offer();

  bool ready_ = false;
  bool signaling_ = true;
  bool dirty_ = false;
  bool in_flight_ = false;
  bool applying_ = false;   ///< an answer to the offer in flight was taken
  bool answering_ = false;  ///< an offer of the peer was taken
  unsigned failures_ = 0;
  unsigned version_ = 0;
  Time offered_at_{};
};

}  // namespace parley::rooms
