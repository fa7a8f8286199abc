// Who is in the room with a client, as it was told.
#pragma once

#include <vector>

#include "rooms/effect.hpp"
#include "rooms/types.hpp"

namespace parley::signaling::mediasoup {

/// The others, each with its live tracks: this protocol's producers. Pure.
class Roster {
 public:
  void set(std::vector<rooms::Participant> others) { others_ = std::move(others); }
  [[nodiscard]] const std::vector<rooms::Participant>& others() const { return others_; }

  /// Null for a stranger.
  [[nodiscard]] rooms::Participant* find(const ParticipantId& participant);
  void add(rooms::Participant participant);
  /// Empty for a stranger.
  rooms::Participant remove(const ParticipantId& participant);
  void set_host(const ParticipantId& participant);
  /// False when it is known already.
  bool add_track(const ParticipantId& participant, const rooms::Track& track);
  /// False when it is not known.
  bool remove_track(const ParticipantId& participant, const TrackId& track);

 private:
  std::vector<rooms::Participant> others_;
};

}  // namespace parley::signaling::mediasoup
