// The other end of a connection, as a browser would be: STUN checks and SRTP over a socket of its
// own.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "transport/srtp.hpp"
#include "transport/stun.hpp"
#include "transport/udp_socket.hpp"

namespace parley::transport::testing {

using Bytes = std::vector<std::uint8_t>;

/// A key that differs for every `number`.
SrtpKey make_key(unsigned number);

/// An RTP packet of `payload` bytes that all are `fill`.
Bytes make_rtp(std::uint32_t ssrc, std::uint8_t payload_type, std::uint16_t sequence,
               std::uint32_t timestamp, std::size_t payload = 100, std::uint8_t fill = 0x55);

struct Credentials {
  std::string ufrag;
  std::string password;
};

class TestPeer {
 public:
  /// Speaks to the server at `ip` (one of the machine's own) and `port`.
  TestPeer(std::string_view ip, std::uint16_t port);

  struct CheckOptions {
    bool nominate = true;
    std::optional<std::string> password = {};  ///< another than the right one
  };
  /// Sends a check to the connection that has these credentials.
  void send_check(const Credentials& server, const CheckOptions& options);
  void send_check(const Credentials& server) { send_check(server, CheckOptions{}); }
  /// Sends checks until one is answered with success; false after two seconds.
  [[nodiscard]] bool connect(const Credentials& server, const CheckOptions& options);
  [[nodiscard]] bool connect(const Credentials& server) { return connect(server, CheckOptions{}); }

  void send(const Bytes& datagram) const;
  void use_keys(const SrtpKey& send, const SrtpKey& receive);
  void send_rtp(const Bytes& packet);

  /// The next datagram that comes within `wait`.
  std::optional<Bytes> receive(std::chrono::milliseconds wait);
  /// The next RTP packet, decrypted; other things are passed over.
  std::optional<Bytes> receive_rtp(std::chrono::milliseconds wait);

  [[nodiscard]] std::uint16_t port() const { return socket_.port(); }

 private:
  UdpSocket socket_;
  Path server_;
  std::uint32_t transactions_ = 0;
  std::unique_ptr<SrtpSender> sender_;
  std::unique_ptr<SrtpReceiver> receiver_;
};

/// Looks every millisecond until `condition` holds; false after five seconds.
bool eventually(const std::function<bool()>& condition);

}  // namespace parley::transport::testing
