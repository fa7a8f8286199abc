#include "forwarding/peer.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "forwarding/bandwidth.hpp"
#include "forwarding/congestion/feedback_source.hpp"
#include "forwarding/receiver.hpp"

namespace parley::forwarding {

namespace {

// Receivers need two sender reports for lip-sync, so they come soon after something began.
constexpr Duration kFirstReport = std::chrono::milliseconds(250);
constexpr Duration kEarlyInterval = std::chrono::milliseconds(500);
constexpr Duration kInterval = std::chrono::seconds(1);
constexpr Duration kEarly = std::chrono::seconds(5);

}  // namespace

struct Peer::Impl {
  Impl(Peer& self, Egress& way_out, PeerObserver& observer, std::uint32_t own_ssrc,
       std::string name)
      : egress(way_out),
        ssrc(own_ssrc),
        cname(std::move(name)),
        bandwidth(way_out, rtt),
        receiver(self, observer, rtt) {}

  [[nodiscard]] SendStream* find_send(std::uint32_t stream_ssrc);
  void begin_early_reports(Time now);
  void report(Compound& compound, Time now);

  Egress& egress;
  std::uint32_t ssrc;
  std::string cname;
  RttEstimator rtt;
  Bandwidth bandwidth;
  std::vector<std::unique_ptr<SendStream>> sends;
  Receiver receiver;
  congestion::FeedbackSource feedback;
  std::optional<Time> next_report;
  Time early_until{};
};

SendStream* Peer::Impl::find_send(std::uint32_t stream_ssrc) {
  for (const auto& send : sends)
    if (send->description().ssrc == stream_ssrc) return send.get();
  return nullptr;
}

Peer::Peer(Egress& egress, PeerObserver& observer, std::uint32_t ssrc, std::string cname)
    : impl_(std::make_unique<Impl>(*this, egress, observer, ssrc, std::move(cname))) {}

Peer::~Peer() = default;

Track& Peer::add_track(TrackKey key, media::Kind kind) {
  return impl_->receiver.add_track(key, kind);
}
void Peer::remove_track(TrackKey key) {
  impl_->receiver.remove_track(key);
}
Track* Peer::find_track(TrackKey key) {
  return impl_->receiver.find_track(key);
}

void Peer::set_receive(const media::Receive& receive, TrackKey track) {
  impl_->feedback.set_line(receive);
  impl_->receiver.set_line(receive, track);
}
void Peer::remove_receive(std::string_view mid) {
  impl_->receiver.remove_line(mid);
}

SendStream& Peer::set_send(const media::Send& send) {
  if (send.transport_cc) impl_->bandwidth.enable();
  if (SendStream* known = find_send(send.mid)) {
    known->set_description(send);
    return *known;
  }
  return *impl_->sends.emplace_back(
      std::make_unique<SendStream>(impl_->egress, impl_->bandwidth.history(), send));
}

SendStream* Peer::find_send(std::string_view mid) {
  for (const auto& send : impl_->sends)
    if (send->description().mid == mid) return send.get();
  return nullptr;
}

void Peer::remove_send(std::string_view mid) {
  auto& sends = impl_->sends;
  const auto found = std::find_if(sends.begin(), sends.end(),
                                  [&](const auto& send) { return send->description().mid == mid; });
  if (found == sends.end()) return;
  impl_->bandwidth.forget(static_cast<std::size_t>(found - sends.begin()));
  sends.erase(found);
}

Incoming Peer::on_rtp(std::span<std::uint8_t> packet, Time now) {
  impl_->feedback.on_packet(packet, now);
  return impl_->receiver.on_rtp(packet, now);
}

void Peer::on_ready(Time now) {
  for (const auto& send : impl_->sends) send->restart(now);
}

// --- RTCP ---

// One incoming compound packet, at its time.
class Peer::RtcpInput : public rtcp::Handler {
 public:
  RtcpInput(Impl& impl, Time now) : impl_(impl), now_(now) {}

