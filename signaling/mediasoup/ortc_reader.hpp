// Reads ORTC's parameters from the JSON that clients send. Pure.
#pragma once

#include <string>
#include <vector>

#include "signaling/sdp/ortc.hpp"
#include "signaling/socketio/value.hpp"
#include "support/result.hpp"

namespace parley::signaling::mediasoup {

// Types and amounts are looked at here, values by signaling/sdp. A member that is null counts as
// left out, and one that is not known here is skipped. Error "invalid_field": the message begins
// with the field.

Result<sdp::RtpParameters> read_rtp_parameters(const socketio::Value& json);
Result<sdp::RtpCapabilities> read_rtp_capabilities(const socketio::Value& json);

/// A client's end of DTLS.
struct DtlsParameters {
  std::vector<std::string> fingerprints;  ///< "sha-256 AA:BB:…", well-formed; at least one
  bool server = false;                    ///< its role; "auto" leaves it to be the client
};
Result<DtlsParameters> read_dtls_parameters(const socketio::Value& json);

}  // namespace parley::signaling::mediasoup
