#include "transport/udp_socket.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include <fcntl.h>
#include <netinet/udp.h>
#include <unistd.h>

namespace parley::transport {
namespace {

constexpr int kBufferSize = 8 << 20;  // bytes; about a tenth of a second at 500 Mbit/s
constexpr std::size_t kSendBatch = 256;

/// Ancillary data of one message: packet info and the GSO segment size.
struct Control {
  alignas(cmsghdr)
      std::array<char, CMSG_SPACE(sizeof(in6_pktinfo)) + CMSG_SPACE(sizeof(std::uint16_t))> bytes;
};

void set_option(int fd, int level, int name, int value) {
  setsockopt(fd, level, name, &value, sizeof value);
}

void enlarge_buffers(int fd) {
  // The first needs CAP_NET_ADMIN, the second is cut to net.core.?mem_max.
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &kBufferSize, sizeof kBufferSize) != 0)
    set_option(fd, SOL_SOCKET, SO_RCVBUF, kBufferSize);
  if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &kBufferSize, sizeof kBufferSize) != 0)
    set_option(fd, SOL_SOCKET, SO_SNDBUF, kBufferSize);
}

Error bind_error(std::uint16_t port, int code) {
  const std::string where = "UDP port " + std::to_string(port);
  if (code == EADDRINUSE)
    return {"port_in_use",
            where + " is in use by another program; stop it or choose another --rtc-port"};
  if (code == EACCES)
    return {"bind_failed", where + " needs privileges; choose an --rtc-port above 1023"};
  return {"bind_failed", "cannot bind " + where + ": " + std::strerror(code)};
}

template <typename T>
void add_control(msghdr& header, Control& control, int level, int type, const T& value) {
  if (header.msg_control == nullptr) {
    header.msg_control = control.bytes.data();
    header.msg_controllen = 0;
  }
  const std::size_t at = header.msg_controllen;
  header.msg_controllen += CMSG_SPACE(sizeof value);
  cmsghdr item{};
  item.cmsg_level = level;
  item.cmsg_type = type;
  item.cmsg_len = CMSG_LEN(sizeof value);
  std::memcpy(control.bytes.data() + at, &item, sizeof item);
  std::memcpy(control.bytes.data() + at + CMSG_LEN(0), &value, sizeof value);
}

/// On an IPv6 socket both kinds of address are given as IPv6 ones.
void add_source(msghdr& header, Control& control, int family, const Ip& local) {
  if (is_unspecified(local)) return;
  if (family == AF_INET) {
    in_pktinfo info{};
    std::memcpy(&info.ipi_spec_dst, local.data() + 12, sizeof info.ipi_spec_dst);
    add_control(header, control, IPPROTO_IP, IP_PKTINFO, info);
    return;
  }
  in6_pktinfo info{};
  std::memcpy(&info.ipi6_addr, local.data(), local.size());
  add_control(header, control, IPPROTO_IPV6, IPV6_PKTINFO, info);
}

Ip read_local(msghdr& header) {
  Ip local{};
  for (cmsghdr* item = CMSG_FIRSTHDR(&header); item != nullptr; item = CMSG_NXTHDR(&header, item)) {
    if (item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_PKTINFO) {
      in6_pktinfo info;
      std::memcpy(&info, CMSG_DATA(item), sizeof info);
      std::memcpy(local.data(), &info.ipi6_addr, local.size());
    } else if (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_PKTINFO) {
      in_pktinfo info;
      std::memcpy(&info, CMSG_DATA(item), sizeof info);
      local[10] = local[11] = 0xff;
      std::memcpy(local.data() + 12, &info.ipi_addr, sizeof info.ipi_addr);
    }
  }
  return local;
}

msghdr make_header(sockaddr_storage& name, socklen_t name_size, iovec* parts, std::size_t count) {
  msghdr header{};
  header.msg_name = &name;
  header.msg_namelen = name_size;
  header.msg_iov = parts;
  header.msg_iovlen = count;
  return header;
}

}  // namespace

struct UdpSocket::Headers {
  struct Receive {
    std::array<sockaddr_storage, kReceiveBatch> names;
    std::array<iovec, kReceiveBatch> parts;
    std::array<Control, kReceiveBatch> controls;
    std::array<mmsghdr, kReceiveBatch> messages;
  } receive;
  struct Send {
    std::array<sockaddr_storage, kSendBatch> names;
    std::array<Control, kSendBatch> controls;
    std::array<mmsghdr, kSendBatch> messages;
    std::size_t count = 0;
  } send;
};

UdpSocket::UdpSocket(int fd, int family)
    : fd_(fd), family_(family), headers_(std::make_unique<Headers>()) {
  const int off = 0;  // asks whether the kernel knows the option, and leaves it unset
  gso_ = setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &off, sizeof off) == 0;
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size);
  port_ = from_sockaddr(name).port;
}

