#include "forwarding/peer.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "forwarding/receiver.hpp"

namespace parley::forwarding {

struct Peer::Impl {
  Impl(Peer& self, Egress& way_out, PeerObserver& observer, std::uint32_t own_ssrc,
       std::string name)
      : egress(way_out), ssrc(own_ssrc), cname(std::move(name)), receiver(self, observer) {}

  Egress& egress;
  std::uint32_t ssrc;
  std::string cname;
  std::vector<std::unique_ptr<SendStream>> sends;
  Receiver receiver;
};

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
  impl_->receiver.set_line(receive, track);
}
void Peer::remove_receive(std::string_view mid) {
  impl_->receiver.remove_line(mid);
}

SendStream& Peer::set_send(const media::Send& send) {
  if (SendStream* known = find_send(send.mid)) {
    known->set_description(send);
    return *known;
  }
  return *impl_->sends.emplace_back(std::make_unique<SendStream>(impl_->egress, send));
}

SendStream* Peer::find_send(std::string_view mid) {
  for (const auto& send : impl_->sends)
    if (send->description().mid == mid) return send.get();
  return nullptr;
}

Incoming Peer::on_rtp(std::span<std::uint8_t> packet, Time now) {
  return impl_->receiver.on_rtp(packet, now);
}

void Peer::on_rtcp(std::span<const std::uint8_t> /*compound*/, Time /*now*/) {}

void Peer::on_ready(Time now) {
  for (const auto& send : impl_->sends) send->restart(now);
}

void Peer::tick(Time now) {
  impl_->receiver.tick(now);
}

std::optional<Duration> Peer::rtt() const {
  return std::nullopt;
}
std::uint64_t Peer::unknown_packets() const {
  return impl_->receiver.unknown_packets();
}

bool Peer::send_keyframe_request(const Track& /*track*/) {
  return impl_->egress.ready();
}

}  // namespace parley::forwarding
