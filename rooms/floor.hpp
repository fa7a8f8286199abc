// Who has the floor: the one speaker of a room whom everybody should see.
#pragma once

#include <vector>

#include "support/ids.hpp"
#include "support/time.hpp"

namespace parley::rooms {

/// What a microphone gave in the fifth of a second before a report.
struct Speech {
  double duty = 0;   ///< share of the packets that stood out of the track's noise, 0 to 1
  double level = 0;  ///< how far all of them did in the mean, in dB
};

/// Dominant speaker identification after the idea of Volfin and Cohen (as Jitsi and mediasoup use
/// it): how long somebody has been speaking decides whether it may take the floor, how loud it is
/// beside the present speaker whether it does. Both are means that forget in about a second, so
/// that
///  - a sound shorter than half a second (a cough, a "mm-hm") never takes the floor,
///  - who falls silent loses it about a second after somebody else began,
///  - of two who speak at once the one who has it keeps it, unless the other is louder for long.
/// Silence takes it from nobody. Noise is the reports' affair: they measure from the track's own.
/// Pure; time is an argument that never goes back.
class Floor {
 public:
  /// Takes a report of one who speaks. True: that one has the floor now and had it not before.
  bool hear(const ParticipantId& participant, const Speech& speech, Time now);
  /// What was heard of it so far does not count any more (its microphone was muted or ended).
  void silence(const ParticipantId& participant);
  /// It left. True: it had the floor, which is nobody's now.
  bool forget(const ParticipantId& participant);

  /// Empty: nobody.
  [[nodiscard]] const ParticipantId& dominant() const { return dominant_; }
  /// All who have had the floor and have not left, the last one first.
  [[nodiscard]] const std::vector<ParticipantId>& recent() const { return recent_; }

 private:
  struct Score {
    ParticipantId participant;
    double duty = 0;
    double level = 0;
    Time at{};
  };
  Score& score_of(const ParticipantId& participant, Time now);
  [[nodiscard]] double level_of_dominant(Time now) const;

  std::vector<Score> scores_;
  std::vector<ParticipantId> recent_;
  ParticipantId dominant_;
};

}  // namespace parley::rooms
