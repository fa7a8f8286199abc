#include "server/media_watch.hpp"

#include <map>
#include <utility>

namespace parley::server {
namespace {

constexpr std::chrono::milliseconds kStep{50};
constexpr unsigned kStepsARound = 20;  // a second

}  // namespace

struct MediaWatch::State {
  struct Entry {
    unsigned shard = 0;
    bool measured = false;
    Measurement measurement;
  };

  void take(transport::ConnectionId connection, forwarding::PeerStats stats) {
    const auto entry = entries.find(connection);
    if (entry == entries.end()) return;
    entry->second.measured = true;
    entry->second.measurement.take(std::move(stats), now(), totals);
  }

  std::map<transport::ConnectionId, Entry> entries;
  unsigned step = 0;
  MediaTotals totals;
};

MediaWatch::MediaWatch(transport::Transport& transport, MainLoop& main_loop)
    : transport_(transport),
      main_loop_(main_loop),
      state_(std::make_shared<State>()),
      timer_(Timer::every(kStep, [this] { ask_some(); })) {}

MediaWatch::~MediaWatch() = default;

void MediaWatch::add(transport::ConnectionId connection, unsigned shard) {
  state_->entries.try_emplace(connection, State::Entry{shard, false, {}});
}

void MediaWatch::remove(transport::ConnectionId connection) {
  state_->entries.erase(connection);
}

const Measurement* MediaWatch::find(transport::ConnectionId connection) const {
  const auto entry = state_->entries.find(connection);
  const bool known = entry != state_->entries.end() && entry->second.measured;
  return known ? &entry->second.measurement : nullptr;
}

const MediaTotals& MediaWatch::totals() const {
  return state_->totals;
}

void MediaWatch::ask_some() {
  state_->step = (state_->step + 1) % kStepsARound;
  for (const auto& [connection, entry] : state_->entries) {
    if (connection % kStepsARound != state_->step) continue;
    // The weak pointer is only locked on main, so no shard can be the one that ends the state.
    transport_.post(entry.shard, [connection = connection, main_loop = &main_loop_,
                                  state = std::weak_ptr<State>(state_)](transport::Shard& shard) {
      forwarding::Peer* peer = shard.find(connection);
      if (peer == nullptr) return;
      main_loop->post([connection, state, stats = peer->stats()] {
        if (const auto held = state.lock()) held->take(connection, stats);
      });
    });
  }
}

}  // namespace parley::server
