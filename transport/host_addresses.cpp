#include "transport/host_addresses.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include <ifaddrs.h>
#include <net/if.h>

namespace parley::transport {
namespace {

/// RFC 8445 5.1.2.1, for a host candidate (type preference 126) of component 1.
std::uint32_t host_priority(std::size_t rank) {
  const std::uint32_t local_preference = 65535 - static_cast<std::uint32_t>(rank);
  return 126u << 24 | local_preference << 8 | 255u;
}

}  // namespace

std::vector<Ip> host_addresses(bool with_ipv6) {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(list, freeifaddrs);
  std::vector<Ip> found;
  for (const ifaddrs* at = list; at != nullptr; at = at->ifa_next) {
    if (at->ifa_addr == nullptr || (at->ifa_flags & IFF_UP) == 0) continue;
    const int family = at->ifa_addr->sa_family;
    if (family != AF_INET && !(family == AF_INET6 && with_ipv6)) continue;
    sockaddr_storage name{};
    std::memcpy(&name, at->ifa_addr,
                family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6));
    const Ip ip = from_sockaddr(name).ip;
    if (!is_link_local(ip) && std::ranges::find(found, ip) == found.end()) found.push_back(ip);
  }
  std::ranges::stable_sort(found, {},
                           [](const Ip& ip) { return std::pair(is_loopback(ip), !is_v4(ip)); });
  return found;
}

Result<std::vector<Candidate>> make_candidates(const std::vector<std::string>& announced,
                                               bool with_ipv6, std::uint16_t port) {
  std::vector<Ip> addresses;
  for (const std::string& text : announced) {
    const auto ip = parse_ip(text);
    if (!ip || is_unspecified(*ip))
      return Error{"bad_announce",
                   "announce: '" + text + "' is no IP address; give one like 203.0.113.7"};
    if (std::ranges::find(addresses, *ip) == addresses.end()) addresses.push_back(*ip);
  }
  if (announced.empty()) addresses = host_addresses(with_ipv6);
  // Loopback is what tests and a browser on this machine use: it stays when there are too many.
  if (announced.empty() && addresses.size() > kMaxCandidates) {
    const auto local = std::ranges::find_if(addresses, is_loopback);
    if (local - addresses.begin() >= static_cast<std::ptrdiff_t>(kMaxCandidates) &&
        local != addresses.end())
      std::iter_swap(addresses.begin() + kMaxCandidates - 1, local);
  }
  if (addresses.size() > kMaxCandidates) addresses.resize(kMaxCandidates);
  std::vector<Candidate> candidates;
  for (const Ip& ip : addresses) {
    const std::size_t rank = candidates.size();
    candidates.push_back({std::to_string(rank + 1), host_priority(rank), to_string(ip), port});
  }
  return candidates;
}

std::string to_sdp(const Candidate& candidate) {
  return "candidate:" + candidate.foundation + " 1 UDP " + std::to_string(candidate.priority) +
         " " + candidate.address + " " + std::to_string(candidate.port) + " typ host";
}

}  // namespace parley::transport
