// A publisher that sends layers in one stream, as AV1 with the dependency descriptor does, and a
// decoder that takes it at its word.
#pragma once

#include <set>

#include "forwarding/dependency_descriptor.hpp"
#include "forwarding/sequence.hpp"
#include "tests/forwarding/support/calls.hpp"

namespace parley::forwarding::test {

class BitWriter {
 public:
  void bits(std::size_t count, std::uint32_t value) {
    while (count-- > 0) {
      if (used_ % 8 == 0) bytes_.push_back(0);
      if ((value >> count & 1U) != 0)
        bytes_.back() = static_cast<std::uint8_t>(bytes_.back() | 0x80 >> used_ % 8);
      ++used_;
    }
  }
  /// ns(n) of the AV1 specification.
  void below(std::uint32_t limit, std::uint32_t value) {
    std::size_t width = 0;
    for (std::uint32_t rest = limit; rest != 0; rest >>= 1) ++width;
    const std::uint32_t shorter = (1U << width) - limit;
    if (value < shorter)
      bits(width - 1, value);
    else
      bits(width, value + shorter);
  }
  [[nodiscard]] const Buffer& bytes() const { return bytes_; }

 private:
  Buffer bytes_;
  std::size_t used_ = 0;
};

/// Three temporal layers in the pattern 0 2 1 2, as "L3T3" or, where only keyframes are predicted
/// across spatial layers, as "L3T3_KEY".
struct SvcMode {
  int spatial = 3;
  bool key_only = true;

  /// For each spatial layer: the keyframe, T0, T1, T2.
  [[nodiscard]] int template_of(int s, int temporal, bool keyframe) const {
    return s * 4 + (keyframe ? 0 : temporal + 1);
  }
  [[nodiscard]] int indication(int s, int temporal, bool keyframe, int target_s,
                               int target_t) const {
    if (keyframe) return target_s < s ? 0 : 2;
    if (target_s < s || target_t < temporal || (key_only && target_s != s)) return 0;
    if (target_s > s) return 3;
    return target_t == temporal && temporal > 0 ? 1 : 2;
  }
  [[nodiscard]] std::vector<int> diffs(int s, int temporal, bool keyframe) const {
    if (keyframe) return s > 0 ? std::vector{1} : std::vector<int>{};
    std::vector<int> all{std::array{4, 2, 1}[static_cast<std::size_t>(temporal)] * spatial};
    if (!key_only && s > 0) all.push_back(1);
    return all;
  }
  void write_structure(BitWriter& out, int offset) const {
    out.bits(6, static_cast<std::uint32_t>(offset));
    out.bits(5, static_cast<std::uint32_t>(spatial * 3 - 1));
    const auto each = [&](auto write) {
      for (int s = 0; s < spatial; ++s)
        for (int i = 0; i < 4; ++i) write(s, std::max(i - 1, 0), i == 0);
    };
    each([&](int s, int temporal, bool keyframe) {
      const bool last = temporal == 2;
      const int next = last ? (s + 1 == spatial ? 3 : 2) : (keyframe ? 0 : 1);
      out.bits(2, static_cast<std::uint32_t>(next));
    });
    each([&](int s, int temporal, bool keyframe) {
      for (int target = 0; target < spatial * 3; ++target)
        out.bits(2, static_cast<std::uint32_t>(
                        indication(s, temporal, keyframe, target / 3, target % 3)));
    });
    each([&](int s, int temporal, bool keyframe) {
      for (const int diff : diffs(s, temporal, keyframe)) {
        out.bits(1, 1);
        out.bits(4, static_cast<std::uint32_t>(diff - 1));
      }
      out.bits(1, 0);
    });
    out.below(static_cast<std::uint32_t>(spatial * 3 + 1), static_cast<std::uint32_t>(spatial));
    for (int target = 0; target < spatial * 3; ++target)
      out.below(static_cast<std::uint32_t>(spatial), static_cast<std::uint32_t>(target / 3));
    each([&](int, int, bool) {
      for (int chain = 0; chain < spatial; ++chain) out.bits(4, 0);
    });
    out.bits(1, 1);
    for (int s = 0; s < spatial; ++s) out.bits(32, static_cast<std::uint32_t>(s + 1) << 20);
  }
  [[nodiscard]] Buffer descriptor(int s, int temporal, bool keyframe, bool first, bool last,
                                  std::uint16_t frame, int offset) const {
    BitWriter out;
    out.bits(1, first ? 1 : 0);
    out.bits(1, last ? 1 : 0);
    out.bits(6, static_cast<std::uint32_t>((template_of(s, temporal, keyframe) + offset) % 64));
    out.bits(16, frame);
    if (keyframe && s == 0 && first) {
      out.bits(5, 0x10);
      write_structure(out, offset);
    }
    return out.bytes();
  }
};

inline media::Codec av1() {
  return {media::CodecName::Av1, 45, 46, 90000, 0, ""};
}

/// Reads the descriptors as libwebrtc does, and decodes what can be decoded.
class DependencyDecoder {
 public:
  void on_packet(const RtpPacket& packet, const media::ExtensionMap& map) {
    const Bytes bytes = ExtensionValues(packet, map).get(media::Extension::DependencyDescriptor);
    DependencyStructure attached;
    const auto read = read_dependencies(bytes, known_ ? &structure_ : nullptr, &attached);
    if (!read || !read->resolved) {
      ++unreadable;
      return;
    }
    const std::int64_t frame = started_ ? unwrap(read->frame_number, newest_) : read->frame_number;
    if (read->has_structure) {
      if (known_ && structure_frame_ > frame) {
        ++dropped_keyframes;
        return;
      }
      structure_ = attached;
      structure_frame_ = frame;
      known_ = true;
    }
    if (read->active_targets) active = *read->active_targets;
    started_ = true;
    newest_ = std::max(newest_, frame);
    if (!read->starts_frame) return;
    for (const std::uint16_t diff : read->diffs.all())
      if (!decoded.contains(frame - diff)) {
        ++undecodable;
        return;
      }
    decoded.insert(frame);
    last = read->layer;
  }

