// How much longer groups of packets took than the groups before them (draft-ietf-rmcat-gcc-02 5.2
// and 5.3).
#pragma once

#include <optional>

#include "support/time.hpp"

namespace parley::forwarding::congestion {

/// Between two groups of packets.
struct GroupDelta {
  Duration sent{};
  Duration arrived{};
  Time at{};  ///< the later group's arrival
};

/// Packets sent within 5 ms are one group: what leaves in one burst says little by itself. So are
/// packets that piled up on the way and came in one burst.
class InterArrival {
 public:
  /// In order of sending; arrival is on the receiver's clock. A delta when a group is complete.
  std::optional<GroupDelta> on_packet(Time sent, Time arrived);

 private:
  static constexpr Duration kBurst = std::chrono::milliseconds(5);
  static constexpr Duration kMaxBurst = std::chrono::milliseconds(100);
  static constexpr Duration kPause = std::chrono::seconds(3);

  struct Group {
    Time first_sent{};
    Time last_sent{};
    Time first_arrival{};
    Time last_arrival{};
  };
  [[nodiscard]] bool belongs(Time sent, Time arrived) const;

  std::optional<Group> current_;
  std::optional<Group> previous_;
};

}  // namespace parley::forwarding::congestion
