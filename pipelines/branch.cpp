#include "pipelines/branch.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace parley::pipelines {
namespace {

using Phase = BranchRun::Phase;

/// A pipeline that is busy with one packet for longer, while others wait, has stalled.
constexpr Duration kStall = std::chrono::seconds(2);
/// So long it may take to come up.
constexpr Duration kStart = std::chrono::seconds(5);
/// Beyond what EOS may take: going to NULL.
constexpr std::chrono::milliseconds kStopWithin = std::chrono::seconds(3);
/// Whoever ran so long had come up, and begins anew without a wait.
constexpr Duration kGoodRun = std::chrono::seconds(60);
constexpr std::chrono::milliseconds kFirstWait{1000}, kLongestWait{30000};

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

std::string_view to_string(BranchState state) {
  switch (state) {
    case BranchState::Starting:
      return "starting";
    case BranchState::Running:
      return "running";
    case BranchState::Stalled:
      return "stalled";
    case BranchState::Failed:
      return "failed";
    case BranchState::Ending:
      return "ending";
    case BranchState::Ended:
      return "ended";
  }
  return "";
}

Branch::Branch(Options options, transport::Transport& transport, MainLoop& main_loop)
    : options_(std::move(options)),
      transport_(transport),
      main_loop_(main_loop),
      self_(std::make_shared<Branch*>(this)) {}

Branch::~Branch() {
  if (run_) run_->stop(Duration::zero());
  release_feeds();
}

// --- runs ---

void Branch::start(std::function<void(const Status&)> parsed) {
  parsed_ = std::move(parsed);
  begin();
}

void Branch::begin() {
  playing_ = false;
  state_ = BranchState::Starting;
  auto changed = [loop = &main_loop_, weak = std::weak_ptr(self_), number = restarts_] {
    loop->post([weak, number] {
      const auto self = weak.lock();
      if (self && (*self)->restarts_ == number) (*self)->on_change((*self)->run_.get());
    });
  };
  run_ = BranchRun::start(options_.launch, options_.policy, options_.base_time, std::move(changed));
}

void Branch::on_change(const BranchRun* run) {
  if (run == nullptr) return;
  const BranchRun::Status status = run->status();
  if (status.phase != Phase::Parsing && !playing_ && feeds_.empty() && status.phase < Phase::Ending)
    on_parsed();
  if (run_ == nullptr) return;
  if (status.phase == Phase::Playing && state_ == BranchState::Starting)
    state_ = BranchState::Running;
  if (status.phase == Phase::Ended) on_ended(status);
}

void Branch::on_parsed() {
  if (std::exchange(playing_, true)) return;
  began_ = now();
  for (const BranchTrack& track : run_->tracks())
    feeds_.push_back({track,
                      std::make_shared<BranchFeed>(track.isolator, track.wish.kind, track.ssrc,
                                                   options_.base_time),
                      {}});
  if (const auto parsed = std::exchange(parsed_, nullptr)) parsed(Nothing{});
  if (!stopping_) run_->play();
}

void Branch::on_ended(const BranchRun::Status& status) {
  release_feeds();
  const bool ran_well = playing_ && now() - began_ > kGoodRun;
  run_ = nullptr;
  if (status.error) error_ = status.error->message;
  const auto parsed = std::exchange(parsed_, nullptr);
  if (stopping_) finish_stop();
  if (parsed) {
    const Error early{"branch_failed", "The branch was ended before it began."};
    return parsed(status.error.value_or(early));
  }
  if (stopping_) return;
  state_ = status.error ? BranchState::Failed : BranchState::Ended;
  if (status.error) spdlog::warn("branch: {}", error_);
  if (!options_.restart) return;
  failures_ = ran_well ? 0 : failures_ + 1;
  const auto wait = std::min(kLongestWait, kFirstWait * (1U << std::min(failures_, 5U)) / 2);
  restart_timer_ = Timer::once(wait, [this] {
    ++restarts_;
    begin();
  });
}

// --- feeds ---

void Branch::update(const TrackResolver& resolve, bool again) {
  for (Feed& feed : feeds_) {
    const Published from = resolve(feed.track.wish).value_or(Published{});
    const bool same = from.publisher == feed.from.publisher && from.key == feed.from.key;
    if (same && !(again && from.key != 0)) continue;
    feed.from = from;
    if (from.key == 0)
      feed_nothing(transport_, options_.shard, feed.feed);
    else
      feed_from(transport_, options_.shard, feed.feed, from, feed.track.wish.layer);
  }
}

void Branch::release_feeds() {
  for (Feed& feed : std::exchange(feeds_, {})) {
    feed_nothing(transport_, options_.shard, feed.feed);
    release(transport_, options_.shard, std::move(feed.feed));
  }
}

std::vector<plugins::TrackWish> Branch::wishes() const {
  std::vector<plugins::TrackWish> wishes;
  for (const Feed& feed : feeds_) wishes.push_back(feed.track.wish);
  return wishes;
}

std::vector<BranchTrackState> Branch::tracks() const {
  std::vector<BranchTrackState> states;
  for (const Feed& feed : feeds_) {
    const plugins::IsolatorStats stats = feed.track.isolator->stats();
    states.push_back(
        {feed.track.wish, feed.track.element, feed.from.key != 0, stats.packets, stats.queued});
  }
  return states;
}

Ref<GstElement> Branch::pipeline() const {
  return run_ ? run_->pipeline() : nullptr;
}

// --- watching ---

void Branch::tick(Time now) {
  if (run_ == nullptr || stopping_ || !playing_) return;
  watch(now);
}

void Branch::watch(Time now) {
  const BranchRun::Status status = run_->status();
  if (status.phase != Phase::Starting && status.phase != Phase::Playing) return;
  const auto fault = stall(status, now);
  if (fault) {
    state_ = BranchState::Stalled;
    error_ = *fault;
  } else if (state_ == BranchState::Stalled) {
    state_ = status.phase == Phase::Playing ? BranchState::Running : BranchState::Starting;
    error_.clear();
  }
}

std::optional<std::string> Branch::stall(const BranchRun::Status& status, Time now) const {
  bool fed = true;
  for (const Feed& feed : feeds_) {
    const plugins::IsolatorStats stats = feed.track.isolator->stats();
    fed &= stats.packets.in > 0;
    if (stats.queued == 0 || !stats.busy_since || now - *stats.busy_since < kStall) continue;
    return fmt::format("{} has kept a packet of {} for {:.1f} s",
                       run_->taker_of(feed.track.element), feed.track.element,
                       seconds(now - *stats.busy_since));
  }
  // Sinks wait for their first packet, and who sends nothing yet is no fault of theirs.
  if (status.phase != Phase::Starting || !fed || now - status.since < kStart) return std::nullopt;
  return fmt::format("it has not come up for {:.0f} s; it waits for {}",
                     seconds(now - status.since), run_->unready_elements());
}

// --- the end ---

void Branch::stop(std::function<void()> stopped) {
  if (finished_) return stopped ? main_loop_.post(std::move(stopped)) : void();
  if (stopped) stopped_.push_back(std::move(stopped));
  if (std::exchange(stopping_, true)) return;
  restart_timer_.stop();
  if (run_ == nullptr) {
    stop_timer_ = Timer::once(std::chrono::milliseconds(0), [this] { finish_stop(); });
    return;
  }
  // A stalled one would not let EOS through.
  run_->stop(state_ == BranchState::Running ? kDrain : Duration::zero());
  state_ = BranchState::Ending;
  stop_timer_ = Timer::once(kStopWithin, [this] {
    spdlog::error("a branch does not end; its thread is given up");
    release_feeds();
    run_ = nullptr;
    finish_stop();
  });
}

void Branch::finish_stop() {
  stop_timer_.stop();
  finished_ = true;
  state_ = BranchState::Ended;
  // The last of them may be what destroys this.
  for (const auto& stopped : std::exchange(stopped_, {})) stopped();
}

}  // namespace parley::pipelines
