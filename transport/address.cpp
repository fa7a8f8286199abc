#include "transport/address.hpp"

#include <algorithm>
#include <cstring>

#include <arpa/inet.h>

namespace parley::transport {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

Ip map_v4(const in_addr& v4) {
  Ip ip;
  std::ranges::copy(kMapped, ip.begin());
  std::memcpy(ip.data() + kMapped.size(), &v4, sizeof v4);
  return ip;
}

}  // namespace

std::optional<Ip> parse_ip(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size()) return std::nullopt;
  std::ranges::copy(text, terminated.begin());
  in_addr v4;
  if (inet_pton(AF_INET, terminated.data(), &v4) == 1) return map_v4(v4);
  Ip ip;
  if (inet_pton(AF_INET6, terminated.data(), ip.data()) == 1) return ip;
  return std::nullopt;
}

std::string to_string(const Ip& ip) {
  std::array<char, INET6_ADDRSTRLEN> text;
  if (is_v4(ip)) return inet_ntop(AF_INET, ip.data() + kMapped.size(), text.data(), text.size());
  return inet_ntop(AF_INET6, ip.data(), text.data(), text.size());
}

bool is_v4(const Ip& ip) {
  return std::equal(kMapped.begin(), kMapped.end(), ip.begin());
}

bool is_loopback(const Ip& ip) {
  if (is_v4(ip)) return ip[12] == 127;
  Ip one{};
  one.back() = 1;
  return ip == one;
}

bool is_link_local(const Ip& ip) {
  if (is_v4(ip)) return ip[12] == 169 && ip[13] == 254;
  return ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80;
}

Address from_sockaddr(const sockaddr_storage& from) {
  Address address;
  if (from.ss_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, &from, sizeof v4);
    address.ip = map_v4(v4.sin_addr);
    address.port = ntohs(v4.sin_port);
  } else if (from.ss_family == AF_INET6) {
    sockaddr_in6 v6;
    std::memcpy(&v6, &from, sizeof v6);
    std::memcpy(address.ip.data(), &v6.sin6_addr, address.ip.size());
    address.port = ntohs(v6.sin6_port);
    if (is_link_local(address.ip) && !is_v4(address.ip)) address.scope = v6.sin6_scope_id;
  }
  return address;
}

socklen_t to_sockaddr(const Address& address, int family, sockaddr_storage& to) {
  if (family == AF_INET) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(address.port);
    std::memcpy(&v4.sin_addr, address.ip.data() + kMapped.size(), sizeof v4.sin_addr);
    std::memcpy(&to, &v4, sizeof v4);
    return sizeof v4;
  }
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(address.port);
  v6.sin6_scope_id = address.scope;
  std::memcpy(&v6.sin6_addr, address.ip.data(), address.ip.size());
  std::memcpy(&to, &v6, sizeof v6);
  return sizeof v6;
}

std::size_t AddressHash::operator()(const Address& address) const {
  std::array<std::uint64_t, 2> half;
  std::memcpy(half.data(), address.ip.data(), address.ip.size());
  const auto mix = [](std::uint64_t h) {  // the finalizer of MurmurHash3 (public domain)
    h ^= h >> 33;
    h *= 0xff51afd7ed558ccdULL;
    h ^= h >> 33;
    h *= 0xc4ceb9fe1a85ec53ULL;
    return h ^ (h >> 33);
  };
  const std::uint64_t tail = std::uint64_t{address.scope} << 16 | address.port;
  return mix(mix(mix(seed ^ half[0]) ^ half[1]) ^ tail);
}

}  // namespace parley::transport
