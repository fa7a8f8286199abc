// All RTP and RTCP of one simulated client.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "forwarding/compound.hpp"
#include "forwarding/egress.hpp"
#include "forwarding/rtp_packet.hpp"
#include "load/media/counts.hpp"
#include "load/media/inbound_stream.hpp"
#include "load/media/outbound_stream.hpp"
#include "load/media/window.hpp"
#include "load/signaling/session.hpp"

namespace parley::load {

/// How every client behaves.
struct MediaBehaviour {
  bool nack = true;
  std::optional<std::uint64_t> remb;  ///< bits per second told to the server
};

/// Makes the source of a sent encoding; `layer` of `layers`, lowest first.
using SourceFactory = std::function<std::unique_ptr<Source>(media::Kind kind, std::size_t layer,
                                                            std::size_t layers, Time start)>;

/// What all clients of a media thread share; outlives them.
struct MediaContext {
  const Window& window;
  Totals& totals;
  const MediaBehaviour& behaviour;
  const SourceFactory& make_source;
};

/// Bound to a media thread; packets, time and the way out are arguments.
class MediaEnd final : private forwarding::rtcp::Handler {
 public:
  MediaEnd(forwarding::Egress& egress, const MediaContext& context, const Place& place);

  /// What was agreed, again after each exchange. Streams that are there already go on.
  void update(const Session& session, Time now);

  /// A packet whose payload is encrypted still, counted by its header alone.
  void on_sealed(const forwarding::RtpPacket& packet, std::size_t size, Time at);
  /// A decrypted packet; may be changed in place.
  void on_packet(forwarding::MutableBytes bytes, Time at);
  void on_rtcp(forwarding::Bytes compound, Time now);
  /// True for RTX, which tells what it repairs only when decrypted.
  [[nodiscard]] bool is_repair(const forwarding::RtpPacket& packet);

  /// Sends what is due.
  void tick(Time now);
  [[nodiscard]] Time due() const;

  [[nodiscard]] std::optional<Time> first_media() const { return first_media_; }
  [[nodiscard]] bool receives() const { return !lines_.empty(); }
  [[nodiscard]] Reception reception() const;
  void append_sent(std::vector<SentStream>& out) const;

 private:
  struct Source {
    InboundStream* stream = nullptr;  ///< null: to be ignored
    bool repair = false;
  };

  // --- forwarding::rtcp::Handler ----------------------------------------------------------------
  void on_sender_report(const forwarding::rtcp::SenderInfo& info) override;
  void on_report_block(const forwarding::rtcp::ReportBlock&) override {}
  void on_bye(std::uint32_t) override {}
  void on_nack(std::uint32_t media_ssrc, std::uint16_t sequence) override;
  void on_keyframe_request(std::uint32_t media_ssrc) override;
  void on_remb(std::uint64_t) override {}

  Source find(const forwarding::RtpPacket& packet);
  Source bind(const forwarding::RtpPacket& packet);
  InboundStream& stream_of(std::uint32_t ssrc, const media::Receive& line);
  bool take(InboundStream& stream, const forwarding::RtpPacket& packet, std::size_t size, Time at);
  void report(Time now);
  void report_sent(forwarding::Compound& compound, Time now);
  void report_received(forwarding::Compound& compound, Time now);
  void ask_again(Time now);

  forwarding::Egress& egress_;
  MediaContext context_;
  Place place_;
  std::string cname_;
  std::uint32_t ssrc_;  ///< of its own RTCP where it sends nothing
  std::vector<media::Receive> lines_;
  std::vector<std::unique_ptr<OutboundStream>> outbound_;
  std::vector<std::unique_ptr<InboundStream>> inbound_;
  std::unordered_map<std::uint32_t, Source> sources_;  ///< by SSRC
  std::map<StreamId, Ledger> received_;                ///< by mark, while measuring
  std::optional<Time> first_media_;
  std::uint16_t transport_sequence_ = 0;
  Time next_report_ = Time::max();
  Time next_nack_ = Time::max();
  Time now_{};  ///< of the RTCP being read
};

}  // namespace parley::load
