// A room as pure logic: one Input in, a list of Effects out.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "rooms/effect.hpp"
#include "rooms/input.hpp"
#include "rooms/types.hpp"

namespace parley::rooms {

/// Not thread-safe (the main thread's); knows no network, clock or GStreamer.
///
/// Who is in a room: a participant is *present* from Join until it leaves, is removed, or is given up
/// on. Losing its signaling starts two clocks. While its media lives it stays present for
/// `Limits::seat_kept`. When its media is lost as well (or is lost `gone_after` ago) the others are
/// told that it left, but its *seat* (id, name, being host, resume token) is kept until `seat_kept`
/// has passed since the loss, and Resume takes it back. A seat holds the room open; a room without
/// present participants and without seats ends.
class Room {
 public:
  Room(RoomId id, Limits limits);
  ~Room();
  Room(Room&&) noexcept;
  Room& operator=(Room&&) noexcept;

  /// A room made by an operator's POST waits for its first participant instead of ending at the
  /// first Tick; it is given up after an hour without one.
  void keep_for_first_join();

  [[nodiscard]] std::vector<Effect> apply(const Input& input, Time now);

  [[nodiscard]] const RoomId& id() const;
  /// Present participants in the order they joined, each with all its tracks.
  [[nodiscard]] std::vector<Participant> participants() const;
  /// Who `participant` is subscribed to. Empty for a stranger.
  [[nodiscard]] std::vector<Subscription> subscriptions(const ParticipantId& participant) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace parley::rooms