  void on_sender_report(const rtcp::SenderInfo& info) override {
    impl_.receiver.on_sender_report(info, now_);
  }
  void on_report_block(const rtcp::ReportBlock& block) override {
    SendStream* send = impl_.find_send(block.ssrc);
    if (send == nullptr) return;
    if (const auto rtt = send->on_report(block, now_)) impl_.rtt.on_sample(*rtt);
  }
  void on_bye(std::uint32_t ssrc) override { impl_.receiver.on_bye(ssrc); }
  void on_nack(std::uint32_t media_ssrc, std::uint16_t sequence) override {
    if (SendStream* send = impl_.find_send(media_ssrc))
      send->on_nack(sequence, impl_.rtt.value(), now_);
  }
  void on_keyframe_request(std::uint32_t media_ssrc) override {
    if (SendStream* send = impl_.find_send(media_ssrc)) send->on_keyframe_request(now_);
  }
  void on_remb(std::uint64_t bits_per_second) override { impl_.bandwidth.on_remb(bits_per_second); }
  void on_transport_feedback(Bytes fci) override {
    impl_.bandwidth.on_transport_feedback(fci, now_);
  }

 private:
  Impl& impl_;
  Time now_;
};

void Peer::on_rtcp(std::span<const std::uint8_t> compound, Time now) {
  RtcpInput input(*impl_, now);
  rtcp::read(compound, input);
}

void Peer::tick(Time now) {
  if (!impl_->egress.ready()) return;
  Compound compound(impl_->egress, impl_->ssrc, impl_->cname);
  impl_->receiver.tick(compound, now);
  impl_->feedback.tick(compound, now);
  impl_->bandwidth.tick(impl_->sends, now);
  bool started = !impl_->next_report;
  for (const auto& send : impl_->sends) started |= send->take_started();
  if (started) impl_->begin_early_reports(now);
  if (now >= *impl_->next_report) impl_->report(compound, now);
}

void Peer::Impl::begin_early_reports(Time now) {
  if (!next_report || now + kFirstReport < *next_report) next_report = now + kFirstReport;
  early_until = now + kEarly;
}

// Everything at one moment: what relates sound and pictures then cannot differ between them.
void Peer::Impl::report(Compound& compound, Time now) {
  for (const auto& send : sends) {
    const auto info = send->make_report(now);
    if (!info) continue;
    compound.report([&](rtcp::Writer& writer) {
      const media::Send& description = send->description();
      constexpr std::size_t kSenderReport = 28;
      const std::size_t needed = kSenderReport + 12 + description.cname.size();
      return writer.room() >= needed && writer.sender_report(*info) &&
             writer.cname(info->ssrc, description.cname);
    });
  }
  receiver.report(compound, now);
  next_report = now + (now < early_until ? kEarlyInterval : kInterval);
}

bool Peer::send_keyframe_request(std::uint32_t media, std::optional<std::uint8_t> fir_number) {
  if (!impl_->egress.ready()) return false;
  Compound compound(impl_->egress, impl_->ssrc, impl_->cname);
  compound.feedback([&](rtcp::Writer& writer) {
    return fir_number ? writer.fir(impl_->ssrc, media, *fir_number)
                      : writer.pli(impl_->ssrc, media);
  });
  return true;
}

// --- numbers ---

PeerStats Peer::stats() const {
  PeerStats stats;
  stats.tracks = impl_->receiver.track_stats();
  stats.streams.reserve(impl_->sends.size());
  for (const auto& send : impl_->sends) {
    const media::Send& description = send->description();
    stats.streams.push_back({description.mid, description.kind, send->priority(), send->stats()});
  }
  stats.rtt = rtt();
  stats.bandwidth = bandwidth();
  stats.receive_capacity = receive_capacity();
  stats.unknown_packets = unknown_packets();
  return stats;
}

std::optional<Duration> Peer::rtt() const {
  return impl_->rtt.measured();
}
std::optional<std::uint64_t> Peer::receive_capacity() const {
  return impl_->bandwidth.receive_capacity();
}
std::optional<BandwidthStats> Peer::bandwidth() const {
  return impl_->bandwidth.stats();
}
std::uint64_t Peer::unknown_packets() const {
  return impl_->receiver.unknown_packets();
}

}  // namespace parley::forwarding
