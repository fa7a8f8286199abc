#include "pipelines/branch_run.hpp"

#include <atomic>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <pthread.h>

namespace parley::pipelines {
namespace {

std::atomic<unsigned> running_threads{0};

/// Our own, so that a pipeline of many speakers has no two alike.
std::uint32_t random_ssrc() {
  return g_random_int() | 1U;
}

Error element_error(GstMessage* message) {
  GError* error = nullptr;
  gst_message_parse_error(message, &error, nullptr);
  Error told{"branch_failed", fmt::format("{}: {}", GST_MESSAGE_SRC_NAME(message), error->message)};
  g_error_free(error);
  return told;
}

}  // namespace

std::shared_ptr<BranchRun> BranchRun::start(std::string launch, BranchPolicy policy,
                                            GstClockTime base_time, std::function<void()> changed) {
  std::shared_ptr<BranchRun> run(
      new BranchRun(std::move(launch), std::move(policy), base_time, std::move(changed)));
  ++running_threads;
  std::thread thread([run]() mutable {
    pthread_setname_np(pthread_self(), "parley-branch");
    run->work();
    run.reset();
    --running_threads;
  });
  thread.detach();
  return run;
}

BranchRun::BranchRun(std::string launch, BranchPolicy policy, GstClockTime base_time,
                     std::function<void()> changed)
    : launch_(std::move(launch)),
      policy_(std::move(policy)),
      base_time_(base_time),
      changed_(std::move(changed)) {
  status_.since = now();
}

unsigned BranchRun::running() {
  return running_threads;
}

// --- what others ask ---

void BranchRun::play() {
  const std::lock_guard lock(mutex_);
  play_ = true;
  news_.notify_all();
}

void BranchRun::stop(Duration drain) {
  const std::lock_guard lock(mutex_);
  stop_ = true;
  drain_ = drain;
  news_.notify_all();
}

BranchRun::Status BranchRun::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

std::vector<BranchTrack> BranchRun::tracks() const {
  const std::lock_guard lock(mutex_);
  return tracks_;
}

Ref<GstElement> BranchRun::pipeline() const {
  const std::lock_guard lock(mutex_);
  return pipeline_;
}

std::string BranchRun::unready_elements() const {
  const auto pipeline = this->pipeline();
  std::string names;
  if (!pipeline) return names;
  for (const auto& element : elements_of(pipeline.get())) {
    const bool changing = GST_STATE_PENDING(element.get()) != GST_STATE_VOID_PENDING;
    if (!changing || GST_IS_BIN(element.get())) continue;
    names += (names.empty() ? "" : ", ") + std::string(GST_ELEMENT_NAME(element.get()));
  }
  return names;
}

std::string BranchRun::taker_of(const std::string& element) const {
  const auto pipeline = this->pipeline();
  if (!pipeline) return "";
  const auto source =
      Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), element.c_str()));
  if (!source) return "";
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(source.get(), "src"));
  const auto peer = Ref<GstPad>::adopt(gst_pad_get_peer(pad.get()));
  const auto taker =
      Ref<GstElement>::adopt(peer ? gst_pad_get_parent_element(peer.get()) : nullptr);
  return taker ? GST_ELEMENT_NAME(taker.get()) : "";
}

// --- the thread ---

void BranchRun::enter(Phase phase) {
  {
    const std::lock_guard lock(mutex_);
    status_.phase = phase;
    status_.since = now();
  }
  changed_();
}

void BranchRun::note(Error error) {
  const std::lock_guard lock(mutex_);
  if (!status_.error) status_.error = std::move(error);
}

void BranchRun::work() {
  if (parse()) {
    set_up();
    enter(Phase::Parsed);
    if (wait_for_play()) run_until_stopped();
    enter(Phase::Ending);
    gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
    std::unique_lock lock(mutex_);
    const Ref<GstElement> last = std::exchange(pipeline_, nullptr);
    lock.unlock();  // before the last reference goes, and with it all elements
  }
  enter(Phase::Ended);
}

