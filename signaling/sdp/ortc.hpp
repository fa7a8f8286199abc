// RTP capabilities and parameters as ORTC writes them (https://draft.ortc.org, sections 9.2 and
// 9.7, in the form mediasoup-client 3 speaks): another notation of what SDP's m-lines say. Plain
// values; what a peer wrote may be anything until ortc_parameters.hpp has looked at it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "support/media.hpp"

namespace parley::sdp {

/// What readers keep of a peer's lists at most, far above what browsers write.
inline constexpr std::size_t kMaxOrtcCodecs = 128;
inline constexpr std::size_t kMaxOrtcExtensions = 64;
inline constexpr std::size_t kMaxOrtcEncodings = 16;
inline constexpr std::size_t kMaxOrtcFeedback = 16;  ///< of one codec

struct RtcpFeedback {
  std::string type;       ///< "nack", "ccm"…
  std::string parameter;  ///< "pli", "fir"… or empty

  bool operator==(const RtcpFeedback&) const = default;
};

/// RTCRtpCodecCapability and RTCRtpCodecParameters. Retransmission is a codec of its own here,
/// "video/rtx", whose parameter `apt` names the other.
struct RtpCodec {
  std::string mime_type;
  std::uint32_t payload_type = 0;  ///< preferredPayloadType of a capability; 0: not said
  std::uint32_t clock_rate = 0;    ///< Hz
  std::uint32_t channels = 0;      ///< audio only; 0: not said
  std::string parameters;          ///< as in a=fmtp: "a=1;b=2"
  std::vector<RtcpFeedback> feedback;

  bool operator==(const RtpCodec&) const = default;
};

struct RtpHeaderExtension {
  std::optional<media::Kind> kind;  ///< of a capability
  std::string uri;
  std::uint32_t id = 0;   ///< preferredId of a capability
  bool encrypt = false;   ///< RFC 6904, which the server does not speak
  std::string direction;  ///< of a capability, as its writer sees it; empty: both ways

  bool operator==(const RtpHeaderExtension&) const = default;
};

struct RtpEncoding {
  std::optional<std::uint32_t> ssrc, rtx_ssrc;
  std::string rid;
  double scale_down = 1;  ///< scaleResolutionDownBy

  bool operator==(const RtpEncoding&) const = default;
};

struct RtpCapabilities {
  std::vector<RtpCodec> codecs;
  std::vector<RtpHeaderExtension> extensions;

  bool operator==(const RtpCapabilities&) const = default;
};

struct RtpParameters {
  std::string mid;  ///< empty: not said
  std::vector<RtpCodec> codecs;
  std::vector<RtpHeaderExtension> extensions;
  std::vector<RtpEncoding> encodings;
  std::string cname;

  bool operator==(const RtpParameters&) const = default;
};

}  // namespace parley::sdp
