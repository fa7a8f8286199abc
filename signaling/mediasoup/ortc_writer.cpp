#include "signaling/mediasoup/ortc_writer.hpp"

#include <optional>
#include <utility>

#include "signaling/sdp/text.hpp"

namespace parley::signaling::mediasoup {
namespace {

using socketio::Array;
using socketio::Object;
using socketio::object;
using socketio::Value;

Value number(std::uint32_t value) {
  return static_cast<double>(value);
}

/// As mediasoup-client compares them: numbers are numbers, but a profile-level-id is text even
/// where its digits make one.
Value parameters_of(std::string_view fmtp) {
  Object members;
  while (!fmtp.empty()) {
    std::string_view value = sdp::take_word(fmtp, ';');
    const std::string name(sdp::take_word(value, '='));
    const auto integer = sdp::parse_number<std::uint32_t>(value);
    if (integer && name != "profile-level-id")
      members.emplace_back(name, number(*integer));
    else
      members.emplace_back(name, std::string(value));
  }
  return members;
}

Value codec_of(const sdp::RtpCodec& codec, const char* payload_type, bool with_kind) {
  Object json;
  if (with_kind) json.emplace_back("kind", codec.mime_type.substr(0, codec.mime_type.find('/')));
  json.emplace_back("mimeType", codec.mime_type);
  json.emplace_back(payload_type, number(codec.payload_type));
  json.emplace_back("clockRate", number(codec.clock_rate));
  if (codec.channels != 0) json.emplace_back("channels", number(codec.channels));
  json.emplace_back("parameters", parameters_of(codec.parameters));
  Array feedback;
  for (const auto& [type, parameter] : codec.feedback)
    feedback.push_back(object({{"type", type}, {"parameter", parameter}}));
  json.emplace_back("rtcpFeedback", std::move(feedback));
  return json;
}

Value encoding_of(const sdp::RtpEncoding& encoding) {
  Object json;
  if (encoding.ssrc) json.emplace_back("ssrc", number(*encoding.ssrc));
  if (encoding.rtx_ssrc) json.emplace_back("rtx", object({{"ssrc", number(*encoding.rtx_ssrc)}}));
  return json;
}

}  // namespace

Value to_json(const sdp::RtpCapabilities& capabilities) {
  Array codecs, extensions;
  for (const sdp::RtpCodec& codec : capabilities.codecs)
    codecs.push_back(codec_of(codec, "preferredPayloadType", true));
  for (const sdp::RtpHeaderExtension& extension : capabilities.extensions)
    extensions.push_back(
        object({{"kind", std::string(media::to_string(extension.kind.value_or(media::Kind{})))},
                {"uri", extension.uri},
                {"preferredId", number(extension.id)},
                {"preferredEncrypt", false},
                {"direction", extension.direction}}));
  return object({{"codecs", std::move(codecs)}, {"headerExtensions", std::move(extensions)}});
}

Value to_json(const sdp::RtpParameters& parameters) {
  Array codecs, extensions, encodings;
  for (const sdp::RtpCodec& codec : parameters.codecs)
    codecs.push_back(codec_of(codec, "payloadType", false));
  for (const sdp::RtpHeaderExtension& extension : parameters.extensions)
    extensions.push_back(object({{"uri", extension.uri},
                                 {"id", number(extension.id)},
                                 {"encrypt", false},
                                 {"parameters", Object{}}}));
  for (const sdp::RtpEncoding& encoding : parameters.encodings)
    encodings.push_back(encoding_of(encoding));
  return object({{"mid", parameters.mid},
                 {"codecs", std::move(codecs)},
                 {"headerExtensions", std::move(extensions)},
                 {"encodings", std::move(encodings)},
                 {"rtcp", object({{"cname", parameters.cname}, {"reducedSize", true}})}});
}

Value to_json(const std::string& id, const sdp::LocalTransport& transport) {
  Array candidates;
  for (const sdp::Candidate& candidate : transport.candidates)
    candidates.push_back(object({{"foundation", candidate.foundation},
                                 {"priority", number(candidate.priority)},
                                 {"address", candidate.address},
                                 {"ip", candidate.address},
                                 {"port", static_cast<double>(candidate.port)},
                                 {"protocol", "udp"},
                                 {"type", "host"}}));
  std::string_view value = transport.fingerprint;
  const std::string algorithm(sdp::take_word(value));
  return object({{"id", id},
                 {"iceParameters", object({{"usernameFragment", transport.ufrag},
                                           {"password", transport.password},
                                           {"iceLite", true}})},
                 {"iceCandidates", std::move(candidates)},
                 {"dtlsParameters",
                  object({{"role", "auto"},
                          {"fingerprints", Array{object({{"algorithm", algorithm},
                                                         {"value", std::string(value)}})}}})}});
}

}  // namespace parley::signaling::mediasoup
