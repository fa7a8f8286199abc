#include "tests/transport/support/test_peer.hpp"

#include <algorithm>
#include <thread>

#include <poll.h>

#include "forwarding/bytes.hpp"
#include "transport/demux.hpp"

namespace parley::transport::testing {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

milliseconds left(Clock::time_point deadline) {
  return std::max(std::chrono::ceil<milliseconds>(deadline - Clock::now()), milliseconds(0));
}

}  // namespace

SrtpKey make_key(unsigned number) {
  SrtpKey key;
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(number * 31 + i);
  return key;
}

Bytes make_rtp(std::uint32_t ssrc, std::uint8_t payload_type, std::uint16_t sequence,
               std::uint32_t timestamp, std::size_t payload, std::uint8_t fill) {
  Bytes packet(12 + payload, fill);
  packet[0] = 0x80;
  packet[1] = payload_type;
  forwarding::write_u16(packet, 2, sequence);
  forwarding::write_u32(packet, 4, timestamp);
  forwarding::write_u32(packet, 8, ssrc);
  return packet;
}

TestPeer::TestPeer(std::string_view ip, std::uint16_t port)
    : socket_(UdpSocket::bind(0).value()), server_{{*parse_ip(ip), port, 0}, {}} {}

void TestPeer::send_check(const Credentials& server, const CheckOptions& options) {
  stun::TransactionId id{};
  forwarding::write_u16(id, 0, socket_.port());
  forwarding::write_u32(id, 4, ++transactions_);
  Bytes datagram(512);
  stun::Builder builder(datagram, stun::Class::Request, stun::kBinding, id);
  builder.text(stun::kUsername, server.ufrag + ":peer").number(stun::kPriority, std::uint32_t{1});
  builder.number(stun::kIceControlling, std::uint64_t{1});
  if (options.nominate) builder.flag(stun::kUseCandidate);
  const HmacSha1 key(options.password.value_or(server.password));
  datagram.resize(builder.finish(&key));
  send(datagram);
}

bool TestPeer::connect(const Credentials& server, const CheckOptions& options) {
  for (int attempt = 0; attempt < 20; ++attempt) {
    send_check(server, options);
    const auto answer = receive(milliseconds(100));
    const auto message = answer ? stun::parse(*answer) : std::nullopt;
    if (message && message->cls == stun::Class::Success) return true;
  }
  return false;
}

void TestPeer::send(const Bytes& datagram) const {
  socket_.send_one(server_, datagram);
}

void TestPeer::use_keys(const SrtpKey& send, const SrtpKey& receive) {
  sender_ = make_srtp_sender(send);
  receiver_ = make_srtp_receiver(receive);
}

void TestPeer::send_rtp(const Bytes& packet) {
  Bytes out(packet.size() + kSrtpOverhead);
  out.resize(sender_->protect_rtp(packet, out));
  send(out);
}

std::optional<Bytes> TestPeer::receive(milliseconds wait) {
  pollfd readable{socket_.fd(), POLLIN, 0};
  if (poll(&readable, 1, static_cast<int>(wait.count())) != 1) return std::nullopt;
  Bytes room(2048);
  ReceiveSlot slot{room, 0, {}};
  if (socket_.receive({&slot, 1}) != 1) return std::nullopt;
  room.resize(slot.size);
  return room;
}

std::optional<Bytes> TestPeer::receive_rtp(milliseconds wait) {
  const auto deadline = Clock::now() + wait;
  while (auto datagram = receive(left(deadline))) {
    if (classify(*datagram) != Protocol::Rtp) continue;
    const auto packet = receiver_->unprotect_rtp(*datagram);
    if (packet) return Bytes(packet->begin(), packet->end());
  }
  return std::nullopt;
}

bool eventually(const std::function<bool()>& condition) {
  const auto deadline = Clock::now() + std::chrono::seconds(5);
  while (!condition()) {
    if (Clock::now() > deadline) return false;
    std::this_thread::sleep_for(milliseconds(1));
  }
  return true;
}

}  // namespace parley::transport::testing
