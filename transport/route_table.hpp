// Which connection a datagram is for, and which shard that lives on.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "transport/address.hpp"
#include "transport/types.hpp"

namespace parley::transport {

class Connection;

struct Route {
  ConnectionId id = 0;
  unsigned shard = 0;
  Connection* connection = nullptr;  ///< null where it lives on another shard
};

/// Each shard has its own, with the routes of all shards, so that looking up takes no lock. Looking
/// up does not allocate. Bound to one thread.
class RouteTable {
 public:
  explicit RouteTable(std::uint64_t hash_seed) : addresses_(0, AddressHash{hash_seed}) {}

  [[nodiscard]] const Route* find(const Address& address) const {
    return find_in(addresses_, address);
  }
  [[nodiscard]] const Route* find(std::string_view ufrag) const { return find_in(ufrags_, ufrag); }

  /// What is somebody's already stays theirs.
  void add(const Address& address, const Route& route) { addresses_.try_emplace(address, route); }
  void add(const std::string& ufrag, const Route& route) { ufrags_.try_emplace(ufrag, route); }
  void remove(const Address& address, ConnectionId id) {
    const auto at = addresses_.find(address);
    if (at != addresses_.end() && at->second.id == id) addresses_.erase(at);
  }
  void remove_all(ConnectionId id) {
    const auto theirs = [id](const auto& entry) { return entry.second.id == id; };
    std::erase_if(addresses_, theirs);
    std::erase_if(ufrags_, theirs);
  }

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  template <typename Map, typename Key>
  static const Route* find_in(const Map& map, const Key& key) {
    const auto at = map.find(key);
    return at == map.end() ? nullptr : &at->second;
  }

  std::unordered_map<Address, Route, AddressHash> addresses_;
  std::unordered_map<std::string, Route, TextHash, std::equal_to<>> ufrags_;
};

}  // namespace parley::transport
