// The seam between the REST API and branches: gst-launch lines beside a call. Main-bound.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "support/ids.hpp"
#include "support/result.hpp"

namespace parley::signaling {

/// What a client asks for.
struct BranchRequest {
  std::string launch;
  bool restart = false;  ///< whenever it fails or ends
  bool survive = false;  ///< the participants it names
};

/// A `parleytrack` in it.
struct BranchTrackInfo {
  std::string element;
  std::string participant;  ///< as the line names it; empty: whoever has the floor
  std::string kind;
  std::string layer;
  bool attached = false;  ///< there is such a track just now
  std::uint64_t packets_in = 0;
  std::uint64_t packets_out = 0;
  std::uint64_t packets_dropped = 0;
  std::size_t queued = 0;
};

struct BranchInfo {
  std::string id;
  std::string launch;
  std::string state;  ///< starting, running, stalled, failed, ending, ended
  std::string error;  ///< empty: none
  bool restart = false;
  bool survive = false;
  unsigned restarts = 0;
  std::vector<BranchTrackInfo> tracks;
};

/// Errors: room_not_found, branch_not_found, participant_not_found, bad_launch, element_forbidden,
/// branches_off, branch_limit.
class BranchBackend {
 public:
  virtual ~BranchBackend() = default;
  /// `reply` comes from the main loop, once the line was parsed.
  virtual void create_branch(const RoomId& room, BranchRequest request,
                             std::function<void(const Result<BranchInfo>&)> reply) = 0;
  [[nodiscard]] virtual Result<std::vector<BranchInfo>> branches(const RoomId& room) const = 0;
  [[nodiscard]] virtual Result<BranchInfo> branch(const RoomId& room,
                                                  const std::string& id) const = 0;
  /// `reply` comes when it has ended, in bounded time.
  virtual void end_branch(const RoomId& room, const std::string& id,
                          std::function<void(const Status&)> reply) = 0;
};

}  // namespace parley::signaling
