// Who is in which room, in the order they came. Pure; not thread-safe.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "support/result.hpp"

namespace parley::signaling::applications {

class Membership {
 public:
  struct Limits {
    std::size_t members = 64;  ///< of one room
    std::size_t rooms = 16;    ///< of one client
  };
  explicit Membership(const Limits& limits) : limits_(limits) {}

  /// Whoever is there already stays where it is. Errors: room_full, too_many_rooms.
  Status join(const std::string& room, const std::string& id);
  void leave(const std::string& room, const std::string& id);

  /// The one who came first stands first; empty for a room that there is not.
  [[nodiscard]] const std::vector<std::string>& members(std::string_view room) const;
  /// The rooms of one client.
  [[nodiscard]] const std::vector<std::string>& rooms(const std::string& id) const;
  /// Do the two share a room?
  [[nodiscard]] bool together(const std::string& a, const std::string& b) const;

 private:
  using Names = std::vector<std::string>;

  Limits limits_;
  std::map<std::string, Names, std::less<>> members_;
  std::unordered_map<std::string, Names> rooms_;
};

}  // namespace parley::signaling::applications
