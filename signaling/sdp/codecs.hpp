// The codecs this server forwards, and which descriptions mean the same one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "support/media.hpp"

namespace parley::sdp {

/// A codec in one configuration that is no other's: what one payload type stands for. Within a
/// BUNDLE group a payload type has to mean one of these everywhere (RFC 9143 section 9.1).
struct CodecFormat {
  media::CodecName name{};
  media::Kind kind{};
  std::uint32_t clock_rate = 0;  ///< Hz
  std::uint8_t channels = 0;     ///< 0 for video
  /// VP9's profile-id, AV1's profile, H264's H264Profile: formats of different profiles differ.
  int profile = 0;
  int packetization_mode = 0;         ///< H264 only, RFC 6184 6.2
  std::string_view fmtp;              ///< what our offers say; RED's follows from Opus' number
  std::uint8_t payload_type = 0;      ///< in our offers, unless the peer uses it otherwise
  std::uint8_t rtx_payload_type = 0;  ///< 0: no retransmission
  bool offered = false;  ///< in our own offers; the others are taken when a peer offers them
};

/// The profiles of RFC 6184 table 5 that the server takes. It forwards without decoding, so what
/// counts is whether two ends mean the same by it.
enum class H264Profile : int { Baseline, ConstrainedBaseline, Main, High, ConstrainedHigh };

/// All of them, in the order of our offers. An index into this names a format.
std::span<const CodecFormat> codec_formats();
using FormatIndex = std::size_t;

/// The format that a peer's rtpmap and fmtp describe, or nothing where the server has none.
/// `channels` 0 means it was not said (RFC 8866 6.6: then it is 1).
std::optional<FormatIndex> find_format(media::Kind kind, std::string_view encoding,
                                       std::uint32_t clock_rate, std::uint8_t channels,
                                       std::string_view fmtp);

/// Value of `name` in "a=1;b=2", or nothing.
std::optional<std::string_view> fmtp_parameter(std::string_view fmtp, std::string_view name);

/// What our description says of a format that the peer described by `peer_fmtp`: what names the
/// format has to be the same at both ends; the rest is what each receiver wishes for itself (RFC
/// 6184 8.2.2, RFC 7741 6.2, RFC 7587 6.1). RED's names the payload types within (RFC 2198 5).
std::string agreed_fmtp(FormatIndex format, std::string_view peer_fmtp);

/// The profile of a profile-level-id (three bytes in hex), by its profile_idc and the bits of
/// profile-iop that matter (RFC 6184 table 5). Nothing for other profiles and broken text.
std::optional<H264Profile> h264_profile(std::string_view profile_level_id);

}  // namespace parley::sdp
