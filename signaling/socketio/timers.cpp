#include "signaling/socketio/timers.hpp"

namespace parley::signaling::socketio {

Timers::Timer& Timers::Timer::operator=(Timer&& other) noexcept {
  stop();
  state_ = std::move(other.state_);
  key_ = other.key_;
  return *this;
}

void Timers::Timer::stop() {
  const auto state = std::exchange(state_, {}).lock();
  if (!state) return;
  const auto task = state->tasks.find(key_);
  if (task == state->tasks.end()) return;
  const bool first = task == state->tasks.begin();
  // What the task holds may stop timers too when it goes.
  const auto node = state->tasks.extract(task);
  if (first && state->changed) state->changed();
}

Timers::Timer Timers::at(Time when, std::function<void()> task) {
  const Key key{when, state_->next_id++};
  const auto place = state_->tasks.emplace(key, std::move(task)).first;
  if (place == state_->tasks.begin() && !running_ && state_->changed) state_->changed();
  return {state_, key};
}

Timers::Timer Timers::after(Duration delay, std::function<void()> task) {
  return at(now() + delay, std::move(task));
}

Time Timers::next() const {
  return state_->tasks.empty() ? Time::max() : state_->tasks.begin()->first.first;
}

void Timers::run() {
  const Time now = clock_();
  running_ = true;
  // Tasks that are set meanwhile wait for the next turn, even when they are due.
  const std::uint64_t end = state_->next_id;
  auto task = state_->tasks.begin();
  while (task != state_->tasks.end() && task->first.first <= now) {
    if (task->first.second >= end) {
      ++task;
      continue;
    }
    const auto due = state_->tasks.extract(task);
    due.mapped()();
    task = state_->tasks.begin();
  }
  running_ = false;
}

}  // namespace parley::signaling::socketio
