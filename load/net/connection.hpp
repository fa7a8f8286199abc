// One simulated peer connection: its socket, ICE, DTLS, SRTP, and the bad network before it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <queue>
#include <span>
#include <string>
#include <vector>

#include "load/media/media_end.hpp"
#include "load/net/client_socket.hpp"
#include "load/net/dtls.hpp"
#include "load/net/ice_client.hpp"
#include "load/net/impairment.hpp"
#include "load/signaling/session.hpp"
#include "support/result.hpp"
#include "transport/srtp.hpp"

namespace parley::load {

using ConnectionId = std::uint64_t;

/// What a connection tells, once each; called on its media thread.
class ConnectionObserver {
 public:
  virtual ~ConnectionObserver() = default;
  virtual void on_secure(ConnectionId id, Time at) = 0;
  virtual void on_first_media(ConnectionId id, Time at) = 0;
  /// The last that is told. Errors: "ice_failed", "dtls_failed", "consent_lost",
  /// "closed_by_server".
  virtual void on_lost(ConnectionId id, const Error& error) = 0;
};

struct NetworkBehaviour {
  Impairment in, out;
  bool decrypt_all = true;  ///< else one packet in kSample, the rest counted by their headers
};

/// What all connections of a media thread share; outlives them.
struct ConnectionContext {
  MediaContext media;
  const NetworkBehaviour& network;
  std::shared_ptr<const DtlsIdentity> identity;
  ConnectionObserver& observer;
};

/// Bound to a media thread.
class Connection final : public forwarding::Egress, private IceOutput, private DtlsOutput {
 public:
  static constexpr unsigned kSample = 17;

  Connection(ConnectionId id, ClientSocket socket, IceCredentials local, const Place& place,
             const ConnectionContext& context);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] ConnectionId id() const { return id_; }
  [[nodiscard]] const ClientSocket& socket() const { return socket_; }
  [[nodiscard]] MediaEnd& media() { return media_; }

  /// What was agreed: the first time it connects, later times the media changes.
  void update(const Session& session, Time now);
  void on_datagram(const Received& datagram);
  void tick(Time now);
  [[nodiscard]] Time due() const;
  /// Says goodbye to the server. Idempotent.
  void close();
  [[nodiscard]] Reception reception() const;

  // --- forwarding::Egress -----------------------------------------------------------------------
  [[nodiscard]] bool ready() const override { return sender_ != nullptr && !lost_; }
  [[nodiscard]] std::span<std::uint8_t> rtp_buffer() override { return packet_; }
  void send_rtp(std::size_t size) override;
  void send_rtcp(std::span<const std::uint8_t> compound) override;

 private:
  /// A packet on its emulated way.
  struct UnderWay {
    Time due{};
    std::uint64_t order = 0;
    std::vector<std::uint8_t> bytes;
    transport::Address address;
    bool operator>(const UnderWay& other) const {
      return due != other.due ? due > other.due : order > other.order;
    }
  };
  using Road = std::priority_queue<UnderWay, std::vector<UnderWay>, std::greater<>>;

  // --- IceOutput, DtlsOutput --------------------------------------------------------------------
  void send_check(const transport::Address& to, std::span<const std::uint8_t> datagram) override;
  void send_records(std::span<const std::uint8_t> datagram) override;

  void transmit(std::span<const std::uint8_t> datagram, const transport::Address& to);
  void put_on_wire(std::span<const std::uint8_t> datagram, const transport::Address& to);
  void accept(std::span<std::uint8_t> datagram, const transport::Address& from, Time at);
  void on_rtp(std::span<std::uint8_t> datagram, Time at);
  void on_rtcp(std::span<std::uint8_t> datagram, Time at);
  void run_roads(Time now);
  void after_ice(Time now);
  void after_dtls(Time now);
  void lose(const char* code, const std::string& message);

  const ConnectionId id_;
  ClientSocket socket_;
  ConnectionContext context_;
  IceClient ice_;
  std::optional<DtlsSession> dtls_;
  std::vector<std::uint8_t> early_records_;  ///< of a server that was faster than our checks
  Session session_;
  bool started_ = false, lost_ = false, connected_socket_ = false, media_told_ = false;
  Time secure_at_ = Time::max();
  Time dtls_due_ = Time::max();
  std::unique_ptr<transport::SrtpSender> sender_;
  std::unique_ptr<transport::SrtpReceiver> receiver_;
  unsigned sampled_ = 0;
  Dice dice_;
  Road incoming_, outgoing_;
  std::uint64_t order_ = 0;
  alignas(8) std::array<std::uint8_t, forwarding::kMaxPacket> packet_;
  alignas(8) std::array<std::uint8_t, forwarding::kMaxPacket + transport::kSrtcpOverhead> sealed_;
  MediaEnd media_;  ///< last: it refers to this
};

}  // namespace parley::load
