#include "load/net/client_socket.hpp"

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

namespace parley::load {
namespace {

using transport::Address;

constexpr int kBufferSize = 2 << 20;  // bytes

Error socket_error(const char* what) {
  return {"socket_failed", std::string(what) + ": " + std::strerror(errno) +
                               (errno == EMFILE ? "; raise the limit with ulimit -n" : "")};
}

void enlarge(int fd, int forced, int plain) {
  if (setsockopt(fd, SOL_SOCKET, forced, &kBufferSize, sizeof kBufferSize) != 0)
    setsockopt(fd, SOL_SOCKET, plain, &kBufferSize, sizeof kBufferSize);
}

int open_family(int family) {
  const int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  const int on = 1, off = 0;
  if (family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  enlarge(fd, SO_RCVBUFFORCE, SO_RCVBUF);
  sockaddr_storage any{};
  const socklen_t size = transport::to_sockaddr({}, family, any);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&any), size) == 0) return fd;
  const int code = errno;
  close(fd);
  errno = code;
  return -1;
}

Address name_of(int fd) {
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size);
  return transport::from_sockaddr(name);
}

Time to_time(const timespec& time) {
  return Time(std::chrono::seconds(time.tv_sec) + Duration(time.tv_nsec));
}

/// What to add to the kernel's time of day to get monotonic time.
Duration clock_offset() {
  timespec real{};
  clock_gettime(CLOCK_REALTIME, &real);
  return now() - to_time(real);
}

}  // namespace

Result<ClientSocket> ClientSocket::open() {
  for (const int family : {AF_INET6, AF_INET})
    if (const int fd = open_family(family); fd >= 0) return ClientSocket(fd, family);
  return socket_error("cannot open a UDP socket");
}

ClientSocket::ClientSocket(ClientSocket&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), family_(other.family_) {}

ClientSocket::~ClientSocket() {
  if (fd_ >= 0) close(fd_);
}

std::uint16_t ClientSocket::port() const {
  return name_of(fd_).port;
}

void ClientSocket::connect(const Address& address) {
  sockaddr_storage name;
  const socklen_t size = transport::to_sockaddr(address, family_, name);
  ::connect(fd_, reinterpret_cast<const sockaddr*>(&name), size);
}

bool ClientSocket::send(std::span<const std::uint8_t> datagram) const {
  return ::send(fd_, datagram.data(), datagram.size(), MSG_DONTWAIT) ==
         static_cast<ssize_t>(datagram.size());
}

bool ClientSocket::send_to(const Address& address, std::span<const std::uint8_t> datagram) const {
  if (family_ == AF_INET && !transport::is_v4(address.ip)) return false;
  sockaddr_storage name;
  const socklen_t size = transport::to_sockaddr(address, family_, name);
  return sendto(fd_, datagram.data(), datagram.size(), MSG_DONTWAIT,
                reinterpret_cast<const sockaddr*>(&name),
                size) == static_cast<ssize_t>(datagram.size());
}

struct ReceiveRing::Headers {
  struct Control {
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(timespec))> bytes;
  };
  alignas(8) std::array<std::array<std::uint8_t, kRoom>, kBatch> rooms;
  std::array<sockaddr_storage, kBatch> names;
  std::array<Control, kBatch> controls;
  std::array<iovec, kBatch> parts;
  std::array<mmsghdr, kBatch> messages;
};

ReceiveRing::ReceiveRing() : headers_(std::make_unique<Headers>()) {}
ReceiveRing::~ReceiveRing() = default;

std::span<const Received> ReceiveRing::receive(const ClientSocket& socket) {
  Headers& h = *headers_;
  for (std::size_t i = 0; i < kBatch; ++i) {
    h.parts[i] = {h.rooms[i].data(), kRoom};
    msghdr& header = h.messages[i].msg_hdr;
    header = {};
    header.msg_name = &h.names[i];
    header.msg_namelen = sizeof h.names[i];
    header.msg_iov = &h.parts[i];
    header.msg_iovlen = 1;
    header.msg_control = h.controls[i].bytes.data();
    header.msg_controllen = h.controls[i].bytes.size();
  }
  const int count = recvmmsg(socket.fd_, h.messages.data(), kBatch, MSG_DONTWAIT, nullptr);
  if (count <= 0) return {};
  const Time read_at = now();
  const Duration offset = clock_offset();
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    msghdr& header = h.messages[i].msg_hdr;
    const bool whole = (header.msg_flags & MSG_TRUNC) == 0;
    received_[i] = {std::span(h.rooms[i]).first(whole ? h.messages[i].msg_len : 0),
                    transport::from_sockaddr(h.names[i]), read_at};
    const cmsghdr* item = CMSG_FIRSTHDR(&header);
    if (item == nullptr || item->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec stamp;
    std::memcpy(&stamp, CMSG_DATA(item), sizeof stamp);
    received_[i].at = to_time(stamp) + offset;
  }
  return std::span(received_).first(static_cast<std::size_t>(count));
}

std::optional<transport::Ip> local_ip_towards(const Address& remote) {
  const int family = transport::is_v4(remote.ip) ? AF_INET : AF_INET6;
  const int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return std::nullopt;
  sockaddr_storage name;
  const socklen_t size = transport::to_sockaddr(remote, family, name);
  const bool routed = ::connect(fd, reinterpret_cast<const sockaddr*>(&name), size) == 0;
  const transport::Ip ip = name_of(fd).ip;
  close(fd);
  return routed ? std::optional(ip) : std::nullopt;
}

}  // namespace parley::load
