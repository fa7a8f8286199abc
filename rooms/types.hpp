// The vocabulary of a room: what participants, tracks and messages are. Plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/ids.hpp"
#include "support/media.hpp"
#include "support/time.hpp"

namespace parley::rooms {

using media::Kind;

/// Where a track's media comes from. Sources that belong together (microphone with camera, screen
/// with its sound) are played in sync.
enum class Source : std::uint8_t { Microphone, Camera, Screen, ScreenAudio };

constexpr std::string_view to_string(Source source) {
  switch (source) {
    case Source::Microphone:
      return "microphone";
    case Source::Camera:
      return "camera";
    case Source::Screen:
      return "screen";
    case Source::ScreenAudio:
      return "screen-audio";
  }
  return "";
}
std::optional<Source> parse_source(std::string_view text);
constexpr Kind kind_of(Source source) {
  return source == Source::Microphone || source == Source::ScreenAudio ? Kind::Audio : Kind::Video;
}

struct Track {
  TrackId id;
  Kind kind{};
  Source source{};
  std::string codec;  ///< "opus", "VP8"…; empty until negotiated
  bool muted = false;
  bool live = false;  ///< negotiated: the others have been told of it
  /// Last-N holds it back from whoever is told of the track (reply::Joined; false elsewhere).
  bool held = false;
  /// The rids of its simulcast, lowest first; empty without. The publisher need not send all of
  /// them all the time.
  std::vector<std::string> layers{};

  bool operator==(const Track&) const = default;
};

struct Participant {
  ParticipantId id;
  std::string name;
  bool host = false;
  std::vector<Track> tracks;
  WallTime joined_at{};

  bool operator==(const Participant&) const = default;
};

struct ChatMessage {
  std::string id;
  ParticipantId from;
  std::string name;  ///< the sender's name when it was sent
  std::string text;
  WallTime at{};

  bool operator==(const ChatMessage&) const = default;
};

/// One participant's wish about one track.
struct Subscription {
  TrackId track;
  bool paused = false;
  std::string layer;    ///< rid wanted; empty: the best that fits
  bool pinned = false;  ///< whatever last-N says, and served first

  bool operator==(const Subscription&) const = default;
};

/// How a track goes to one subscriber: what it wishes, and what the room makes of that.
struct Delivery {
  bool paused = false;
  bool held = false;  ///< by last-N
  std::string layer;
  bool preferred = false;  ///< served first, when the bandwidth does not reach for all

  bool operator==(const Delivery&) const = default;
};

/// What an operator sets of a room.
struct Settings {
  /// How many cameras anybody is sent: those of the last that had the floor. 0: all.
  std::size_t last_n = 0;

  bool operator==(const Settings&) const = default;
};
struct SettingsChange {
  std::optional<std::size_t> last_n;
};

struct Limits {
  std::size_t participants = 100;                  ///< in a room
  std::size_t tracks = 8;                          ///< of a participant
  std::size_t name_length = 64;                    ///< characters (UTF-8 code points)
  std::size_t message_length = 4000;               ///< characters
  std::size_t chat_history = 50;                   ///< messages a joiner gets
  Duration seat_kept = std::chrono::seconds(30);   ///< after its connection was lost
  Duration gone_after = std::chrono::seconds(10);  ///< without signaling and media: shown as left
};

}  // namespace parley::rooms
