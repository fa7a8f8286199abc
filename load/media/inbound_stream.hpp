// One stream that a client receives: its reports, its gaps, and what is asked for again.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "forwarding/nack_generator.hpp"
#include "forwarding/rtcp.hpp"
#include "load/media/ledger.hpp"
#include "load/media/window.hpp"
#include "support/media.hpp"
#include "support/time.hpp"

namespace parley::load {

/// Pure; bound to a media thread.
class InboundStream {
 public:
  InboundStream(std::uint32_t ssrc, media::Kind kind, std::uint32_t clock_rate)
      : ssrc_(ssrc), kind_(kind), clock_rate_(clock_rate) {}

  [[nodiscard]] std::uint32_t ssrc() const { return ssrc_; }
  [[nodiscard]] media::Kind kind() const { return kind_; }

  struct Arrival {
    bool fresh = false;           ///< not a repetition
    bool wants_keyframe = false;  ///< more is missing than can be asked for
  };
  /// `nack`: note what is missing, for collect_nacks().
  Arrival on_packet(std::uint16_t sequence, std::uint32_t timestamp, Time at, const Window& window,
                    bool nack);
  void on_sender_report(const forwarding::rtcp::SenderInfo& info, Time now);

  [[nodiscard]] bool has_missing() const { return nacks_.missing() != 0; }
  std::size_t collect_nacks(Time now, std::span<std::uint16_t> out);
  /// Begins a new interval (RFC 3550 A.3).
  [[nodiscard]] forwarding::rtcp::ReportBlock report(Time now);
  /// The packets that came while measuring, and those that should have.
  [[nodiscard]] const Ledger& measured() const { return measured_; }

 private:
  std::uint32_t ssrc_;
  media::Kind kind_;
  std::uint32_t clock_rate_;
  Ledger all_, measured_;
  std::uint64_t expected_reported_ = 0, received_reported_ = 0;
  std::optional<Duration> transit_;
  Duration jitter_{};
  std::uint32_t first_timestamp_ = 0;
  Time first_at_{};
  forwarding::NtpTime last_report_ = 0;
  Time last_report_at_{};
  forwarding::NackGenerator nacks_;
  Duration rtt_ = std::chrono::milliseconds(50);
};

}  // namespace parley::load
