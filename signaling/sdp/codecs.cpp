#include "signaling/sdp/codecs.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "signaling/sdp/text.hpp"

namespace parley::sdp {
namespace {

using media::CodecName;
using media::Kind;

constexpr std::uint32_t kVideoClock = 90000;

constexpr CodecFormat vp9(int profile, std::string_view fmtp, std::uint8_t payload_type) {
  const auto rtx = static_cast<std::uint8_t>(payload_type == 0 ? 0 : payload_type + 1);
  return {CodecName::Vp9, Kind::Video, kVideoClock,      0, profile, 0, fmtp,
          payload_type,   rtx,         payload_type != 0};
}

constexpr CodecFormat h264(H264Profile profile, int mode, std::string_view fmtp,
                           std::uint8_t payload_type) {
  const auto rtx = static_cast<std::uint8_t>(payload_type == 0 ? 0 : payload_type + 1);
  return {CodecName::H264, Kind::Video, kVideoClock,      0, static_cast<int>(profile), mode, fmtp,
          payload_type,    rtx,         payload_type != 0};
}

// Payload types are Chromium's, so that a Chromium that offers later seldom has to be followed.
// Packetization mode 0 is not offered: whoever decodes it decodes mode 1 too, and every browser
// does. VP9 profile 2 (10 bit) is not: a browser never sends it unasked and each line costs every
// offer.
constexpr std::array kFormats{
    CodecFormat{CodecName::Opus, Kind::Audio, 48000, 2, 0, 0, "minptime=10;useinbandfec=1", 111, 0,
                true},
    // After Opus, so that redundancy (RFC 2198) is a sender's own choice: it doubles the sound's
    // bits.
    CodecFormat{CodecName::Red, Kind::Audio, 48000, 2, 0, 0, "", 63, 0, true},
    CodecFormat{CodecName::Vp8, Kind::Video, kVideoClock, 0, 0, 0, "", 96, 97, true},
    vp9(0, "profile-id=0", 98),
    h264(H264Profile::ConstrainedBaseline, 1,
         "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f", 108),
    h264(H264Profile::Baseline, 1,
         "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f", 102),
    h264(H264Profile::Main, 1,
         "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=4d001f", 116),
    h264(H264Profile::High, 1,
         "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=64001f", 112),
    CodecFormat{CodecName::Av1, Kind::Video, kVideoClock, 0, 0, 0, "level-idx=5;profile=0;tier=0",
                45, 46, true},
    vp9(1, "", 0),
    vp9(2, "", 0),
    h264(H264Profile::ConstrainedHigh, 1, "", 0),
    h264(H264Profile::ConstrainedBaseline, 0, "", 0),
    h264(H264Profile::Baseline, 0, "", 0),
    h264(H264Profile::Main, 0, "", 0),
    h264(H264Profile::High, 0, "", 0),
    h264(H264Profile::ConstrainedHigh, 0, "", 0),
};

/// The number a parameter has, `fallback` when it is not there, -1 when it is no number.
int number_of(std::string_view fmtp, std::string_view name, int fallback) {
  const auto text = fmtp_parameter(fmtp, name);
  return text ? parse_number<int>(*text).value_or(-1) : fallback;
}

int profile_of(CodecName name, std::string_view fmtp) {
  switch (name) {
    case CodecName::Vp9:
      return number_of(fmtp, "profile-id", 0);
    case CodecName::Av1:
      return number_of(fmtp, "profile", 0);
    case CodecName::H264: {
      // RFC 6184 8.1: without the parameter it is Baseline.
      const auto profile =
          h264_profile(fmtp_parameter(fmtp, "profile-level-id").value_or("42000a"));
      return profile ? static_cast<int>(*profile) : -1;
    }
    default:
      return 0;
  }
}

/// A pattern of RFC 6184 table 5: profile_idc, and profile-iop's bits that have to be so.
struct ProfilePattern {
  unsigned idc;
  unsigned mask;
  unsigned bits;
  H264Profile profile;
};
constexpr std::array kProfilePatterns{
    ProfilePattern{0x42, 0x4f, 0x40, H264Profile::ConstrainedBaseline},
    ProfilePattern{0x4d, 0x8f, 0x80, H264Profile::ConstrainedBaseline},
    ProfilePattern{0x58, 0xcf, 0xc0, H264Profile::ConstrainedBaseline},
    ProfilePattern{0x42, 0x4f, 0x00, H264Profile::Baseline},
    ProfilePattern{0x58, 0xcf, 0x80, H264Profile::Baseline},
    ProfilePattern{0x4d, 0xaf, 0x00, H264Profile::Main},
    ProfilePattern{0x64, 0xff, 0x00, H264Profile::High},
    ProfilePattern{0x64, 0xff, 0x0c, H264Profile::ConstrainedHigh},
};

}  // namespace

std::span<const CodecFormat> codec_formats() {
  return kFormats;
}

std::optional<FormatIndex> find_format(Kind kind, std::string_view encoding,
                                       std::uint32_t clock_rate, std::uint8_t channels,
                                       std::string_view fmtp) {
  for (FormatIndex i = 0; i < kFormats.size(); ++i) {
    const CodecFormat& format = kFormats[i];
    if (format.kind != kind || !equals_ignoring_case(media::to_string(format.name), encoding))
      continue;
    if (format.clock_rate != clock_rate) return std::nullopt;
    if (kind == Kind::Audio && format.channels != std::max<std::uint8_t>(channels, 1))
      return std::nullopt;
    if (format.profile != profile_of(format.name, fmtp)) continue;
    if (format.name == CodecName::H264 &&
        format.packetization_mode != number_of(fmtp, "packetization-mode", 0))
      continue;
    return i;
  }
  return std::nullopt;
}

std::optional<std::string_view> fmtp_parameter(std::string_view fmtp, std::string_view name) {
  while (!fmtp.empty()) {
    std::string_view parameter = take_word(fmtp, ';');
    while (!parameter.empty() && parameter.front() == ' ') parameter.remove_prefix(1);
    if (equals_ignoring_case(take_word(parameter, '='), name)) return parameter;
  }
  return std::nullopt;
}

std::string agreed_fmtp(FormatIndex format, std::string_view peer_fmtp) {
  if (kFormats[format].name == CodecName::Opus) return std::string(kFormats[format].fmtp);
  if (kFormats[format].name == CodecName::Red) return std::string(peer_fmtp);
  constexpr std::array<std::string_view, 7> kNaming{"level-asymmetry-allowed",
                                                    "packetization-mode",
                                                    "profile-level-id",
                                                    "profile-id",
                                                    "level-idx",
                                                    "profile",
                                                    "tier"};
  std::string agreed;
  for (std::string_view name : kNaming) {
    const auto value = fmtp_parameter(peer_fmtp, name);
    if (!value) continue;
    if (!agreed.empty()) agreed += ";";
    agreed.append(name).append("=").append(*value);
  }
  return agreed;
}

std::optional<H264Profile> h264_profile(std::string_view profile_level_id) {
  unsigned value = 0;
  const char* end = profile_level_id.data() + profile_level_id.size();
  const auto [stop, error] = std::from_chars(profile_level_id.data(), end, value, 16);
  if (profile_level_id.size() != 6 || error != std::errc{} || stop != end) return std::nullopt;
  const unsigned idc = value >> 16;
  const unsigned iop = value >> 8 & 0xff;
  for (const ProfilePattern& pattern : kProfilePatterns)
    if (pattern.idc == idc && (iop & pattern.mask) == pattern.bits) return pattern.profile;
  return std::nullopt;
}

}  // namespace parley::sdp
