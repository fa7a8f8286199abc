// GstWebRTCICETransport over a shard's socket, with the two elements through which webrtcbin's DTLS
// comes and goes.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>

#include <gst/gst.h>

#include "transport/webrtc_ice_link.hpp"

typedef struct _GstWebRTCICETransport GstWebRTCICETransport;

namespace parley::transport {

/// Makes the transport of component RTP (there is no other: RTCP is always muxed) and attaches it
/// to the link. Transfer full.
GstWebRTCICETransport* new_ice_transport(const std::shared_ptr<IceLink>& link);

/// `transport` is a GstWebRTCICETransport. Runs webrtcbin's handlers.
void report_ice_state(GObject* transport, IceState state);

/// DTLS records on their way into one webrtcbin. Bound to the shard's thread.
///
/// webrtcbin queues them for a thread of its own. Once ICE is connected that queue is no longer
/// leaky: full, it would block whoever pushes. So what it holds is counted, and what would be too
/// much is dropped, as a network may (the DTLS handshake and SCTP repeat).
class RecordSink {
 public:
  static constexpr std::size_t kMaxQueued =
      1 << 20;  ///< bytes; webrtcbin's queue takes five times that

  explicit RecordSink(Ref<GstPad> pad) : pad_(std::move(pad)) {}
  /// `running_time` becomes the buffer's PTS and DTS.
  void push(std::span<const std::uint8_t> record, GstClockTime running_time);

 private:
  Ref<GstPad> pad_;
  std::shared_ptr<std::atomic<std::size_t>> queued_ = std::make_shared<std::atomic<std::size_t>>(0);
};

}  // namespace parley::transport
