#include "signaling/applications/membership.hpp"

#include <algorithm>

namespace parley::signaling::applications {
namespace {

const std::vector<std::string> kNone;

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Status Membership::join(const std::string& room, const std::string& id) {
  if (contains(rooms(id), room)) return Nothing{};
  if (members(room).size() >= limits_.members)
    return Error{"room_full", "This room is full; choose another one"};
  if (rooms(id).size() >= limits_.rooms)
    return Error{"too_many_rooms", "You are in too many rooms; leave one first"};
  members_[room].push_back(id);
  rooms_[id].push_back(room);
  return Nothing{};
}

void Membership::leave(const std::string& room, const std::string& id) {
  const auto take_out = [](auto& map, const std::string& key, const std::string& name) {
    const auto found = map.find(key);
    if (found == map.end()) return;
    std::erase(found->second, name);
    if (found->second.empty()) map.erase(found);
  };
  // What the caller names may stand in what is erased.
  const std::string room_name = room;
  const std::string client = id;
  take_out(members_, room_name, client);
  take_out(rooms_, client, room_name);
}

const std::vector<std::string>& Membership::members(std::string_view room) const {
  const auto found = members_.find(room);
  return found == members_.end() ? kNone : found->second;
}

const std::vector<std::string>& Membership::rooms(const std::string& id) const {
  const auto found = rooms_.find(id);
  return found == rooms_.end() ? kNone : found->second;
}

bool Membership::together(const std::string& a, const std::string& b) const {
  const auto& others = rooms(b);
  return std::any_of(rooms(a).begin(), rooms(a).end(),
                     [&](const std::string& room) { return contains(others, room); });
}

}  // namespace parley::signaling::applications
