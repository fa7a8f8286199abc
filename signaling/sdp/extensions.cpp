#include "signaling/sdp/extensions.hpp"

namespace parley::sdp {

using media::Extension;
using media::Kind;

std::string_view uri_of(Extension extension) {
  switch (extension) {
    case Extension::Mid:
      return "urn:ietf:params:rtp-hdrext:sdes:mid";
    case Extension::Rid:
      return "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
    case Extension::RepairedRid:
      return "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";
    case Extension::AudioLevel:
      return "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
    case Extension::AbsSendTime:
      return "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";
    case Extension::TransportCc:
      return "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
    case Extension::VideoOrientation:
      return "urn:3gpp:video-orientation";
    case Extension::DependencyDescriptor:
      return "https://aomediacodec.github.io/av1-rtp-spec/"
             "#dependency-descriptor-rtp-header-extension";
    case Extension::kCount:
      break;
  }
  return {};
}

std::optional<Extension> find_extension(std::string_view uri) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(Extension::kCount); ++i)
    if (uri_of(static_cast<Extension>(i)) == uri) return static_cast<Extension>(i);
  return std::nullopt;
}

bool belongs(Extension extension, Kind kind, bool receiving, const Policy& policy) {
  switch (extension) {
    case Extension::Mid:
      return true;
    case Extension::Rid:
    case Extension::RepairedRid:
      return kind == Kind::Video && receiving;
    case Extension::AudioLevel:
      return kind == Kind::Audio;
    case Extension::AbsSendTime:
      return policy.abs_send_time;
    case Extension::TransportCc:
      return policy.transport_cc;
    case Extension::VideoOrientation:
      return kind == Kind::Video;
    case Extension::DependencyDescriptor:
      return kind == Kind::Video && policy.dependency_descriptor;
    case Extension::kCount:
      break;
  }
  return false;
}

}  // namespace parley::sdp
