// Numbers that have to mean one thing over a whole BUNDLE group: payload types and extension ids.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace parley::sdp {

/// Who has which number. Ours by default; where the peer's offer numbers otherwise, the peer's
/// number is kept and ours moves out of the way (RFC 9143 sections 9.1 and 9.4). Owners are small
/// integers that the user of this gives meaning. Pure value.
class Numbering {
 public:
  /// An owner for what the peer uses and the server does not know.
  static constexpr int kForeign = -1;

  /// `preferred[owner]` is the number it starts with, 0 for none until a peer gives it one. `pool`:
  /// numbers that may be given out, best first.
  Numbering(const std::vector<std::uint8_t>& preferred, std::vector<std::uint8_t> pool);

  /// The number our own offers use for an owner, 0 if it has none.
  [[nodiscard]] std::uint8_t of(int owner) const {
    return numbers_[static_cast<std::size_t>(owner)];
  }
  /// The peer says `number` is `owner`. False when that number is settled as something else.
  bool claim(std::uint8_t number, int owner);
  /// The number is part of a finished exchange: it keeps its meaning for the session's life.
  void settle(std::uint8_t number) { uses_[number].settled = true; }

 private:
  static constexpr int kFree = -2;
  struct Use {
    int owner = kFree;
    bool settled = false;
  };
  [[nodiscard]] std::uint8_t unused() const;

  std::array<Use, 256> uses_{};
  std::vector<std::uint8_t> numbers_;
  std::vector<std::uint8_t> pool_;
};

/// Payload types; owners are payload_owner()'s.
Numbering payload_type_numbering();
constexpr int payload_owner(std::size_t format, bool rtx) {
  return static_cast<int>(format * 2 + (rtx ? 1 : 0));
}

/// Header extension ids; owners are media::Extension's values. One-byte ids only (RFC 8285 4.2).
Numbering extension_numbering();
inline constexpr std::uint8_t kLastExtensionId = 14;

}  // namespace parley::sdp
