#include "signaling/sdp/ortc_capabilities.hpp"

#include <array>

#include "signaling/sdp/codecs.hpp"
#include "signaling/sdp/extensions.hpp"
#include "signaling/sdp/numbering.hpp"

namespace parley::sdp {
namespace {

using media::Extension;
using media::Kind;

std::string mime_type(Kind kind, std::string_view name) {
  return std::string(media::to_string(kind)) + "/" + std::string(name);
}

std::vector<RtcpFeedback> written(const Feedback& feedback) {
  std::vector<RtcpFeedback> list;
  if (feedback.remb) list.push_back({"goog-remb", ""});
  if (feedback.transport_cc) list.push_back({"transport-cc", ""});
  if (feedback.fir) list.push_back({"ccm", "fir"});
  if (feedback.nack) list.push_back({"nack", ""});
  if (feedback.pli) list.push_back({"nack", "pli"});
  return list;
}

/// As the server sees it. Layers are told by publishers, and dependency descriptors may be too long
/// for the one-byte headers that these clients' offers are limited to (RFC 8285 4.2).
std::string direction_of(Extension extension) {
  switch (extension) {
    case Extension::Rid:
    case Extension::RepairedRid:
    case Extension::DependencyDescriptor:
      return "recvonly";
    default:
      return "sendrecv";
  }
}

}  // namespace

std::vector<RtpCodec> ortc_codecs(const media::Codec& codec, const Feedback& feedback) {
  const Kind kind = codec.channels > 0 ? Kind::Audio : Kind::Video;
  std::vector<RtpCodec> codecs{{mime_type(kind, media::to_string(codec.name)), codec.payload_type,
                                codec.clock_rate, codec.channels, codec.fmtp, written(feedback)}};
  if (codec.rtx_payload_type)
    codecs.push_back({mime_type(kind, "rtx"),
                      *codec.rtx_payload_type,
                      codec.clock_rate,
                      0,
                      "apt=" + std::to_string(codec.payload_type),
                      {}});
  return codecs;
}

RtpCapabilities router_capabilities(const Policy& policy) {
  RtpCapabilities capabilities;
  for (const CodecFormat& format : codec_formats()) {
    if (!format.offered || format.name == media::CodecName::Red) continue;
    media::Codec codec{format.name,       format.payload_type, std::nullopt,
                       format.clock_rate, format.channels,     std::string(format.fmtp)};
    if (format.rtx_payload_type != 0) codec.rtx_payload_type = format.rtx_payload_type;
    for (RtpCodec& written : ortc_codecs(codec, server_feedback(format.kind, policy)))
      capabilities.codecs.push_back(std::move(written));
  }
  const Numbering ids = extension_numbering();
  for (const Kind kind : {Kind::Audio, Kind::Video})
    for (std::size_t i = 0; i < static_cast<std::size_t>(Extension::kCount); ++i) {
      const auto extension = static_cast<Extension>(i);
      if (belongs(extension, kind, true, policy))
        capabilities.extensions.push_back({kind, std::string(uri_of(extension)),
                                           ids.of(static_cast<int>(i)), false,
                                           direction_of(extension)});
    }
  return capabilities;
}

}  // namespace parley::sdp
