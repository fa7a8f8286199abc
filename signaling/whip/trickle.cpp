#include "signaling/whip/trickle.hpp"

#include "signaling/sdp/text.hpp"

namespace parley::signaling::whip {
namespace {

/// Cuts `prefix` off; false where `line` does not begin with it.
bool cut(std::string_view& line, std::string_view prefix) {
  if (!line.starts_with(prefix)) return false;
  line.remove_prefix(prefix.size());
  return true;
}

}  // namespace

Result<Fragment> read_fragment(std::string_view text) {
  Fragment fragment;
  bool any = false;
  while (!text.empty()) {
    std::string_view line = sdp::take_word(text, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() < 2 || line[1] != '=') continue;
    any = true;
    if (cut(line, "a=ice-ufrag:") && fragment.ufrag.empty())
      fragment.ufrag = line;
    else if (line.starts_with("a=candidate:"))
      ++fragment.candidates;
    else if (line == "a=end-of-candidates")
      fragment.ended = true;
  }
  if (!any)
    return Error{"bad_fragment", "The body holds no line of SDP; send an ICE fragment (RFC 8840)."};
  return fragment;
}

}  // namespace parley::signaling::whip
