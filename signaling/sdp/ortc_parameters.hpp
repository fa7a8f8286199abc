// Translates between ORTC's RTP parameters and what forwarding carries out.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "signaling/sdp/media_session.hpp"
#include "signaling/sdp/ortc.hpp"
#include "signaling/sdp/peer_media.hpp"
#include "support/media.hpp"
#include "support/result.hpp"

namespace parley::sdp {

/// What a peer sends that wrote these parameters, as an m-line of the same meaning would give it.
/// Simulcast by SSRCs alone (browsers of old) gets rids of our own. Error "invalid_field": the
/// message begins with the field ("rtpParameters.encodings[1].ssrc").
Result<media::Receive> read_parameters(const RtpParameters& parameters, media::Kind kind,
                                       const Policy& policy);

/// What is sent to a peer, and the feedback agreed on for each of its codecs.
struct Consumption {
  media::Send send;
  std::vector<Feedback> feedback;
};

/// How a track goes to a peer with these capabilities; without mid, SSRCs and CNAME, which are the
/// caller's. `produced` is what the track may come in, first what it comes in just now. Nothing
/// when the peer cannot take that.
std::optional<Consumption> match_capabilities(media::Kind kind,
                                              std::span<const media::Codec> produced,
                                              const RtpCapabilities& capabilities,
                                              const Policy& policy);

/// The same, written for the peer.
RtpParameters write_parameters(const Consumption& consumption);

}  // namespace parley::sdp
