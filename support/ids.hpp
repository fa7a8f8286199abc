// Identifiers of domain objects. Everyone but the one owner of an object holds its id, never a
// pointer.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <utility>

namespace parley {

/// A string that cannot be mistaken for another kind's id.
template <typename Tag>
class Id {
 public:
  Id() = default;
  explicit Id(std::string value) : value_(std::move(value)) {}

  [[nodiscard]] const std::string& str() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }
  auto operator<=>(const Id&) const = default;

 private:
  std::string value_;
};

using RoomId = Id<struct RoomTag>;
using ParticipantId = Id<struct ParticipantTag>;
using TrackId = Id<struct TrackTag>;

/// `length` characters of [A-Za-z0-9] from the kernel's random source. Unguessable from 22 on
/// (131 bits); ends the process when the kernel has no randomness to give.
std::string random_token(std::size_t length);

}  // namespace parley

template <typename Tag>
struct std::hash<parley::Id<Tag>> {
  std::size_t operator()(const parley::Id<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.str());
  }
};
