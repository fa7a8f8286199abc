// A branch's pipeline while it runs, on a thread of its own.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <gst/gst.h>

#include "pipelines/branch_parse.hpp"
#include "plugins/track_element.hpp"
#include "support/time.hpp"

namespace parley::pipelines {

/// What a `parleytrack` of the branch wants, and where its packets go.
struct BranchTrack {
  plugins::TrackWish wish;
  std::string element;
  std::uint32_t ssrc = 0;
  std::shared_ptr<plugins::Isolator> isolator;
};

/// Thread-safe. All that may block, from loading plugins to the way to NULL, happens on its thread,
/// which holds a share of it: who made it may let go at any time. A thread that an element keeps
/// for ever is lost, and counted by running().
class BranchRun : public std::enable_shared_from_this<BranchRun> {
 public:
  enum class Phase : std::uint8_t { Parsing, Parsed, Starting, Playing, Ending, Ended };

  /// `changed` is called from the thread whenever status() has news; it posts and returns.
  static std::shared_ptr<BranchRun> start(std::string launch, BranchPolicy policy,
                                          GstClockTime base_time, std::function<void()> changed);

  /// Once it is parsed: let it play.
  void play();
  /// Ends it: with EOS, so that files are finished, where it takes that within `drain`.
  void stop(Duration drain);

  struct Status {
    Phase phase = Phase::Parsing;
    Time since{};  ///< of the phase
    /// Why it did not parse, or what an element reported first.
    std::optional<Error> error;
    bool ended_by_itself = false;  ///< by EOS of its own
  };
  [[nodiscard]] Status status() const;
  /// From Parsed on.
  [[nodiscard]] std::vector<BranchTrack> tracks() const;
  [[nodiscard]] Ref<GstElement> pipeline() const;
  /// Elements that have not come to the state they were asked for.
  [[nodiscard]] std::string unready_elements() const;
  /// Who a `parleytrack` hands its packets to: it is at work while the track's reader is busy.
  [[nodiscard]] std::string taker_of(const std::string& element) const;

  /// Threads of branches in this process.
  [[nodiscard]] static unsigned running();

 private:
  BranchRun(std::string launch, BranchPolicy policy, GstClockTime base_time,
            std::function<void()> changed);

  void work();
  bool parse();
  void set_up();
  void run_until_stopped();
  void enter(Phase phase);
  void note(Error error);
  bool wait_for_play();
  void drain();
  static GstBusSyncReply on_message(GstBus*, GstMessage* message, gpointer self);
  void take(GstMessage* message);

  const std::string launch_;
  const BranchPolicy policy_;
  const GstClockTime base_time_;
  const std::function<void()> changed_;

  mutable std::mutex mutex_;  ///< guards what follows; a leaf
  std::condition_variable news_;
  Status status_;
  Ref<GstElement> pipeline_;
  std::vector<BranchTrack> tracks_;
  bool play_ = false;
  bool stop_ = false;
  Duration drain_{};
  bool eos_ = false;
  bool failed_ = false;
  bool latency_changed_ = false;
};

}  // namespace parley::pipelines