  std::set<std::int64_t> decoded;
  Layer last;
  std::uint32_t active = 0;  // decode targets
  int unreadable = 0;
  int undecodable = 0;
  int dropped_keyframes = 0;

 private:
  DependencyStructure structure_;
  bool known_ = false;
  bool started_ = false;
  std::int64_t structure_frame_ = 0;
  std::int64_t newest_ = 0;
};

/// One publisher's stream.
class SvcSource {
 public:
  SvcSource(std::uint32_t ssrc, std::uint16_t frame, int offset, SvcMode how = {})
      : mode(how), ssrc_(ssrc), frame_(frame), offset_(offset) {
    auto line = receive_line("v", av1(), ssrc);
    track = &publisher.peer.add_track(kTrack, media::Kind::Video);
    publisher.peer.set_receive(line, kTrack);
  }

  /// Two packets a frame, all spatial layers of a picture at once.
  void picture(Time now) {
    const int temporal = keyframe ? 0 : std::array{0, 2, 1, 2}[pictures_ % 4];
    if (keyframe) pictures_ = 0;
    for (int s = 0; s < std::min(mode.spatial, sending); ++s, ++frame_)
      for (int part = 0; part < 2; ++part) {
        Rtp packet;
        packet.payload_type = 45;
        packet.sequence = ++sequence_;
        packet.timestamp = timestamp_;
        packet.ssrc = ssrc_;
        packet.marker = part == 1 && s + 1 == std::min(mode.spatial, sending);
        packet.payload = Buffer(50U + 100U * static_cast<unsigned>(s));
        packet.payload[0] = keyframe && s == 0 && part == 0 ? 0x08 : 0x00;
        packet.payload[1] = static_cast<std::uint8_t>(s);
        packet.payload[2] = static_cast<std::uint8_t>(temporal);
        if (with_descriptor)
          packet.extensions = {
              {8, mode.descriptor(s, temporal, keyframe, part == 0, part == 1, frame_, offset_)}};
        publisher.take(packet.to_bytes(), now);
      }
    frame_ = static_cast<std::uint16_t>(frame_ + mode.spatial - std::min(mode.spatial, sending));
    keyframe = false;
    ++pictures_;
    timestamp_ += 2970;
    publisher.peer.tick(now);
    for (const std::uint32_t asked : take_feedback(publisher).keyframes) {
      ++requests;
      keyframe |= asked == ssrc_;
    }
  }

  /// As a publisher that left and came back: in another stream, with numbers of its own.
  void begin_anew(std::uint32_t ssrc, std::uint16_t frame, int offset) {
    ssrc_ = ssrc;
    frame_ = frame;
    offset_ = offset;
    keyframe = true;
  }

  SvcMode mode;
  TestPeer publisher{1};
  Track* track = nullptr;
  bool keyframe = true;
  bool with_descriptor = true;
  int sending = 8;  // spatial layers
  int requests = 0;

 private:
  std::uint32_t ssrc_;
  std::uint16_t frame_;
  int offset_;
  std::uint16_t sequence_ = 60000;
  std::uint32_t timestamp_ = 4'000'000'000;
  unsigned pictures_ = 0;
};

}  // namespace parley::forwarding::test
