#include "signaling/sdp/seating.hpp"

#include <algorithm>
#include <optional>

namespace parley::sdp {
namespace {

std::string_view sort_of_source(std::string_view owner) {
  return owner.substr(owner.rfind('/') + 1);
}

bool is_usable(const Line& line, std::size_t seat, media::Kind kind) {
  return line.is_media() && line.slot && line.slot->seat == seat && line.media_kind() == kind;
}

/// How well a free seat suits, 0 when it has no slot of the kind.
int suitability(const State& state, std::size_t seat, media::Kind kind, std::string_view owner) {
  int lines = 0;
  int of_kind = 0;
  for (const Line& line : state.lines) {
    if (!line.is_media() || !line.slot || line.slot->seat != seat) continue;
    ++lines;
    if (line.media_kind() == kind) ++of_kind;
  }
  if (of_kind == 0) return 0;
  constexpr int kSameSort = 1000;
  return lines + (sort_of_source(state.seats[seat].owner) == sort_of_source(owner) ? kSameSort : 0);
}

std::optional<std::size_t> owned_seat(const State& state, std::string_view owner) {
  for (std::size_t seat = 0; seat < state.seats.size(); ++seat)
    if (state.seats[seat].owner == owner && !state.is_free(seat)) return seat;
  return std::nullopt;
}

std::size_t choose_seat(State& state, media::Kind kind, std::string_view owner) {
  if (const auto owned = owned_seat(state, owner)) return *owned;
  std::optional<std::size_t> best;
  int best_suitability = -1;
  for (std::size_t seat = 0; seat < state.seats.size(); ++seat) {
    if (!state.is_free(seat)) continue;
    const int suits = suitability(state, seat, kind, owner);
    if (suits <= best_suitability) continue;
    best = seat;
    best_suitability = suits;
  }
  if (!best) return state.new_seat(std::string(owner));
  state.seats[*best].owner = owner;
  return *best;
}

}  // namespace

Line& seat_track(State& state, const TrackId& track, media::Kind kind, std::string_view seat_name) {
  const std::size_t seat = choose_seat(state, kind, seat_name);
  const auto free = std::find_if(state.lines.begin(), state.lines.end(), [&](const Line& line) {
    return is_usable(line, seat, kind) && line.slot->track.empty();
  });
  if (free != state.lines.end()) {
    free->slot->track = track;
    return *free;
  }
  Line& line = state.plan(kind == media::Kind::Audio ? Line::Kind::Audio : Line::Kind::Video);
  line.slot = state.new_slot(seat, kind);
  line.slot->track = track;
  return line;
}

}  // namespace parley::sdp
