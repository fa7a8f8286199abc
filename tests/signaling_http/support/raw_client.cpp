#include "raw_client.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "main_context.hpp"

namespace parley::signaling::http {
namespace {

int connect_to(std::uint16_t port, bool v6) {
  const int fd = socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in v4_address{};
  v4_address.sin_family = AF_INET;
  v4_address.sin_port = htons(port);
  v4_address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr_in6 v6_address{};
  v6_address.sin6_family = AF_INET6;
  v6_address.sin6_port = htons(port);
  v6_address.sin6_addr = in6addr_loopback;
  const int result = v6 ? connect(fd, reinterpret_cast<sockaddr*>(&v6_address), sizeof v6_address)
                        : connect(fd, reinterpret_cast<sockaddr*>(&v4_address), sizeof v4_address);
  if (result == 0) return fd;
  ::close(fd);
  return -1;
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

HttpReply parse_head(std::string_view head) {
  HttpReply reply;
  reply.status = static_cast<unsigned>(std::atoi(std::string(head.substr(9, 3)).c_str()));
  while (true) {
    const auto end = head.find("\r\n");
    if (end == std::string_view::npos) return reply;
    head.remove_prefix(end + 2);
    const std::string_view line = head.substr(0, head.find("\r\n"));
    const auto colon = line.find(": ");
    if (colon != std::string_view::npos)
      reply.headers[lower(std::string(line.substr(0, colon)))] = line.substr(colon + 2);
  }
}

}  // namespace

RawClient::RawClient(std::uint16_t port, bool v6) : RawClient(Adopt{connect_to(port, v6)}) {}

RawClient::RawClient(Adopt socket) : fd_(socket.fd) {
  if (fd_ < 0) return;
  fcntl(fd_, F_SETFL, O_NONBLOCK);
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

RawClient::~RawClient() {
  close();
}

void RawClient::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

bool RawClient::send(std::string_view bytes) {
  return run_until([&] {
           const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
           if (sent >= 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
           if (sent < 0 && errno != EAGAIN) closed_ = true;
           return bytes.empty() || closed_;
         }) &&
         bytes.empty();
}

void RawClient::poll() {
  std::array<char, 65536> buffer;
  for (;;) {
    const ssize_t count = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (count > 0) {
      received_.append(buffer.data(), static_cast<std::size_t>(count));
      continue;
    }
    if (count == 0 || errno != EAGAIN) closed_ = true;
    return;
  }
}

bool RawClient::wait_for(std::size_t size) {
  run_until([&] {
    poll();
    return received_.size() >= size || closed_;
  });
  return received_.size() >= size;
}

bool RawClient::wait_for_close() {
  return run_until([&] {
    poll();
    return closed_;
  });
}

std::string RawClient::take(std::size_t size) {
  std::string front = received_.substr(0, size);
  received_.erase(0, size);
  return front;
}

std::string HttpReply::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

std::optional<HttpReply> read_reply(RawClient& client, bool to_head) {
  std::size_t end = std::string::npos;
  run_until([&] {
    client.poll();
    end = client.received().find("\r\n\r\n");
    return end != std::string::npos || client.closed();
  });
  if (end == std::string::npos) return std::nullopt;
  HttpReply reply = parse_head(client.take(end + 4));
  const bool empty = to_head || reply.status < 200 || reply.status == 204 || reply.status == 304;
  if (empty || !reply.headers.contains("content-length")) return reply;
  const auto length = static_cast<std::size_t>(std::atoll(reply.header("content-length").c_str()));
  if (!client.wait_for(length)) return std::nullopt;
  reply.body = client.take(length);
  return reply;
}

std::optional<HttpReply> call(RawClient& client, const HttpCall& request) {
  std::string text = request.method + ' ' + request.path + " HTTP/1.1\r\n";
  bool has_host = false;
  for (const auto& [name, value] : request.headers) {
    text += name + ": " + value + "\r\n";
    has_host = has_host || name == "Host";
  }
  if (!has_host) text += "Host: localhost\r\n";
  if (!request.body.empty())
    text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  if (!client.send(text + "\r\n" + request.body)) return std::nullopt;
  return read_reply(client, request.method == "HEAD");
}

std::string client_frame_head(unsigned opcode, std::uint64_t size, bool fin) {
  std::string head(1, static_cast<char>((fin ? 0x80u : 0u) | opcode));
  const auto append = [&](int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
      head += static_cast<char>(size >> shift & 0xff);
  };
  if (size < 126) {
    head += static_cast<char>(0x80 | size);
  } else if (size < 65536) {
    head += static_cast<char>(0x80 | 126);
    append(2);
  } else {
    head += static_cast<char>(0x80 | 127);
    append(8);
  }
  return head + "mask";
}

std::string client_frame(unsigned opcode, std::string_view payload, bool fin) {
  std::string frame = client_frame_head(opcode, payload.size(), fin);
  for (std::size_t i = 0; i < payload.size(); ++i)
    frame += static_cast<char>(payload[i] ^ "mask"[i % 4]);
  return frame;
}

std::string close_payload(std::uint16_t code, std::string_view reason) {
  return std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)}.append(reason);
}

std::optional<Frame> read_frame(RawClient& client) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(client.received()[i]); };
  if (!client.wait_for(2)) return std::nullopt;
  std::size_t head = 2;
  std::uint64_t size = byte(1) & 0x7f;
  if (size >= 126) {
    head = size == 126 ? 4 : 10;
    if (!client.wait_for(head)) return std::nullopt;
    size = 0;
    for (std::size_t i = 2; i < head; ++i) size = size << 8 | byte(i);
  }
  const unsigned first = byte(0);
  if (!client.wait_for(head + size)) return std::nullopt;
  client.take(head);
  return Frame{(first & 0x80) != 0, first & 0x0f, client.take(size)};
}

unsigned read_close(RawClient& client) {
  while (const auto frame = read_frame(client)) {
    if (frame->opcode != 8) continue;
    if (frame->payload.size() < 2) return 1005;
    return static_cast<unsigned char>(frame->payload[0]) << 8 |
           static_cast<unsigned char>(frame->payload[1]);
  }
  return 0;
}

std::vector<std::pair<std::string, std::string>> handshake_headers() {
  return {{"Upgrade", "websocket"},
          {"Connection", "Upgrade"},
          {"Sec-WebSocket-Version", "13"},
          {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
          {"Sec-WebSocket-Protocol", "parley.v1"}};
}

}  // namespace parley::signaling::http
