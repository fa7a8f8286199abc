// A non-blocking UDP socket that receives and sends in batches.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "support/result.hpp"
#include "transport/address.hpp"
#include "transport/batch.hpp"

namespace parley::transport {

/// Where one datagram is received into, and then what it was.
struct ReceiveSlot {
  std::span<std::uint8_t> room;
  std::size_t size = 0;  ///< 0 also for a datagram that was larger than its room
  Path path;
};

/// Bound to its shard's thread, but for send_one().
class UdpSocket {
 public:
  static constexpr std::size_t kReceiveBatch = 64;

  /// Binds all addresses of the machine: IPv6 and IPv4, or IPv4 alone where it has no IPv6. Port 0
  /// takes a free one. The first socket of a port takes it for itself, so that no other program's
  /// is shared by mistake; further ones join it (SO_REUSEPORT).
  /// Error "port_in_use" or "bind_failed".
  static Result<UdpSocket> bind(std::uint16_t port);
  /// Another socket on this one's port, among which the kernel spreads what comes in.
  [[nodiscard]] Result<UdpSocket> join() const;

  UdpSocket(UdpSocket&& other) noexcept;
  UdpSocket& operator=(UdpSocket&&) = delete;
  ~UdpSocket();

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] bool has_ipv6() const;

  /// Fills as many of the (at most kReceiveBatch) slots as there are datagrams; returns their
  /// number.
  std::size_t receive(std::span<ReceiveSlot> slots);

  struct Sent {
    std::size_t datagrams = 0;
    std::size_t failed = 0;
  };
  /// Hands everything to the kernel; what it does not take at once is dropped.
  Sent send(std::span<const Outgoing> messages);
  /// Thread-safe.
  bool send_one(const Path& path, std::span<const std::uint8_t> datagram) const;

  [[nodiscard]] bool segments() const { return gso_; }
  void disable_segmentation() { gso_ = false; }

 private:
  UdpSocket(int fd, int family);
  static Result<UdpSocket> open(int family, std::uint16_t port, bool shared);
  void queue(const Outgoing& message);
  void submit(Sent& sent);
  void send_separately(msghdr header, Sent& sent) const;

  int fd_;
  int family_;
  std::uint16_t port_ = 0;
  bool gso_;
  struct Headers;
  std::unique_ptr<Headers> headers_;  ///< what the kernel reads and writes, kept to not allocate
};

}  // namespace parley::transport
