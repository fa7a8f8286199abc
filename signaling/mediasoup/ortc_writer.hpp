// Writes ORTC's parameters as the JSON that mediasoup-client reads. Pure.
#pragma once

#include <string>

#include "signaling/sdp/media_session.hpp"
#include "signaling/sdp/ortc.hpp"
#include "signaling/socketio/value.hpp"

namespace parley::signaling::mediasoup {

socketio::Value to_json(const sdp::RtpCapabilities& capabilities);
socketio::Value to_json(const sdp::RtpParameters& parameters);
/// Of our end, under the name that the client is to call it by.
socketio::Value to_json(const std::string& id, const sdp::LocalTransport& transport);

}  // namespace parley::signaling::mediasoup
