// Keeps the numbers of everybody's media on the main thread, where operators ask for them.
#pragma once

#include <memory>

#include "server/measurement.hpp"
#include "support/glib/main_loop.hpp"
#include "transport/transport.hpp"

namespace parley::server {

/// Main-bound. Asks every connection's shard for its numbers about once a second, a few connections
/// at a time, so that no shard stands still to count and nobody waits: what a shard posts back is
/// kept until it is asked for. Cheap enough to be always on, so the first to ask gets an answer.
class MediaWatch {
 public:
  MediaWatch(transport::Transport& transport, MainLoop& main_loop);
  ~MediaWatch();

  void add(transport::ConnectionId connection, unsigned shard);
  void remove(transport::ConnectionId connection);

  /// Null before the first numbers of it came.
  [[nodiscard]] const Measurement* find(transport::ConnectionId connection) const;
  [[nodiscard]] const MediaTotals& totals() const;

 private:
  struct State;
  void ask_some();

  transport::Transport& transport_;
  MainLoop& main_loop_;
  std::shared_ptr<State> state_;  ///< shards' answers hold it weakly
  Timer timer_;
};

}  // namespace parley::server
