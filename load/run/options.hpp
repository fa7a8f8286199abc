// What a user asks of a run: the command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "load/media/file_media.hpp"
#include "load/media/media_end.hpp"
#include "load/media/synthetic.hpp"
#include "load/net/connection.hpp"
#include "load/signaling/endpoint.hpp"
#include "support/result.hpp"
#include "support/time.hpp"

namespace parley::load {

enum class Protocol : std::uint8_t { Native, Janus, Whip };

struct Options {
  Endpoint endpoint;
  Protocol protocol = Protocol::Native;
  bool insecure = false;
  std::string token;

  std::string room;                                        ///< empty: names of its own
  std::size_t rooms = 1, publishers = 1, subscribers = 1;  ///< the last two of each room
  bool all_to_all = false;                                 ///< publishers receive each other, too

  bool audio = true, video = true;
  VideoShape video_shape;
  AudioShape audio_shape;
  std::size_t layers = 1;
  /// Sent instead of synthetic streams.
  std::shared_ptr<const FileMedia> video_file, audio_file;

  MediaBehaviour media;
  NetworkBehaviour network;

  double join_rate = 20;  ///< clients per second; 0: all at once
  double churn = 0;       ///< subscribers per second that leave and join again while measuring
  Duration join_timeout = std::chrono::seconds(20);
  Duration warmup = std::chrono::seconds(3);
  Duration duration = std::chrono::seconds(10);

  unsigned threads = 1;
  std::optional<int> pid;
  std::string json;  ///< a file, "-" for standard output, empty for none

  [[nodiscard]] std::size_t clients() const { return rooms * (publishers + subscribers); }
  [[nodiscard]] media::CodecName video_codec() const {
    return video_file ? video_file->codec() : media::CodecName::Vp8;
  }
  /// Whether every packet carries its send time.
  [[nodiscard]] bool marked() const { return !(audio && audio_file) && !(video && video_file); }
};

/// Text to print on stdout and leave with status 0 (--help, --version).
struct ShowText {
  std::string text;
};

/// Error "bad_option": one line that says what is wrong and how to mend it.
Result<std::variant<Options, ShowText>> read_options(int argc, const char* const* argv);

/// "250ms", "3s", "2m"; a number alone is seconds. Nothing for anything else.
std::optional<Duration> parse_duration(const std::string& text);
/// "5%" or "5": 0.05. Nothing outside of 0 to 100.
std::optional<double> parse_percent(const std::string& text);
/// "20/s" or "20". Nothing for negative ones.
std::optional<double> parse_rate(const std::string& text);
/// "250k", "1.5M", "300000": bits per second.
std::optional<std::uint64_t> parse_bitrate(const std::string& text);

}  // namespace parley::load
