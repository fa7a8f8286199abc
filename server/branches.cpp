#include "server/branches.hpp"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

namespace parley::server {
namespace {

using pipelines::Branch;
using pipelines::BranchState;
using signaling::BranchInfo;

constexpr std::chrono::milliseconds kWatch{500};

}  // namespace

Branches::Branches(BranchSettings settings, const BranchRooms& rooms,
                   transport::Transport& transport, MainLoop& main_loop, GstClockTime base_time)
    : settings_(std::move(settings)),
      rooms_(rooms),
      transport_(transport),
      main_loop_(main_loop),
      base_time_(base_time),
      watchdog_(Timer::every(kWatch, [this] {
        for (auto& [id, entry] : branches_) {
          entry.branch->tick(now());
          if (entry.parsed) attach(entry, false);  // it may have begun anew
        }
      })) {}

Branches::~Branches() = default;

// --- begin ---

std::optional<Error> Branches::refusal(const RoomId& room) const {
  const auto in_room = std::count_if(branches_.begin(), branches_.end(),
                                     [&](const auto& entry) { return entry.second.room == room; });
  if (static_cast<std::size_t>(in_room) >= settings_.per_room)
    return Error{"branch_limit", "This room has as many branches as it may; DELETE one first."};
  const std::size_t all = std::max<std::size_t>(branches_.size(), pipelines::BranchRun::running());
  if (all >= settings_.total)
    return Error{"branch_limit", "This server runs as many branches as it may; DELETE some first."};
  return std::nullopt;
}

void Branches::create(const RoomId& room, unsigned shard, signaling::BranchRequest request,
                      Reply reply) {
  if (const auto refused = refusal(room)) return reply(*refused);
  const std::string id = random_token(8);
  Branch::Options options{.launch = request.launch,
                          .policy = {settings_.mode, settings_.elements},
                          .restart = request.restart,
                          .shard = shard,
                          .base_time = base_time_};
  auto branch = std::make_unique<Branch>(std::move(options), transport_, main_loop_);
  Branch& started = *branch;
  branches_.emplace(id, Entry{room, std::move(request), std::move(branch)});
  started.start(
      [this, id, reply = std::move(reply)](const Status& status) { on_parsed(id, status, reply); });
}

void Branches::on_parsed(const std::string& id, const Status& status, const Reply& reply) {
  const auto at = branches_.find(id);
  if (at == branches_.end()) return;
  Entry& entry = at->second;
  // The reply is a copy, for what holds it may go with the branch.
  const Reply tell = reply;
  if (!status) {
    const Error error = status.error();
    branches_.erase(at);
    return tell(error);
  }
  if (const auto missing = missing_participant(entry)) {
    stop(id, nullptr);
    return tell(*missing);
  }
  entry.parsed = true;
  attach(entry, false);
  spdlog::info("branch {} in room {}: {}", id, entry.room.str(), entry.request.launch);
  tell(info(id, entry));
}

std::optional<Error> Branches::missing_participant(const Entry& entry) const {
  if (entry.request.survive) return std::nullopt;
  for (const plugins::TrackWish& wish : entry.branch->wishes())
    if (!wish.participant.empty() && !rooms_.has_participant(entry.room, wish.participant))
      return Error{"participant_not_found",
                   "launch: there is no participant '" + wish.participant +
                       "' in this room; with \"survive\":true the branch waits for one"};
  return std::nullopt;
}

void Branches::attach(Entry& entry, bool codecs) {
  entry.branch->update(
      [&](const plugins::TrackWish& wish) -> std::optional<pipelines::Published> {
        const auto found = rooms_.find_track(entry.room, wish);
        return found ? std::optional(found->published) : std::nullopt;
      },
      codecs);
}

// --- change ---

void Branches::update(const RoomId& room, bool codecs) {
  std::vector<std::string> left;
  for (auto& [id, entry] : branches_) {
    if (entry.room != room || !entry.parsed) continue;
    attach(entry, codecs);
    if (missing_participant(entry) && !std::exchange(entry.leaving, true)) left.push_back(id);
  }
  for (const std::string& id : left) {
    spdlog::info("branch {} ends with its participant", id);
    stop(id, nullptr);
  }
}

// --- end ---

void Branches::stop(const std::string& id, std::function<void()> stopped) {
  branches_.at(id).branch->stop([this, id, stopped = std::move(stopped)] {
    // From within the branch, which is not to be destroyed under its own feet.
    main_loop_.post([this, id, stopped] {
      branches_.erase(id);
      if (stopped) stopped();
    });
  });
}

void Branches::end(const RoomId& room, const std::string& id,
                   std::function<void(const Status&)> reply) {
  if (entry_of(room, id) == nullptr)
    return reply(Error{"branch_not_found", "There is no branch '" + id + "' in this room."});
  stop(id, [reply = std::move(reply)] { reply(Nothing{}); });
}

void Branches::end_room(const RoomId& room) {
  std::vector<std::string> ending;
  for (const auto& [id, entry] : branches_)
    if (entry.room == room) ending.push_back(id);
  for (const std::string& id : ending) stop(id, nullptr);
}

// --- look ---

const Branches::Entry* Branches::entry_of(const RoomId& room, const std::string& id) const {
  const auto at = branches_.find(id);
  return at != branches_.end() && at->second.room == room && at->second.parsed ? &at->second
                                                                               : nullptr;
}

BranchInfo Branches::info(const std::string& id, const Entry& entry) {
  BranchInfo info{.id = id,
                  .launch = entry.request.launch,
                  .state = std::string(pipelines::to_string(entry.branch->state())),
                  .error = entry.branch->error(),
                  .restart = entry.request.restart,
                  .survive = entry.request.survive,
                  .restarts = entry.branch->restarts(),
                  .tracks = {}};
  for (const pipelines::BranchTrackState& track : entry.branch->tracks())
    info.tracks.push_back({.element = track.element,
                           .participant = track.wish.participant,
                           .kind = std::string(media::to_string(track.wish.kind)),
                           .layer = track.wish.layer,
                           .attached = track.attached,
                           .packets_in = track.packets.in,
                           .packets_out = track.packets.out,
                           .packets_dropped = track.packets.dropped,
                           .queued = track.queued});
  return info;
}

std::vector<BranchInfo> Branches::list(const RoomId& room) const {
  std::vector<BranchInfo> all;
  for (const auto& [id, entry] : branches_)
    if (entry.room == room && entry.parsed) all.push_back(info(id, entry));
  return all;
}

std::optional<BranchInfo> Branches::find(const RoomId& room, const std::string& id) const {
  const Entry* entry = entry_of(room, id);
  return entry != nullptr ? std::optional(info(id, *entry)) : std::nullopt;
}

void Branches::draw(const RoomId& room, std::vector<pipelines::GraphParticipant>& clusters,
                    std::vector<pipelines::GraphLink>& links,
                    std::vector<Ref<GstElement>>& keep) const {
  for (const auto& [id, entry] : branches_) {
    if (entry.room != room || !entry.parsed) continue;
    const ParticipantId node("branch-" + id);
    keep.push_back(entry.branch->pipeline());
    const std::string state(pipelines::to_string(entry.branch->state()));
    clusters.push_back({node, "branch · " + state, keep.back().get(), nullptr});
    for (const pipelines::BranchTrackState& track : entry.branch->tracks()) {
      const auto found = rooms_.find_track(room, track.wish);
      if (!found) continue;
      links.push_back({found->publisher, found->track, node,
                       std::string(media::to_string(track.wish.kind)),
                       entry.branch->state() == BranchState::Running, track.element});
    }
  }
}

}  // namespace parley::server
