#include "signaling/sdp/seating.hpp"

#include <algorithm>
#include <optional>

namespace parley::sdp {
namespace {

std::string_view sort_of_source(std::string_view owner) {
  return owner.substr(owner.rfind('/') + 1);
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

/// The free seat that suits best.
std::optional<std::size_t> free_seat(const State& state, media::Kind kind, std::string_view owner) {
  std::optional<std::size_t> best;
  int best_suitability = -1;
  for (std::size_t seat = 0; seat < state.seats.size(); ++seat) {
    if (!state.is_free(seat)) continue;
    const int suits = suitability(state, seat, kind, owner);
    if (suits <= best_suitability) continue;
    best = seat;
    best_suitability = suits;
  }
  return best;
}

template <typename Condition>
Line* find_free(State& state, media::Kind kind, Condition condition) {
  const auto free = std::find_if(state.lines.begin(), state.lines.end(), [&](const Line& line) {
    return line.is_media() && line.slot && line.media_kind() == kind && line.slot->track.empty() &&
           condition(line);
  });
  return free == state.lines.end() ? nullptr : &*free;
}

/// The data channel's m-line, and as many publications as the server takes.
constexpr std::size_t kLinesForThePeer = 9;
/// Slots that video leaves to audio.
constexpr std::size_t kKeptForAudio = 99;
constexpr std::size_t kVideosAtLeast = 16;

bool may_add(const State& state, media::Kind kind) {
  const auto slots_of = [&](media::Kind counted) {
    return static_cast<std::size_t>(
        std::count_if(state.lines.begin(), state.lines.end(), [&](const Line& line) {
          return line.is_media() && line.slot && line.media_kind() == counted;
        }));
  };
  const std::size_t videos = slots_of(media::Kind::Video);
  const std::size_t limit =
      state.options.max_lines - std::min(state.options.max_lines, kLinesForThePeer);
  if (videos + slots_of(media::Kind::Audio) >= limit) return false;
  if (kind == media::Kind::Audio) return true;
  const std::size_t left = limit - std::min(limit, kKeptForAudio);
  return videos < std::max(left, std::min(limit / 2, kVideosAtLeast));
}

}  // namespace

Line* seat_track(State& state, const TrackId& track, media::Kind kind, std::string_view seat_name) {
  auto seat = owned_seat(state, seat_name);
  if (!seat) seat = free_seat(state, kind, seat_name);
  Line* line =
      !seat ? nullptr
            : find_free(state, kind, [&](const Line& free) { return free.slot->seat == *seat; });
  if (line == nullptr && !may_add(state, kind)) {
    line = find_free(state, kind, [](const Line&) { return true; });
    if (line != nullptr) line->slot->track = track;
    return line;
  }
  if (!seat) seat = state.new_seat(std::string(seat_name));
  if (line == nullptr) {
    line = &state.plan(kind == media::Kind::Audio ? Line::Kind::Audio : Line::Kind::Video);
    line->slot = state.new_slot(*seat, kind);
  }
  state.seats[*seat].owner = seat_name;
  line->slot->track = track;
  return line;
}

}  // namespace parley::sdp
