// Which of the machine's addresses are offered to peers, and in what order.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "support/result.hpp"
#include "transport/address.hpp"

namespace parley::transport {

/// A host candidate: every connection is offered the same ones.
struct Candidate {
  std::string foundation;
  std::uint32_t priority = 0;  ///< RFC 8445 5.1.2.1
  std::string address;
  std::uint16_t port = 0;
};

/// More are not offered: each costs every peer a series of checks.
inline constexpr std::size_t kMaxCandidates = 16;

/// The addresses of interfaces that are up: those other machines may reach first, loopback last;
/// IPv4 before IPv6 within each. No link-local ones, which mean nothing without an interface.
std::vector<Ip> host_addresses(bool with_ipv6);

/// Host candidates for `announced`, most wanted first, or for host_addresses() when it is empty.
/// Error "bad_announce" when one is no IP address.
Result<std::vector<Candidate>> make_candidates(const std::vector<std::string>& announced,
                                               bool with_ipv6, std::uint16_t port);

/// The value of `a=candidate` (RFC 8839 5.1), without "a=".
std::string to_sdp(const Candidate& candidate);

}  // namespace parley::transport
