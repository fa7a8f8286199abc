// A STUN or TURN server that clients may use on their way here.
#pragma once

#include <string>

namespace parley::signaling {

/// As RTCIceServer has it (https://www.w3.org/TR/webrtc/#rtciceserver-dictionary).
struct IceServer {
  std::string url;       ///< RFC 7064, RFC 7065
  std::string username;  ///< of TURN; empty: none needed
  std::string credential;

  bool operator==(const IceServer&) const = default;
};

}  // namespace parley::signaling
