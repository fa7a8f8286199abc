// How often a publisher may be asked for a keyframe.
#pragma once

#include <optional>

#include "support/time.hpp"

namespace parley::forwarding {

/// One track's requests: the first goes out at once, those within kInterval of it become one at
/// the interval's end, and a keyframe that comes meanwhile answers them all. Pure.
class KeyframeRequests {
 public:
  static constexpr Duration kInterval = std::chrono::milliseconds(300);
  /// A request that nothing came of is made again after this; so lost requests cost little.
  static constexpr Duration kRetry = std::chrono::milliseconds(500);

  /// True when a request is to be sent now.
  [[nodiscard]] bool ask(Time now) {
    pending_ = true;
    return due(now);
  }
  /// As ask(), for somebody who asked before and still has nothing to start with.
  [[nodiscard]] bool ask_again(Time now) { return (!sent_ || now - *sent_ >= kRetry) && ask(now); }
  /// True when the request that was put off is to be sent now. Call it now and then.
  [[nodiscard]] bool due(Time now) {
    if (!pending_ || (sent_ && now - *sent_ < kInterval)) return false;
    pending_ = false;
    sent_ = now;
    return true;
  }
  /// The request could not be sent after all: nobody was there to take it.
  void put_back() {
    pending_ = true;
    sent_.reset();
  }
  void on_keyframe() { pending_ = false; }

 private:
  std::optional<Time> sent_;
  bool pending_ = false;
};

}  // namespace parley::forwarding
