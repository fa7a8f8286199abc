// Who publishes what in a room, and what of it a player is shown. Pure; main-bound.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rooms/effect.hpp"

namespace parley::signaling::whip {

/// One participant's picture and sound.
struct Programme {
  ParticipantId publisher;
  std::optional<rooms::Track> audio, video;

  bool operator==(const Programme&) const = default;
};

class Roster {
 public:
  /// `wanted`: a participant's id or name; empty for whoever has the floor.
  explicit Roster(std::string wanted) : wanted_(std::move(wanted)) {}

  void set(std::vector<rooms::Participant> participants, ParticipantId dominant);
  void apply(const rooms::Event& event);

  /// Camera before screen. Of the speakers: who has the floor, if it publishes; while nobody does,
  /// the one shown before; else the first with a picture, else with sound. Nothing while who is
  /// wanted publishes nothing.
  [[nodiscard]] std::optional<Programme> choose();

 private:
  [[nodiscard]] const rooms::Participant* find(const ParticipantId& id) const;
  rooms::Participant* find(const ParticipantId& id);

  std::string wanted_;
  std::vector<rooms::Participant> participants_;  ///< in the order they joined
  ParticipantId dominant_;
  ParticipantId shown_;
};

}  // namespace parley::signaling::whip
