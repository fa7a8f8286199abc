// What a participant's media measured: the last numbers of its Peer, rates, and running totals.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "forwarding/peer_stats.hpp"
#include "support/time.hpp"

namespace parley::server {

/// Since the server started, over everybody who ever was there: only grows.
struct MediaTotals {
  struct Flow {
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
  };
  std::array<Flow, 2> in;  ///< by media::Kind
  std::array<Flow, 2> out;
  std::uint64_t lost_in = 0;   ///< of what publishers sent, after recovery
  std::uint64_t lost_out = 0;  ///< as subscribers report it
  std::uint64_t nacks_sent = 0;
  std::uint64_t nacks_received = 0;
  std::uint64_t retransmitted = 0;
  std::uint64_t keyframe_requests_sent = 0;
  std::uint64_t keyframe_requests_received = 0;
  std::uint64_t too_large = 0;
};

/// Pure; not thread-safe.
class Measurement {
 public:
  /// Takes newer numbers, and adds to `totals` what they tell beyond the ones before.
  void take(forwarding::PeerStats stats, Time now, MediaTotals& totals);

  [[nodiscard]] const forwarding::PeerStats& stats() const { return stats_; }
  /// Bits per second of payload between the last two numbers; 0 before there are two.
  [[nodiscard]] std::uint64_t received_rate(std::uint32_t ssrc) const;
  [[nodiscard]] std::uint64_t sent_rate(const std::string& mid) const;
  [[nodiscard]] const forwarding::StreamStats* sent(const std::string& mid) const;
  [[nodiscard]] const forwarding::TrackStats* track(forwarding::TrackKey key) const;

 private:
  forwarding::PeerStats stats_;
  Time at_{};
  std::map<std::uint32_t, std::uint64_t> received_rates_;
  std::map<std::string, std::uint64_t> sent_rates_;
};

}  // namespace parley::server
