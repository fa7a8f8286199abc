// A TCP client that sends exactly what a test says, in the thread of the server it talks to.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parley::signaling::http {

class RawClient {
 public:
  /// Connects to 127.0.0.1, or to ::1.
  explicit RawClient(std::uint16_t port, bool v6 = false);
  /// Takes a connected socket over.
  struct Adopt {
    int fd;
  };
  explicit RawClient(Adopt socket);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  /// Sends all of it while the server runs; false when the server cut the connection.
  bool send(std::string_view bytes);
  /// Takes in what is there now.
  void poll();
  /// Runs until `size` bytes wait, or the server closed.
  bool wait_for(std::size_t size);
  /// Runs until the server closed the connection.
  bool wait_for_close();
  void close();

  [[nodiscard]] bool closed() const { return closed_; }
  [[nodiscard]] bool connected() const { return fd_ >= 0; }
  [[nodiscard]] const std::string& received() const { return received_; }
  /// Removes and returns the first bytes received.
  std::string take(std::size_t size);

 private:
  int fd_ = -1;
  bool closed_ = false;
  std::string received_;
};

struct HttpReply {
  unsigned status = 0;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;

  [[nodiscard]] std::string header(const std::string& name) const;
};

struct HttpCall {
  std::string method = "GET";
  std::string path = "/";
  std::vector<std::pair<std::string, std::string>> headers{};  ///< Host is added unless given
  std::string body{};
};

/// One request and its response on `client`. Nothing when the connection ended first.
std::optional<HttpReply> call(RawClient& client, const HttpCall& request);
/// The response that comes next, to a request sent by hand.
std::optional<HttpReply> read_reply(RawClient& client, bool to_head = false);

// --- WebSocket ----------------------------------------------------------------------------------

struct Frame {
  bool fin = true;
  unsigned opcode = 1;
  std::string payload;
};

/// A frame as a client sends it, masked.
std::string client_frame(unsigned opcode, std::string_view payload, bool fin = true);
/// Only the head of a frame that announces `size` bytes.
std::string client_frame_head(unsigned opcode, std::uint64_t size, bool fin = true);
std::string close_payload(std::uint16_t code, std::string_view reason = {});

/// The next frame that came, once it is whole. Nothing when the connection ended first.
std::optional<Frame> read_frame(RawClient& client);
/// The code of the next Close, other frames skipped; 0 when the connection ended without one.
unsigned read_close(RawClient& client);
/// The headers of a handshake that is in order.
std::vector<std::pair<std::string, std::string>> handshake_headers();

}  // namespace parley::signaling::http
