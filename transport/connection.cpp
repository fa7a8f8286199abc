#include "transport/connection.hpp"

#include <algorithm>
#include <utility>

namespace parley::transport {
namespace {

constexpr std::uint8_t kAlert = 21;  // DTLS content type (RFC 6347 4.1)
constexpr std::chrono::seconds kCloseHintInterval{
    1};  // anyone who can forge the address can send one

static_assert(forwarding::kMaxPacket + kSrtpOverhead <= Batch::kMaxDatagram);
static_assert(stun::kMaxResponse <= Batch::kMaxDatagram);

}  // namespace

Connection::Connection(ConnectionId id, const ConnectionContext& context,
                       std::shared_ptr<IceLink> link, std::uint32_t ssrc, std::string cname)
    : id_(id),
      context_(context),
      link_(std::move(link)),
      peer_(*this, *this, ssrc, std::move(cname)) {}

// --- in
// ----------------------------------------------------------------------------------------------

IceLite::Outcome Connection::on_check(const Datagram& datagram, const stun::Message& message,
                                      Time now) {
  const bool first = ice_.state() == IceLite::State::New;
  const bool connected = ice_.state() == IceLite::State::Connected;
  Batch& batch = context_.outbox.batch();
  const auto outcome =
      ice_.on_request(datagram.bytes(), message, datagram.path, now, batch.reserve());
  if (outcome.response > 0) {
    Batch::Lane lane;
    batch.commit(lane, datagram.path, outcome.response);
  }
  if (outcome.verdict != IceLite::Verdict::Valid) return outcome;
  if (first) report(IceState::Checking);
  if (!outcome.selected) return outcome;
  lane_ = {};
  link_->set_path(ice_.selected());
  if (!connected) {
    report(IceState::Connected);
    context_.listener.on_connected(id_);
    announce_readiness(now);
  }
  return outcome;
}

void Connection::on_datagram(Protocol protocol, Datagram& datagram, Time now) {
  switch (protocol) {
    case Protocol::Rtp:
      return on_rtp(datagram, now);
    case Protocol::Rtcp:
      return on_rtcp(datagram, now);
    case Protocol::Dtls:
      return on_record(datagram, now);
    case Protocol::Stun:
    case Protocol::Unknown:
      return;
  }
}

void Connection::on_rtp(Datagram& datagram, Time now) {
  const auto packet = receiver_ ? receiver_->unprotect_rtp(datagram.bytes()) : std::nullopt;
  if (!packet) return context_.counters.dropped_auth.add();
  const forwarding::Incoming incoming = peer_.on_rtp(*packet, now);
  if (incoming.track != nullptr)
    deliver(incoming.track->key(), incoming.packet, datagram.buffer, now);
}

void Connection::on_rtcp(const Datagram& datagram, Time now) {
  const auto compound = receiver_ ? receiver_->unprotect_rtcp(datagram.bytes()) : std::nullopt;
  if (!compound) return context_.counters.dropped_auth.add();
  peer_.on_rtcp(*compound, now);
}

/// Also before a path is selected: browsers begin DTLS with the first check that was answered, and
/// webrtcbin holds the record back until ICE is connected. The address has been validated by then,
/// or the datagram would not be here.
void Connection::on_record(const Datagram& datagram, Time now) {
  const auto record = datagram.bytes();
  if (record[0] == kAlert && now - last_close_hint_ >= kCloseHintInterval) {
    last_close_hint_ = now;
    context_.listener.on_lost(id_, Lost::PeerClosed);
  }
  if (records_) records_->push(record, running_time(now));
}

void Connection::deliver(forwarding::TrackKey track, std::span<const std::uint8_t> packet,
                         PacketBuffer& memory, Time now) {
  const auto output = std::ranges::find(outputs_, track, &Output::track);
  if (output == outputs_.end()) return;
  GstBuffer* buffer = memory.take(packet);
  GST_BUFFER_PTS(buffer) = GST_BUFFER_DTS(buffer) = running_time(now);
  const GstFlowReturn flow = gst_pad_push(output->pad.get(), buffer);
  if (flow == GST_FLOW_OK || flow == GST_FLOW_NOT_LINKED) return;
  context_.counters.outputs_lost.add();
  outputs_.erase(output);
}

GstClockTime Connection::running_time(Time now) const {
  const auto time = static_cast<GstClockTime>(now.time_since_epoch().count());
  return time > context_.base_time ? time - context_.base_time : 0;
}

bool Connection::tick(Time now) {
  peer_.tick(now);
  if (!ice_.expire(now)) return false;
  link_->set_path(std::nullopt);
  report(IceState::Failed);
  context_.listener.on_lost(id_, Lost::ConsentExpired);
  return true;
}

void Connection::set_output(forwarding::TrackKey track, Ref<GstPad> pad) {
  std::erase_if(outputs_, [&](const Output& output) { return output.track == track; });
  if (pad) outputs_.push_back({track, std::move(pad)});
}

// --- readiness
// ---------------------------------------------------------------------------------------

/// The DTLS elements may give a key twice. Starting over under the same one would use its key
/// stream twice (RFC 3711 9.1).
void Connection::set_key(Direction direction, const SrtpKey& key, Time now) {
  if (direction == Direction::Send && (sender_ == nullptr || send_key_ != key)) {
    send_key_ = key;
    sender_ = make_srtp_sender(key);
  } else if (direction == Direction::Receive && (receiver_ == nullptr || receive_key_ != key)) {
    receive_key_ = key;
    receiver_ = make_srtp_receiver(key);
  }
  announce_readiness(now);
}

void Connection::announce_readiness(Time now) {
  if (!ready()) return;
  if (!std::exchange(egress_announced_, true)) peer_.on_ready(now);
  if (receiver_ && !std::exchange(media_announced_, true)) context_.listener.on_media_ready(id_);
}

void Connection::report(IceState state) {
  context_.worker.post([link = link_, state] { link->report(state); });
}

// --- out
// ---------------------------------------------------------------------------------------------

void Connection::send_rtp(std::size_t size) {
  if (!ready() || size > packet_.size()) return context_.counters.send_errors.add();
  Batch& batch = context_.outbox.batch();
  const std::size_t protected_size =
      sender_->protect_rtp(std::span(packet_).first(size), batch.reserve());
  if (protected_size == 0) return context_.counters.send_errors.add();
  batch.commit(lane_, *ice_.selected(), protected_size);
}

std::size_t Connection::overhead() const {
  const bool ip4 = ice_.selected() && is_v4(ice_.selected()->remote.ip);
  return kSrtpOverhead + (ip4 ? forwarding::kUdpIp4 : forwarding::kUdpIp6);
}

void Connection::send_rtcp(std::span<const std::uint8_t> compound) {
  if (!ready()) return context_.counters.send_errors.add();
  Batch& batch = context_.outbox.batch();
  const std::size_t protected_size = sender_->protect_rtcp(compound, batch.reserve());
  if (protected_size == 0) return context_.counters.send_errors.add();
  batch.commit(lane_, *ice_.selected(), protected_size);
}

// --- what the peer's packets say
// ----------------------------------------------------------------------

void Connection::on_codec(forwarding::TrackKey track, media::CodecName codec) {
  context_.listener.on_codec(id_, track, codec);
}

void Connection::on_speaking(forwarding::TrackKey track, const forwarding::Speech& speech) {
  context_.listener.on_speaking(id_, track, speech);
}

}  // namespace parley::transport