UdpSocket::UdpSocket(UdpSocket&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      family_(other.family_),
      port_(other.port_),
      gso_(other.gso_),
      headers_(std::move(other.headers_)) {}

UdpSocket::~UdpSocket() {
  if (fd_ >= 0) close(fd_);
}

bool UdpSocket::has_ipv6() const {
  return family_ == AF_INET6;
}

Result<UdpSocket> UdpSocket::open(int family, std::uint16_t port, bool shared) {
  const int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return bind_error(port, errno);
  if (family == AF_INET6) {
    set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    set_option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
  } else {
    set_option(fd, IPPROTO_IP, IP_PKTINFO, 1);
  }
  if (shared) set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
  enlarge_buffers(fd);
  Address any;
  any.port = port;
  sockaddr_storage name{};
  const socklen_t size = to_sockaddr(any, family, name);
  if (::bind(fd, reinterpret_cast<sockaddr*>(&name), size) != 0) {
    const int code = errno;
    close(fd);
    return bind_error(port, code);
  }
  return UdpSocket(fd, family);
}

Result<UdpSocket> UdpSocket::bind(std::uint16_t port) {
  auto both = open(AF_INET6, port, false);
  if (both || both.error().code == "port_in_use") return both;
  return open(AF_INET, port, false);
}

Result<UdpSocket> UdpSocket::join() const {
  // Linux lets a socket that is bound already take others in, if it says so now.
  set_option(fd_, SOL_SOCKET, SO_REUSEPORT, 1);
  return open(family_, port_, true);
}

std::size_t UdpSocket::receive(std::span<ReceiveSlot> slots) {
  auto& h = headers_->receive;
  const std::size_t count = std::min(slots.size(), kReceiveBatch);
  for (std::size_t i = 0; i < count; ++i) {
    h.parts[i] = {slots[i].room.data(), slots[i].room.size()};
    h.messages[i].msg_hdr = make_header(h.names[i], sizeof h.names[i], &h.parts[i], 1);
    h.messages[i].msg_hdr.msg_control = h.controls[i].bytes.data();
    h.messages[i].msg_hdr.msg_controllen = h.controls[i].bytes.size();
  }
  const int received =
      recvmmsg(fd_, h.messages.data(), static_cast<unsigned>(count), MSG_DONTWAIT, nullptr);
  if (received <= 0) return 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(received); ++i) {
    msghdr& header = h.messages[i].msg_hdr;
    slots[i].size = (header.msg_flags & MSG_TRUNC) != 0 ? 0 : h.messages[i].msg_len;
    slots[i].path = {from_sockaddr(h.names[i]), read_local(header)};
  }
  return static_cast<std::size_t>(received);
}

UdpSocket::Sent UdpSocket::send(std::span<const Outgoing> messages) {
  Sent sent;
  for (const Outgoing& message : messages) {
    // Without GSO every datagram is a message of its own, still many to a system call.
    const std::size_t step = gso_ ? message.datagrams.size() : 1;
    for (std::size_t at = 0; at < message.datagrams.size(); at += step) {
      queue({message.path, message.datagrams.subspan(at, step)});
      if (headers_->send.count == kSendBatch) submit(sent);
    }
  }
  submit(sent);
  return sent;
}

void UdpSocket::queue(const Outgoing& message) {
  auto& h = headers_->send;
  const std::size_t i = h.count++;
  const socklen_t size = to_sockaddr(message.path.remote, family_, h.names[i]);
  auto* parts = const_cast<iovec*>(message.datagrams.data());  // msghdr knows no const
  msghdr& header = h.messages[i].msg_hdr;
  header = make_header(h.names[i], size, parts, message.datagrams.size());
  add_source(header, h.controls[i], family_, message.path.local);
  if (message.datagrams.size() > 1)
    add_control(header, h.controls[i], IPPROTO_UDP, UDP_SEGMENT,
                static_cast<std::uint16_t>(parts[0].iov_len));
}

void UdpSocket::submit(Sent& sent) {
  auto& h = headers_->send;
  const auto datagrams = [&](std::size_t i) { return h.messages[i].msg_hdr.msg_iovlen; };
  for (std::size_t at = 0; at < h.count;) {
    const int n = sendmmsg(fd_, &h.messages[at], static_cast<unsigned>(h.count - at), MSG_DONTWAIT);
    if (n > 0) {
      for (int i = 0; i < n; ++i) sent.datagrams += datagrams(at++);
      continue;
    }
    if (errno == EINTR) continue;
    if (errno == EAGAIN) {  // the socket's buffer is full: nothing that follows will fare better
      while (at < h.count) sent.failed += datagrams(at++);
      break;
    }
    // EIO: the device cannot checksum what it would have to split; it will not learn to.
    if (errno == EIO || errno == EOPNOTSUPP) gso_ = false;
    if (datagrams(at) > 1)
      send_separately(h.messages[at].msg_hdr, sent);
    else
      ++sent.failed;
    ++at;
  }
  h.count = 0;
}

/// For a message whose splitting the kernel refused, for example towards a path of a small MTU.
void UdpSocket::send_separately(msghdr header, Sent& sent) const {
  header.msg_controllen -= CMSG_SPACE(sizeof(std::uint16_t));  // the segment size comes last
  if (header.msg_controllen == 0) header.msg_control = nullptr;
  const std::span parts(header.msg_iov, header.msg_iovlen);
  header.msg_iovlen = 1;
  for (iovec& part : parts) {
    header.msg_iov = &part;
    const bool ok = sendmsg(fd_, &header, MSG_DONTWAIT) == static_cast<ssize_t>(part.iov_len);
    ++(ok ? sent.datagrams : sent.failed);
  }
}

bool UdpSocket::send_one(const Path& path, std::span<const std::uint8_t> datagram) const {
  sockaddr_storage name;
  const socklen_t size = to_sockaddr(path.remote, family_, name);
  iovec part{const_cast<std::uint8_t*>(datagram.data()), datagram.size()};
  msghdr header = make_header(name, size, &part, 1);
  Control control;
  add_source(header, control, family_, path.local);
  return sendmsg(fd_, &header, MSG_DONTWAIT) == static_cast<ssize_t>(datagram.size());
}

}  // namespace parley::transport
