// A gst-launch line beside a call: runs it, feeds it, watches it, and starts it anew if it should.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipelines/branch_feed.hpp"
#include "pipelines/branch_run.hpp"
#include "support/glib/main_loop.hpp"
#include "transport/transport.hpp"

namespace parley::pipelines {

enum class BranchState : std::uint8_t {
  Starting,
  Running,
  Stalled,  ///< it takes no more of what it is given, or does not come up
  Failed,   ///< an element reported an error; it has stopped, or begins anew soon
  Ending,   ///< EOS is on its way through it
  Ended,
};
[[nodiscard]] std::string_view to_string(BranchState state);

struct BranchTrackState {
  plugins::TrackWish wish;
  std::string element;
  bool attached = false;
  plugins::QueueCounters packets;
  std::size_t queued = 0;
};

/// What a track wish comes to just now; nothing: there is no such track (yet).
using TrackResolver = std::function<std::optional<Published>(const plugins::TrackWish&)>;

/// Main-bound. It may be destroyed at any time after stop(); what its thread still does then,
/// nobody waits for.
class Branch {
 public:
  struct Options {
    std::string launch;
    BranchPolicy policy{BranchMode::Off, {}};
    bool restart = false;  ///< when it failed or ended by itself
    unsigned shard = 0;
    GstClockTime base_time = 0;
  };
  /// How long EOS may take to come through before the branch is ended without it.
  static constexpr Duration kDrain = std::chrono::seconds(2);

  Branch(Options options, transport::Transport& transport, MainLoop& main_loop);
  ~Branch();
  Branch(const Branch&) = delete;
  Branch& operator=(const Branch&) = delete;

  /// Parses on another thread; then, from the main loop, calls `parsed` with what came of it. Where
  /// that is no error and `parsed` does not stop it, it plays. `parsed` may destroy this where it
  /// was given an error, and only then.
  void start(std::function<void(const Status&)> parsed);
  /// Attaches every `parleytrack` to what the resolver finds now. Cheap when nothing changed;
  /// `again`: codecs may have, so attach anew.
  void update(const TrackResolver& resolve, bool again = false);
  /// Watches over it; about twice a second.
  void tick(Time now);
  /// Ends it, files and all. `stopped` runs on the main loop when it has, or after a while when it
  /// does not; it must not destroy this itself. May be called more than once.
  void stop(std::function<void()> stopped);

  [[nodiscard]] BranchState state() const { return state_; }
  [[nodiscard]] const std::string& error() const { return error_; }
  [[nodiscard]] unsigned restarts() const { return restarts_; }
  [[nodiscard]] std::vector<plugins::TrackWish> wishes() const;
  [[nodiscard]] std::vector<BranchTrackState> tracks() const;
  /// Null while there is none.
  [[nodiscard]] Ref<GstElement> pipeline() const;

 private:
  struct Feed {
    BranchTrack track;
    std::shared_ptr<BranchFeed> feed;
    Published from;
  };

  void begin();
  void on_change(const BranchRun* run);
  void on_parsed();
  void on_ended(const BranchRun::Status& status);
  void watch(Time now);
  /// What keeps it from going on.
  [[nodiscard]] std::optional<std::string> stall(const BranchRun::Status& status, Time now) const;
  void release_feeds();
  void finish_stop();

  const Options options_;
  transport::Transport& transport_;
  MainLoop& main_loop_;
  std::shared_ptr<Branch*> self_;  ///< what comes from the thread holds it weakly
  std::shared_ptr<BranchRun> run_;
  std::vector<Feed> feeds_;
  std::function<void(const Status&)> parsed_;
  std::vector<std::function<void()>> stopped_;
  BranchState state_ = BranchState::Starting;
  std::string error_;
  unsigned restarts_ = 0;
  unsigned failures_ = 0;  ///< in a row
  bool playing_ = false;   ///< of the present run
  Time began_{};
  bool stopping_ = false;
  bool finished_ = false;  ///< stopped
  Timer restart_timer_, stop_timer_;
};

}  // namespace parley::pipelines
