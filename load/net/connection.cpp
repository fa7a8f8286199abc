#include "load/net/connection.hpp"

#include <algorithm>
#include <utility>

#include "transport/demux.hpp"

namespace parley::load {

using transport::Address;
using transport::Protocol;

Connection::Connection(ConnectionId id, ClientSocket socket, IceCredentials local,
                       const Place& place, const ConnectionContext& context)
    : id_(id),
      socket_(std::move(socket)),
      context_(context),
      ice_(std::move(local), id),
      dice_(id),
      media_(*this, context.media, place) {}

void Connection::update(const Session& session, Time now) {
  session_ = session;
  if (!std::exchange(started_, true))
    ice_.start(session.remote.ice, session.remote.candidates, session.ice_role, now);
  media_.update(session, now);
}

// --- packets in ---------------------------------------------------------------------------------

void Connection::on_datagram(const Received& datagram) {
  const Impairment& network = context_.network.in;
  if (network.none()) {
    accept(datagram.bytes, datagram.from, datagram.at);
    return;
  }
  const auto delay = dice_.draw(network);
  if (!delay) return;
  if (delay->count() == 0) {
    accept(datagram.bytes, datagram.from, datagram.at);
    return;
  }
  incoming_.push({datagram.at + *delay,
                  ++order_,
                  {datagram.bytes.begin(), datagram.bytes.end()},
                  datagram.from});
}

void Connection::accept(std::span<std::uint8_t> datagram, const Address& from, Time at) {
  if (lost_) return;
  switch (transport::classify(datagram)) {
    case Protocol::Stun:
      ice_.on_datagram(datagram, from, at, *this);
      after_ice(at);
      break;
    case Protocol::Dtls:
      if (!dtls_) {
        early_records_.assign(datagram.begin(), datagram.end());
        break;
      }
      dtls_->on_datagram(datagram);
      after_dtls(at);
      break;
    case Protocol::Rtp:
      on_rtp(datagram, at);
      break;
    case Protocol::Rtcp:
      on_rtcp(datagram, at);
      break;
    case Protocol::Unknown:
      break;
  }
}

void Connection::on_rtp(std::span<std::uint8_t> datagram, Time at) {
  if (!receiver_) return;
  const std::size_t size = datagram.size();
  if (!context_.network.decrypt_all) {
    const auto packet = forwarding::RtpPacket::parse(datagram);
    if (!packet) return;
    if (!media_.is_repair(*packet) && sampled_++ % kSample != 0) {
      media_.on_sealed(*packet, size, at);
      return;
    }
  }
  if (const auto packet = receiver_->unprotect_rtp(datagram))
    media_.on_packet(*packet, at);
  else if (context_.media.window.holds(at))
    ++context_.media.totals.unauthentic;
  if (!media_told_ && media_.first_media()) {
    media_told_ = true;
    context_.observer.on_first_media(id_, *media_.first_media());
  }
}

void Connection::on_rtcp(std::span<std::uint8_t> datagram, Time at) {
  if (!receiver_) return;
  if (const auto compound = receiver_->unprotect_rtcp(datagram)) media_.on_rtcp(*compound, at);
}

// --- packets out --------------------------------------------------------------------------------

void Connection::send_rtp(std::size_t size) {
  const std::size_t sealed = sender_->protect_rtp(std::span(packet_).first(size), sealed_);
  if (sealed != 0) transmit(std::span(sealed_).first(sealed), *ice_.selected());
}

void Connection::send_rtcp(std::span<const std::uint8_t> compound) {
  if (!ready()) return;
  const std::size_t sealed = sender_->protect_rtcp(compound, sealed_);
  if (sealed != 0) transmit(std::span(sealed_).first(sealed), *ice_.selected());
}

void Connection::send_check(const Address& to, std::span<const std::uint8_t> datagram) {
  transmit(datagram, to);
}

void Connection::send_records(std::span<const std::uint8_t> datagram) {
  if (ice_.selected()) transmit(datagram, *ice_.selected());
}

void Connection::transmit(std::span<const std::uint8_t> datagram, const Address& to) {
  const Impairment& network = context_.network.out;
  if (network.none()) {
    put_on_wire(datagram, to);
    return;
  }
  const auto delay = dice_.draw(network);
  if (!delay) return;
  if (delay->count() == 0)
    put_on_wire(datagram, to);
  else
    outgoing_.push({now() + *delay, ++order_, {datagram.begin(), datagram.end()}, to});
}

void Connection::put_on_wire(std::span<const std::uint8_t> datagram, const Address& to) {
  const bool sent = connected_socket_ ? socket_.send(datagram) : socket_.send_to(to, datagram);
  if (!sent && context_.media.window.holds(now())) ++context_.media.totals.send_failures;
}

// --- time ---------------------------------------------------------------------------------------

Time Connection::due() const {
  Time due = std::min(dtls_due_, media_.due());
  if (started_ && !lost_) due = std::min(due, ice_.due());
  if (!incoming_.empty()) due = std::min(due, incoming_.top().due);
  if (!outgoing_.empty()) due = std::min(due, outgoing_.top().due);
  return due;
}

void Connection::tick(Time now) {
  run_roads(now);
  if (lost_ || !started_) return;
  ice_.tick(now, *this);
  after_ice(now);
  if (dtls_ && dtls_due_ <= now) {
    dtls_->on_timeout();
    after_dtls(now);
  }
  media_.tick(now);
}

void Connection::run_roads(Time now) {
  while (!incoming_.empty() && incoming_.top().due <= now) {
    UnderWay packet = std::move(const_cast<UnderWay&>(incoming_.top()));  // about to be popped
    incoming_.pop();
    accept(packet.bytes, packet.address, packet.due);
  }
  while (!outgoing_.empty() && outgoing_.top().due <= now) {
    put_on_wire(outgoing_.top().bytes, outgoing_.top().address);
    outgoing_.pop();
  }
}

void Connection::after_ice(Time now) {
  if (lost_) return;
  if (ice_.state() == IceClient::State::Failed) {
    if (dtls_)
      lose("consent_lost", "the server answered no ICE check for 30 s");
    else
      lose("ice_failed",
           "no ICE check was answered at any address of the server's offer; is its "
           "UDP port reachable?");
    return;
  }
  if (ice_.state() != IceClient::State::Connected || dtls_) return;
  // A full agent may move to another pair, a lite one never sends from elsewhere.
  if (session_.remote.lite) {
    socket_.connect(*ice_.selected());
    connected_socket_ = true;
  }
  dtls_.emplace(context_.identity, session_.dtls_role, static_cast<DtlsOutput&>(*this));
  dtls_->start();
  if (!early_records_.empty()) dtls_->on_datagram(std::exchange(early_records_, {}));
  after_dtls(now);
}

void Connection::after_dtls(Time now) {
  const auto timeout = dtls_->timeout();
  dtls_due_ = timeout ? now + *timeout : Time::max();
  switch (dtls_->state()) {
    case DtlsSession::State::Handshaking:
      return;
    case DtlsSession::State::Failed:
      return lose("dtls_failed", dtls_->problem());
    case DtlsSession::State::Closed:
      return lose("closed_by_server", "the server ended the media connection");
    case DtlsSession::State::Connected:
      break;
  }
  if (sender_) return;
  if (!dtls_->peer_has(session_.remote.fingerprints))
    return lose("dtls_failed", "the server's certificate is not the one its SDP names");
  const auto keys = dtls_->keys();
  if (!keys) return lose("dtls_failed", "the server agreed on no SRTP profile");
  sender_ = transport::make_srtp_sender(keys->send);
  receiver_ = transport::make_srtp_receiver(keys->receive);
  secure_at_ = now;
  context_.observer.on_secure(id_, now);
}

void Connection::lose(const char* code, const std::string& message) {
  if (std::exchange(lost_, true)) return;
  dtls_due_ = Time::max();
  context_.observer.on_lost(id_, {code, message});
}

void Connection::close() {
  if (dtls_ && !lost_) dtls_->close();
  lost_ = true;
  dtls_due_ = Time::max();
}

Reception Connection::reception() const {
  Reception reception = media_.reception();
  reception.connected = secure_at_;
  return reception;
}

}  // namespace parley::load
