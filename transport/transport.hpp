// The server's one UDP port: sockets, shards and the connections on them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gst/gst.h>

#include "forwarding/peer.hpp"
#include "support/glib/ref.hpp"
#include "support/result.hpp"
#include "transport/host_addresses.hpp"
#include "transport/srtp.hpp"
#include "transport/types.hpp"

// GStreamer calls its ICE classes unstable API; only transport/webrtc_ice* touches their structs.
typedef struct _GstWebRTCICE GstWebRTCICE;

namespace parley::transport {

struct Options {
  std::uint16_t port = 10000;  ///< 0 takes any free one (tests)
  std::vector<std::string>
      announce;          ///< addresses for candidates; empty: the machine's own, loopback included
  unsigned threads = 1;  ///< shards; the participants of a room share one
};

enum class Lost : std::uint8_t {
  ConsentExpired,  ///< no valid check for the consent timeout; final, the connection sends no more
  PeerClosed,  ///< a DTLS alert came from the peer's address; only a hint, it is not authenticated
};

/// What shards report. Called on a shard's thread: post and return, never block. A report that was
/// under way may still come after close().
class Listener {
 public:
  virtual ~Listener() = default;
  virtual void on_connected(ConnectionId) = 0;  ///< first nomination; media flows once keys are set
  virtual void on_media_ready(ConnectionId) = 0;  ///< nominated and both SRTP directions have keys
  virtual void on_lost(ConnectionId, Lost) = 0;
  virtual void on_codec(ConnectionId, forwarding::TrackKey, media::CodecName) = 0;
  virtual void on_speaking(ConnectionId, forwarding::TrackKey, const forwarding::Speech&) = 0;
};

enum class Direction : std::uint8_t { Receive, Send };

/// What a task on a shard's thread may touch: the peers of that shard.
class Shard {
 public:
  virtual ~Shard() = default;
  /// Null when the connection has been closed.
  [[nodiscard]] virtual forwarding::Peer* find(ConnectionId) = 0;
  /// Packets of this track go to `pad` (a source pad that has had its sticky events), as buffers
  /// whose PTS is running time. Null ends that; the pad is not touched any more afterwards.
  /// A pad that says FLUSHING, EOS or an error is let go and counted (Counters::outputs_lost).
  virtual void set_output(ConnectionId, forwarding::TrackKey, Ref<GstPad> pad) = 0;
  /// A shorter time than kConsentTimeout, for a peer whose signaling is gone; or that time again.
  virtual void set_consent_timeout(ConnectionId, Duration timeout) = 0;
};

/// Numbers of the whole transport, for /metrics and tests.
struct Counters {
  std::uint64_t packets_in = 0;  ///< datagrams of any kind
  std::uint64_t packets_out = 0;
  std::uint64_t dropped_unknown = 0;   ///< from an address, or with an ICE name, that is nobody's
  std::uint64_t dropped_auth = 0;      ///< not authentic, or repeated
  std::uint64_t handed_over = 0;       ///< came in on another shard's socket than their own
  std::uint64_t dropped_overload = 0;  ///< their own shard was too far behind to take them
  std::uint64_t send_errors = 0;       ///< refused by SRTP or by the kernel
  std::uint64_t outputs_lost = 0;      ///< pads given up, see Shard::set_output()
  std::size_t connections = 0;
};

/// Thread-safe unless a method says otherwise. Outlives every connection made from it.
class Transport {
 public:
  /// Binds the port (IPv6 and IPv4 on one socket where the machine has IPv6) and starts the shards.
  /// `base_time` is that of all pipelines, so that PTS carry across.
  /// Error "port_in_use", "bind_failed" or "bad_announce", with the remedy in the message.
  static Result<std::unique_ptr<Transport>> open(const Options& options, GstClockTime base_time,
                                                 Listener& listener);
  virtual ~Transport() = default;

  [[nodiscard]] virtual std::uint16_t port() const = 0;
  [[nodiscard]] virtual const std::vector<Candidate>& candidates() const = 0;
  [[nodiscard]] virtual unsigned shard_count() const = 0;
  [[nodiscard]] virtual Counters counters() const = 0;

  /// A new connection on `shard`, and the ICE agent to hand to its webrtcbin ("ice-agent"). The
  /// agent keeps the connection addressable until close().
  [[nodiscard]] virtual ConnectionId connect(unsigned shard, std::string cname) = 0;
  /// Always the same one; null when the connection has been closed.
  [[nodiscard]] virtual Ref<GstWebRTCICE> ice_agent(ConnectionId) = 0;
  /// Keys from webrtcbin's DTLS, given once the peer's certificate matched its SDP fingerprint. The
  /// same key again changes nothing.
  virtual void set_key(ConnectionId, Direction, const SrtpKey&) = 0;
  /// Ends the connection: webrtcbin's handlers are not called any more, and no packet goes in or
  /// out once the shard has taken notice. Idempotent. To be called before webrtcbin is let go of;
  /// waits for nothing but a state change that is being told to webrtcbin at this moment.
  virtual void close(ConnectionId) = 0;

  /// Runs `task` on the shard's thread, after what was posted before. What that thread has not come
  /// to when the Transport ends is not run.
  virtual void post(unsigned shard, std::function<void(Shard&)> task) = 0;
};

}  // namespace parley::transport
