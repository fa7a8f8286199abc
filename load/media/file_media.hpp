// A media file's stream as RTP payloads, ready to be sent by any number of clients.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "forwarding/bytes.hpp"
#include "support/media.hpp"
#include "support/result.hpp"

namespace parley::load {

/// Immutable once read, so that all threads may share one.
class FileMedia {
 public:
  struct Packet {
    std::size_t begin = 0, size = 0;  ///< of the payload, in bytes()
    std::uint32_t timestamp = 0;      ///< from 0; in the codec's clock rate
    bool marker = false;
    bool starts_keyframe = false;  ///< always for audio
  };
  static constexpr std::size_t kMaxBytes = std::size_t{512} << 20;

  /// Reads the first stream of that kind with GStreamer (gst_init() has been called): anything
  /// parsebin takes apart, video in VP8, VP9 or H.264, audio in Opus. Waits until it is read.
  /// Error "file_unreadable", "no_such_stream", "codec_unsupported" or "file_too_large"; the
  /// message says what to do.
  static Result<std::shared_ptr<const FileMedia>> read(const std::string& path, media::Kind kind);

  /// Takes packets in the order they are sent; the first starts a keyframe, or it cannot be looped.
  FileMedia(media::CodecName codec, std::vector<std::uint8_t> bytes, std::vector<Packet> packets);

  [[nodiscard]] media::CodecName codec() const { return codec_; }
  [[nodiscard]] const std::vector<Packet>& packets() const { return packets_; }
  [[nodiscard]] forwarding::Bytes payload(const Packet& packet) const {
    return forwarding::Bytes(bytes_).subspan(packet.begin, packet.size);
  }
  /// From the first packet to when it comes again, in the codec's clock rate: the last frame lasts
  /// as long as the one before it.
  [[nodiscard]] std::uint32_t length() const { return length_; }
  [[nodiscard]] std::uint32_t clock_rate() const;

 private:
  media::CodecName codec_;
  std::vector<std::uint8_t> bytes_;
  std::vector<Packet> packets_;
  std::uint32_t length_ = 0;
};

}  // namespace parley::load
