// UDP addresses as the whole transport keys them: IPv6, with IPv4 in its mapped form (RFC
// 4291 2.5.5.2).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <netinet/in.h>
#include <sys/socket.h>

namespace parley::transport {

/// Network order; IPv4 as ::ffff:a.b.c.d. All zero is "unspecified".
using Ip = std::array<std::uint8_t, 16>;

/// Reads a dotted IPv4 or an IPv6 address (no brackets, no scope). None when it is neither.
std::optional<Ip> parse_ip(std::string_view text);
std::string to_string(const Ip& ip);

bool is_v4(const Ip& ip);
bool is_loopback(const Ip& ip);
bool is_link_local(const Ip& ip);
inline bool is_unspecified(const Ip& ip) {
  return ip == Ip{};
}

struct Address {
  Ip ip{};
  std::uint16_t port = 0;   ///< host order
  std::uint32_t scope = 0;  ///< interface index, for link-local addresses only

  bool operator==(const Address&) const = default;
};

/// A pair of addresses: the peer's, and the one of ours it speaks to. Answers leave from there, or
/// the peer's ICE takes them for another path's (RFC 8445 7.2.5.2.1).
struct Path {
  Address remote;
  Ip local{};  ///< unspecified: the kernel chooses

  bool operator==(const Path&) const = default;
};

Address from_sockaddr(const sockaddr_storage& from);
/// Fills `to` for a socket of `family` and returns the length used.
socklen_t to_sockaddr(const Address& address, int family, sockaddr_storage& to);

/// Seeded, so that peers cannot choose addresses that collide.
struct AddressHash {
  std::uint64_t seed = 0;
  std::size_t operator()(const Address& address) const;
};

}  // namespace parley::transport
