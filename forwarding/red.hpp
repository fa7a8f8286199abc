// Redundant audio (RFC 2198): a packet that carries the sound of earlier ones along with its own.
#pragma once

#include "forwarding/bytes.hpp"

namespace parley::forwarding {

/// Calls `visit(offset)` for the byte of each block's header that holds its payload type, the
/// primary block last. Returns where the blocks' data begins, and the size of the redundant ones in
/// it; nothing when the headers do not fit the payload.
struct RedLayout {
  std::size_t data = 0;
  std::size_t redundant = 0;
  bool valid = false;
};
template <typename Visit>
RedLayout walk_red(Bytes payload, Visit visit) {
  RedLayout layout;
  std::size_t at = 0;
  for (; at < payload.size() && (payload[at] & 0x80) != 0; at += 4) {
    if (payload.size() < at + 4) return {};
    visit(at);
    layout.redundant += read_u16(payload, at + 2) & 0x3ffU;  // after 14 bits of timestamp offset
  }
  if (at >= payload.size()) return {};
  visit(at);
  layout.data = at + 1;
  layout.valid = layout.data + layout.redundant <= payload.size();
  return layout;
}

/// The packet's own sound, as a sender without redundancy would have sent it. Empty when there is
/// none.
inline Bytes primary_of_red(Bytes payload) {
  const RedLayout layout = walk_red(payload, [](std::size_t) {});
  return layout.valid ? payload.subspan(layout.data + layout.redundant) : Bytes{};
}

}  // namespace parley::forwarding