bool BranchRun::parse() {
  auto parsed = parse_branch(launch_, policy_);
  if (!parsed) {
    note(parsed.error());
    return false;
  }
  std::vector<BranchTrack> tracks;
  for (const auto& element : parsed->tracks) {
    BranchTrack& track = tracks.emplace_back();
    track.wish = plugins::track_wish(element.get());
    track.element = GST_ELEMENT_NAME(element.get());
    track.ssrc = random_ssrc();
    track.isolator = std::make_shared<plugins::Isolator>();
    plugins::set_isolator(element.get(), track.isolator, track.ssrc);
  }
  const std::lock_guard lock(mutex_);
  pipeline_ = std::move(parsed->pipeline);
  tracks_ = std::move(tracks);
  return true;
}

void BranchRun::set_up() {
  const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
  gst_bus_set_sync_handler(
      bus.get(), on_message, new std::shared_ptr<BranchRun>(shared_from_this()),
      [](gpointer data) { delete static_cast<std::shared_ptr<BranchRun>*>(data); });
  const auto clock = Ref<GstClock>::adopt(gst_system_clock_obtain());
  gst_pipeline_use_clock(GST_PIPELINE(pipeline_.get()), clock.get());
  // Sources that are not live begin at zero, and would hurry to catch up with the process.
  if (tracks_.empty()) return;
  gst_element_set_start_time(pipeline_.get(), GST_CLOCK_TIME_NONE);
  gst_element_set_base_time(pipeline_.get(), base_time_);
}

bool BranchRun::wait_for_play() {
  std::unique_lock lock(mutex_);
  news_.wait(lock, [this] { return play_ || stop_; });
  return !stop_;
}

void BranchRun::run_until_stopped() {
  enter(Phase::Starting);
  if (gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    note({"branch_failed", "an element refuses to start"});
    return;
  }
  bool playing = false;
  std::unique_lock lock(mutex_);
  while (!stop_ && !eos_ && !failed_) {
    const bool latency = std::exchange(latency_changed_, false);
    lock.unlock();
    if (latency) gst_bin_recalculate_latency(GST_BIN(pipeline_.get()));
    if (!playing && GST_STATE(pipeline_.get()) == GST_STATE_PLAYING) {
      playing = true;
      enter(Phase::Playing);
    }
    lock.lock();
    news_.wait_for(lock, std::chrono::milliseconds(playing ? 1000 : 50),
                   [this] { return stop_ || eos_ || failed_ || latency_changed_; });
  }
  status_.ended_by_itself = eos_ && !stop_;
  const bool drains = stop_ && !eos_ && !failed_ && drain_ > Duration::zero();
  lock.unlock();
  if (drains) drain();
}

void BranchRun::drain() {
  enter(Phase::Ending);
  gst_element_send_event(pipeline_.get(), gst_event_new_eos());
  std::unique_lock lock(mutex_);
  news_.wait_for(lock, drain_, [this] { return eos_ || failed_; });
}

// --- the bus ---

/// On whatever thread posts: takes what matters, keeps nothing on the bus, so that no flood of
/// messages fills it.
GstBusSyncReply BranchRun::on_message(GstBus*, GstMessage* message, gpointer self) {
  (*static_cast<std::shared_ptr<BranchRun>*>(self))->take(message);
  gst_message_unref(message);
  return GST_BUS_DROP;
}

void BranchRun::take(GstMessage* message) {
  switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_ERROR: {
      note(element_error(message));
      const std::lock_guard lock(mutex_);
      failed_ = true;
      break;
    }
    case GST_MESSAGE_EOS: {
      const std::lock_guard lock(mutex_);
      eos_ = true;
      break;
    }
    case GST_MESSAGE_LATENCY: {
      const std::lock_guard lock(mutex_);
      latency_changed_ = true;
      break;
    }
    default:
      return;
  }
  news_.notify_all();
}

}  // namespace parley::pipelines
