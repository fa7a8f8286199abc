#include "rooms/floor.hpp"

#include <algorithm>
#include <cmath>

namespace parley::rooms {
namespace {

using std::chrono::milliseconds;

/// How fast the means forget.
constexpr Duration kMemory = milliseconds(1200);
/// Reports come five times a second; one that is later than this had silence before it.
constexpr Duration kReport = milliseconds(250);
/// The mean duty that takes the floor: steady sound has it after 0.6 s, speech after about one.
constexpr double kMinDuty = 0.4;
/// How much louder, in dB, somebody has to be than who has the floor.
constexpr double kMargin = 4;

double kept(Duration passed) {
  return std::exp(-std::chrono::duration<double>(passed) / std::chrono::duration<double>(kMemory));
}

}  // namespace

bool Floor::hear(const ParticipantId& participant, const Speech& speech, Time now) {
  Score& score = score_of(participant, now);
  const Duration covered = std::min(now - score.at, kReport);
  const double silent = kept(now - score.at - covered);
  const double old = kept(covered);
  score.duty = score.duty * silent * old + speech.duty * (1 - old);
  score.level = score.level * silent * old + speech.level * (1 - old);
  score.at = now;

  if (participant == dominant_ || score.duty < kMinDuty) return false;
  if (!dominant_.empty() && score.level < level_of_dominant(now) + kMargin) return false;
  dominant_ = participant;
  std::erase(recent_, participant);
  recent_.insert(recent_.begin(), participant);
  return true;
}

void Floor::silence(const ParticipantId& participant) {
  std::erase_if(scores_, [&](const Score& score) { return score.participant == participant; });
}

bool Floor::forget(const ParticipantId& participant) {
  silence(participant);
  std::erase(recent_, participant);
  if (dominant_ != participant) return false;
  dominant_ = {};
  return true;
}

Floor::Score& Floor::score_of(const ParticipantId& participant, Time now) {
  const auto known = std::find_if(scores_.begin(), scores_.end(), [&](const Score& score) {
    return score.participant == participant;
  });
  if (known != scores_.end()) return *known;
  return scores_.emplace_back(Score{participant, 0, 0, now - kReport});
}

/// Its silence counts from when its next report should have come.
double Floor::level_of_dominant(Time now) const {
  for (const Score& score : scores_)
    if (score.participant == dominant_)
      return score.level * kept(std::max(now - score.at - kReport, Duration::zero()));
  return 0;
}

}  // namespace parley::rooms
