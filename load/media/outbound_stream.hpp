// One encoding that a client sends: a source's payloads as RTP, kept for a while to send again.
#pragma once

#include <cstdint>
#include <memory>

#include "forwarding/egress.hpp"
#include "forwarding/packet_cache.hpp"
#include "forwarding/rtcp.hpp"
#include "forwarding/rtp_writer.hpp"
#include "load/media/counts.hpp"
#include "load/media/source.hpp"
#include "load/media/window.hpp"
#include "load/signaling/session.hpp"

namespace parley::load {

/// Where a client stands among the publishers of its room.
struct Place {
  std::size_t room = 0;
  std::size_t client = 0;
  std::size_t publisher = 0;
  std::size_t publishers = 0;
};

/// Bound to a media thread.
class OutboundStream final : private PayloadSink {
 public:
  struct Environment {
    forwarding::Egress& egress;
    const Window& window;
    Totals& totals;
    std::uint16_t& transport_sequence;  ///< shared by all that a client sends
    Place place;
  };

  OutboundStream(StreamId id, const SendLine& line, std::size_t layer,
                 std::unique_ptr<Source> source, const Environment& environment);

  [[nodiscard]] std::uint32_t ssrc() const { return layer_.ssrc; }
  [[nodiscard]] Time due() const { return source_->due(); }
  /// The payload types and extension ids of a later exchange.
  void update(const SendLine& line);
  /// Sends what is due.
  void produce(Time now);
  void request_keyframe();
  void resend(std::uint16_t sequence, Time now);

  [[nodiscard]] forwarding::rtcp::SenderInfo report(Time now) const;
  [[nodiscard]] SentStream counts() const;

 private:
  void on_payload(const Payload& payload) override;
  void add_transport_extensions(forwarding::ExtensionList& list, Time now);

  StreamId id_;
  SendLine line_;
  SendLayer layer_;
  std::unique_ptr<Source> source_;
  Environment environment_;
  Time started_;
  std::uint16_t first_sequence_;
  std::uint16_t rtx_sequence_;
  std::uint32_t first_timestamp_;
  std::uint32_t newest_timestamp_ = 0;
  Time newest_at_{};
  std::uint32_t counter_ = 0;
  std::uint32_t octets_ = 0;
  SentStream counts_;
  forwarding::PacketCache sent_;

  // Values of the extensions of the packet being written.
  std::array<std::uint8_t, 1> level_{};
  std::array<std::uint8_t, 3> send_time_{};
  std::array<std::uint8_t, 2> transport_sequence_{};
};

}  // namespace parley::load
