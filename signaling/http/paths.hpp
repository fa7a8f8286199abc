// Which first path segments are rooms and which are the server's own. Pure; thread-safe.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace parley::signaling::http {

/// First segments that can never be a room: what the server serves, what its gateways will serve,
/// and what browsers and crawlers ask for by themselves. The only list of them.
inline constexpr std::array<std::string_view, 13> kReservedSegments{
    "api",        "assets", "favicon.ico", "healthz", "metrics", "peerjs", "readyz",
    "robots.txt", "room",   "socket.io",   "whep",    "whip",    "ws"};

inline constexpr std::size_t kMaxRoomIdLength = 64;

constexpr bool is_reserved(std::string_view segment) {
  return std::find(kReservedSegments.begin(), kReservedSegments.end(), segment) !=
         kReservedSegments.end();
}

/// `[A-Za-z0-9_-]{1,64}` and not reserved.
constexpr bool is_room_id(std::string_view id) {
  constexpr auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  };
  return !id.empty() && id.size() <= kMaxRoomIdLength &&
         std::all_of(id.begin(), id.end(), allowed) && !is_reserved(id);
}

}  // namespace parley::signaling::http
