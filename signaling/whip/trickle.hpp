// The body of a PATCH: application/trickle-ice-sdpfrag (RFC 8840 9), read leniently. Pure.
#pragma once

#include <string_view>

#include "support/result.hpp"

namespace parley::signaling::whip {

struct Fragment {
  std::string_view ufrag;      ///< of the first a=ice-ufrag; empty without one
  std::size_t candidates = 0;  ///< lines that name one; the ICE-lite end needs none of them
  bool ended = false;          ///< a=end-of-candidates
};

/// Takes lines of any kind, also without those that RFC 8840 wants ahead of them: senders leave
/// them out. Error bad_fragment: nothing in it is a line of SDP ("x=…").
Result<Fragment> read_fragment(std::string_view text);

}  // namespace parley::signaling::whip
