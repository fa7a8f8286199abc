// The SDP that only webrtcbin sees: its own offer of one m-line, and the answer made for it.
#pragma once

#define GST_USE_UNSTABLE_API
#include <memory>

#include <gst/sdp/sdp.h>

#include "pipelines/participant.hpp"
#include "support/glib/ref.hpp"
#include "support/result.hpp"

namespace parley::pipelines {

using SdpMessage = Handle<GstSDPMessage, gst_sdp_message_free>;

/// Reads our end out of webrtcbin's offer. Error "pipeline_error" names what it lacks.
[[nodiscard]] Result<LocalParameters> local_parameters(const GstSDPMessage& offer);

/// The offer turned round: the same m-line, with the peer's credentials and first fingerprint, the
/// peer being DTLS's active side (RFC 8842 5.3) unless it says otherwise, and sending where we
/// receive.
[[nodiscard]] SdpMessage make_answer(const GstSDPMessage& offer, const RemoteParameters& remote);

}  // namespace parley::pipelines
