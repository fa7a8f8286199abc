// The negotiated description of media: what SDP (signaling/sdp) decides and forwarding carries out.
// Plain values, no behaviour beyond lookup; safe to copy between threads.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace parley::media {

enum class Kind : std::uint8_t { Audio, Video };

enum class CodecName : std::uint8_t { Opus, Red, Vp8, Vp9, H264, Av1 };

/// One codec under one payload type of one m-line.
struct Codec {
  CodecName name{};
  std::uint8_t payload_type = 0;
  std::optional<std::uint8_t> rtx_payload_type;  ///< RFC 4588, the `apt` that points here
  std::uint32_t clock_rate = 0;                  ///< Hz
  std::uint8_t channels = 0;                     ///< audio only
  std::string fmtp;                              ///< as in a=fmtp, without the payload type

  bool operator==(const Codec&) const = default;
};

/// RTP header extensions that this server reads or writes.
enum class Extension : std::uint8_t {
  Mid,                   ///< urn:ietf:params:rtp-hdrext:sdes:mid (RFC 9143)
  Rid,                   ///< urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id (RFC 8852)
  RepairedRid,           ///< urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id (RFC 8852)
  AudioLevel,            ///< urn:ietf:params:rtp-hdrext:ssrc-audio-level (RFC 6464)
  AbsSendTime,           ///< http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
  TransportCc,           ///< draft-holmer-rmcat-transport-wide-cc-extensions-01
  VideoOrientation,      ///< urn:3gpp:video-orientation
  DependencyDescriptor,  ///< the AV1 RTP specification's, also used with VP9 and VP8
  kCount
};

/// The id each extension has on one m-line; 0 where it was not negotiated (RFC 8285).
class ExtensionMap {
 public:
  [[nodiscard]] std::uint8_t id(Extension e) const { return ids_[static_cast<std::size_t>(e)]; }
  void set(Extension e, std::uint8_t id) { ids_[static_cast<std::size_t>(e)] = id; }
  /// The extension that has this id, if any.
  [[nodiscard]] std::optional<Extension> find(std::uint8_t id) const {
    for (std::size_t i = 0; id != 0 && i < ids_.size(); ++i)
      if (ids_[i] == id) return static_cast<Extension>(i);
    return std::nullopt;
  }
  bool operator==(const ExtensionMap&) const = default;

 private:
  std::array<std::uint8_t, static_cast<std::size_t>(Extension::kCount)> ids_{};
};

/// One m-line on which the peer sends to us.
struct Receive {
  std::string mid;
  Kind kind{};
  std::vector<Codec> codecs;
  ExtensionMap extensions;
  std::vector<std::uint32_t> ssrcs;  ///< announced primary SSRCs; may be empty (then by mid or rid)
  std::vector<std::pair<std::uint32_t, std::uint32_t>> rtx;  ///< FID groups: primary, repair
  std::vector<std::string> rids;  ///< simulcast, lowest first as far as told; empty without
  bool transport_cc = false;      ///< the peer wants transport-wide feedback
  bool remb = false;              ///< goog-remb was negotiated
  bool pli = true;                ///< false where only "ccm fir" was negotiated (RFC 5104)
  /// Streams of other SSRCs may be its as well, told by their payload type alone (RFC 9143 9.2).
  bool any_ssrc = true;

  bool operator==(const Receive&) const = default;
};

/// One m-line on which we send to the peer. SSRCs stay for the life of the m-line.
struct Send {
  std::string mid;
  Kind kind{};
  std::vector<Codec> codecs;  ///< what the peer can decode; empty when it rejected the m-line
  ExtensionMap extensions;
  std::uint32_t ssrc = 0;
  std::uint32_t rtx_ssrc = 0;  ///< 0 without RTX
  std::string cname;
  bool nack = false;
  bool transport_cc = false;

  bool operator==(const Send&) const = default;
};

constexpr std::string_view to_string(Kind kind) {
  return kind == Kind::Audio ? "audio" : "video";
}

constexpr std::string_view to_string(CodecName name) {
  switch (name) {
    case CodecName::Opus:
      return "opus";
    case CodecName::Red:
      return "red";
    case CodecName::Vp8:
      return "VP8";
    case CodecName::Vp9:
      return "VP9";
    case CodecName::H264:
      return "H264";
    case CodecName::Av1:
      return "AV1";
  }
  return "";
}

}  // namespace parley::media
