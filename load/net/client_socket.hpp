// One client's UDP socket.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "support/result.hpp"
#include "support/time.hpp"
#include "transport/address.hpp"

namespace parley::load {

/// Memory that datagrams are received into; one for all sockets of a thread.
class ReceiveRing;

/// Non-blocking, on a port of its own, for IPv6 and IPv4 where the machine has both. Bound to one
/// thread at a time.
class ClientSocket {
 public:
  /// Error "socket_failed".
  static Result<ClientSocket> open();
  ClientSocket(ClientSocket&& other) noexcept;
  ClientSocket& operator=(ClientSocket&& other) = delete;
  ~ClientSocket();

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] std::uint16_t port() const;
  /// From now on only this address is heard and sent to.
  void connect(const transport::Address& address);
  bool send(std::span<const std::uint8_t> datagram) const;
  bool send_to(const transport::Address& address, std::span<const std::uint8_t> datagram) const;

 private:
  friend class ReceiveRing;
  ClientSocket(int fd, int family) : fd_(fd), family_(family) {}

  int fd_;
  int family_;
};

/// A datagram and when it came to the socket by the kernel's clock, not when it was read: the
/// tool's own delays are no latency of the server's.
struct Received {
  std::span<std::uint8_t> bytes;  ///< 8-byte aligned
  transport::Address from;
  Time at;
};

class ReceiveRing {
 public:
  static constexpr std::size_t kBatch = 64;
  static constexpr std::size_t kRoom = 2048;

  ReceiveRing();
  ~ReceiveRing();

  /// Up to kBatch datagrams; valid until the next call.
  std::span<const Received> receive(const ClientSocket& socket);

 private:
  struct Headers;
  std::unique_ptr<Headers> headers_;
  std::array<Received, kBatch> received_;
};

/// The machine's address towards `remote`, as a host candidate says it. Nothing without a route.
std::optional<transport::Ip> local_ip_towards(const transport::Address& remote);

}  // namespace parley::load
