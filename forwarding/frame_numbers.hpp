// The numbers inside payloads by which a receiver tells frames apart and whether one is missing.
#pragma once

#include <cstdint>
#include <optional>

#include "forwarding/media_packet.hpp"
#include "forwarding/sequence_map.hpp"

namespace parley::forwarding {

/// Makes one row of the picture ids, TL0PICIDX and KEYIDX of all sources a slot carries (VP8: RFC
/// 7741 4.2, VP9: RFC 9628 4.2), and of the frame numbers and templates of their dependency
/// descriptors: a receiver drops a keyframe whose number is below the last one's, and takes packets
/// of one source for another's where their templates have the same ids. Pure; no allocation.
class FrameNumbers {
 public:
  /// Where picture ids begin need not be secret, but no two streams should be alike.
  explicit FrameNumbers(std::uint16_t first) : pictures_(first) {}

  /// A source begins with this packet, or the same one after a pause.
  void start(const MediaPacket& packet, bool same_source);
  /// The picture of this packet does not go out. Closes the gap where receivers take gaps in
  /// picture ids for loss: with VP8. VP9's references are differences of picture ids.
  void skip(const MediaPacket& packet);
  /// Writes our numbers into the packet's payload, of which `payload` is a copy.
  void rewrite(const MediaPacket& packet, MutableBytes payload);
  /// Its dependency descriptor, which has to have been read, with our numbers and, where they are
  /// given, these decode targets as the active ones. Returns the part of `out` that it takes.
  Bytes rewrite_dependencies(const MediaPacket& packet, std::optional<std::uint32_t> active,
                             MutableBytes out);

 private:
  // A number that has to go on by one where a source begins.
  class Counter {
   public:
    void start(const DescriptorField& field) {
      if (field) offset_ = static_cast<std::uint8_t>(newest_ + 1 - field.value);
    }
    std::uint8_t map(const DescriptorField& field) {
      const auto out = static_cast<std::uint8_t>(field.value + offset_);
      const auto step = static_cast<std::int8_t>((out - newest_) << (8 - field.bits));
      if (step > 0) newest_ = out;
      return out;
    }

   private:
    std::uint8_t newest_ = 0;
    std::uint8_t offset_ = 0;
  };

  SequenceMap pictures_;
  Counter tl0_pictures_;
  Counter key_indices_;
  std::uint16_t newest_frame_ = 0;  // as they went out
  std::uint8_t templates_end_ = 0;  // one above the last template of the structure sent last
  std::uint16_t frame_shift_ = 0;   // what is added
  std::uint8_t template_shift_ = 0;
};

}  // namespace parley::forwarding
