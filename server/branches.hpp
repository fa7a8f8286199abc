// The branches of all rooms: who has which, and what becomes of them when rooms change and end.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipelines/branch.hpp"
#include "pipelines/graph.hpp"
#include "signaling/branches.hpp"
#include "support/glib/main_loop.hpp"
#include "support/ids.hpp"

namespace parley::server {

struct BranchSettings {
  pipelines::BranchMode mode = pipelines::BranchMode::Safe;
  std::vector<std::string> elements;  ///< allowed beside the list of Safe
  std::size_t per_room = 8;           ///< failed and ended ones count until they are deleted
  std::size_t total = 64;             ///< with those whose threads hang
};

/// A track of a room that is there just now.
struct FoundTrack {
  ParticipantId publisher;
  TrackId track;
  pipelines::Published published;
};

/// What branches ask of rooms. Main-bound.
class BranchRooms {
 public:
  virtual ~BranchRooms() = default;
  [[nodiscard]] virtual std::optional<FoundTrack> find_track(
      const RoomId& room, const plugins::TrackWish& wish) const = 0;
  /// By id or name.
  [[nodiscard]] virtual bool has_participant(const RoomId& room,
                                             const std::string& participant) const = 0;
};

/// Main-bound.
class Branches {
 public:
  using Reply = std::function<void(const Result<signaling::BranchInfo>&)>;

  Branches(BranchSettings settings, const BranchRooms& rooms, transport::Transport& transport,
           MainLoop& main_loop, GstClockTime base_time);
  ~Branches();

  void create(const RoomId& room, unsigned shard, signaling::BranchRequest request, Reply reply);
  [[nodiscard]] std::vector<signaling::BranchInfo> list(const RoomId& room) const;
  [[nodiscard]] std::optional<signaling::BranchInfo> find(const RoomId& room,
                                                          const std::string& id) const;
  void end(const RoomId& room, const std::string& id, std::function<void(const Status&)> reply);

  /// Something changed in the room: tracks, names, who has the floor. `codecs`: what tracks are.
  void update(const RoomId& room, bool codecs);
  void end_room(const RoomId& room);
  [[nodiscard]] bool empty() const { return branches_.empty(); }

  /// Their part of a room's graph. The pipelines are kept in `keep` for as long as it is drawn.
  void draw(const RoomId& room, std::vector<pipelines::GraphParticipant>& clusters,
            std::vector<pipelines::GraphLink>& links, std::vector<Ref<GstElement>>& keep) const;

 private:
  struct Entry {
    RoomId room;
    signaling::BranchRequest request;
    std::unique_ptr<pipelines::Branch> branch;
    bool parsed = false;
    bool leaving = false;
  };

  [[nodiscard]] std::optional<Error> refusal(const RoomId& room) const;
  void on_parsed(const std::string& id, const Status& status, const Reply& reply);
  [[nodiscard]] std::optional<Error> missing_participant(const Entry& entry) const;
  void attach(Entry& entry, bool codecs);
  void stop(const std::string& id, std::function<void()> stopped);
  [[nodiscard]] static signaling::BranchInfo info(const std::string& id, const Entry& entry);
  [[nodiscard]] const Entry* entry_of(const RoomId& room, const std::string& id) const;

  const BranchSettings settings_;
  const BranchRooms& rooms_;
  transport::Transport& transport_;
  MainLoop& main_loop_;
  const GstClockTime base_time_;
  std::map<std::string, Entry> branches_;
  Timer watchdog_;
};

}  // namespace parley::server
