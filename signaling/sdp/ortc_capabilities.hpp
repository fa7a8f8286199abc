// What the server offers to ORTC clients: the same codecs and extensions, under the same numbers,
// as its SDP.
#pragma once

#include <vector>

#include "signaling/sdp/media_session.hpp"
#include "signaling/sdp/ortc.hpp"
#include "signaling/sdp/peer_media.hpp"

namespace parley::sdp {

/// mediasoup's "router RTP capabilities". Without redundant audio: clients of this kind send the
/// first codec there is, and who receives a track that comes in it is sent the Opus within.
RtpCapabilities router_capabilities(const Policy& policy = {});

/// The codec and, where it has one, its retransmission, in this order.
std::vector<RtpCodec> ortc_codecs(const media::Codec& codec, const Feedback& feedback);

}  // namespace parley::sdp
