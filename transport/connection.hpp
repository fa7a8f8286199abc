// One peer on a shard: its ICE, its SRTP, its RTP (forwarding::Peer) and the ways into its
// pipeline.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gst/gst.h>

#include "forwarding/peer.hpp"
#include "transport/batch.hpp"
#include "transport/counter.hpp"
#include "transport/demux.hpp"
#include "transport/ice_lite.hpp"
#include "transport/mailbox.hpp"
#include "transport/srtp.hpp"
#include "transport/transport.hpp"
#include "transport/webrtc_ice_link.hpp"
#include "transport/webrtc_ice_transport.hpp"
#include "transport/worker.hpp"

namespace parley::transport {

/// Where a connection's packets go out: its shard. Bound to the shard's thread.
class Outbox {
 public:
  virtual ~Outbox() = default;
  /// The batch, not full: what was in it is sent first if it has to be.
  virtual Batch& batch() = 0;
};

/// What the connections of a shard share; outlives them.
struct ConnectionContext {
  Outbox& outbox;
  Worker& worker;
  Listener& listener;
  ShardCounters& counters;
  GstClockTime base_time;
};

/// Bound to its shard's thread.
class Connection final : public forwarding::Egress, private forwarding::PeerObserver {
 public:
  Connection(ConnectionId id, const ConnectionContext& context, std::shared_ptr<IceLink> link,
             std::uint32_t ssrc, std::string cname);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] ConnectionId id() const { return id_; }
  [[nodiscard]] forwarding::Peer& peer() { return peer_; }
  [[nodiscard]] IceLite& ice() { return ice_; }

  /// A STUN request that names our end. The outcome is for the shard to keep its routes by.
  IceLite::Outcome on_check(const Datagram& datagram, const stun::Message& message, Time now);
  /// Any other datagram from one of the peer's addresses. Its memory may be taken.
  void on_datagram(Protocol protocol, Datagram& datagram, Time now);
  /// True when consent was lost just now.
  [[nodiscard]] bool tick(Time now);

  void set_key(Direction direction, const SrtpKey& key, Time now);
  void set_records(Ref<GstPad> pad) { records_.emplace(std::move(pad)); }
  void set_output(forwarding::TrackKey track, Ref<GstPad> pad);

  // --- forwarding::Egress -----------------------------------------------------------------------

  [[nodiscard]] bool ready() const override {
    return sender_ != nullptr && ice_.selected().has_value();
  }
  [[nodiscard]] std::span<std::uint8_t> rtp_buffer() override { return packet_; }
  void send_rtp(std::size_t size) override;
  [[nodiscard]] std::size_t overhead() const override;
  void send_rtcp(std::span<const std::uint8_t> compound) override;

 private:
  struct Output {
    forwarding::TrackKey track;
    Ref<GstPad> pad;
  };

  // --- forwarding::PeerObserver -----------------------------------------------------------------
  void on_codec(forwarding::TrackKey track, media::CodecName codec) override;
  void on_speaking(forwarding::TrackKey track, const forwarding::Speech& speech) override;

  void on_rtp(Datagram& datagram, Time now);
  void on_rtcp(const Datagram& datagram, Time now);
  void on_record(const Datagram& datagram, Time now);
  void deliver(forwarding::TrackKey track, std::span<const std::uint8_t> packet,
               PacketBuffer& buffer, Time now);
  void announce_readiness(Time now);
  void report(IceState state);
  [[nodiscard]] GstClockTime running_time(Time now) const;

  const ConnectionId id_;
  ConnectionContext context_;
  std::shared_ptr<IceLink> link_;
  IceLite ice_;
  std::unique_ptr<SrtpReceiver> receiver_;
  std::unique_ptr<SrtpSender> sender_;
  SrtpKey receive_key_{}, send_key_{};
  bool egress_announced_ = false, media_announced_ = false;
  Time last_close_hint_{};
  std::optional<RecordSink> records_;
  std::vector<Output> outputs_;
  Batch::Lane lane_;
  alignas(8) std::array<std::uint8_t, forwarding::kMaxPacket> packet_;
  forwarding::Peer peer_;  ///< last: it refers to this
};

}  // namespace parley::transport
