// Timers on a clock that is given: fake in tests, a main loop's in a server. Not thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "support/time.hpp"

namespace parley::signaling::socketio {

/// Any number of timers that cost whoever drives them one: it calls run() at next(). A timer that
/// is set or stopped costs the logarithm of how many there are.
class Timers {
  using Key = std::pair<Time, std::uint64_t>;
  struct State {
    std::map<Key, std::function<void()>> tasks;
    std::uint64_t next_id = 0;
    std::function<void()> changed;
  };

 public:
  using Clock = std::function<Time()>;

  /// One pending task; stops when destroyed. May outlive its Timers.
  class Timer {
   public:
    Timer() = default;
    Timer(Timer&& other) noexcept = default;
    Timer& operator=(Timer&& other) noexcept;
    ~Timer() { stop(); }
    void stop();

   private:
    friend class Timers;
    Timer(std::weak_ptr<State> state, Key key) : state_(std::move(state)), key_(key) {}
    std::weak_ptr<State> state_;
    Key key_;
  };

  explicit Timers(Clock clock) : clock_(std::move(clock)) {}

  [[nodiscard]] Time now() const { return clock_(); }
  [[nodiscard]] Timer at(Time when, std::function<void()> task);
  [[nodiscard]] Timer after(Duration delay, std::function<void()> task);

  /// When the earliest task is due; max() without any.
  [[nodiscard]] Time next() const;
  /// Carries out what is due, each task once. Tasks may set and stop timers.
  void run();
  /// Called whenever next() has become another, but for what happens within run().
  void on_change(std::function<void()> changed) { state_->changed = std::move(changed); }

 private:
  Clock clock_;
  std::shared_ptr<State> state_ = std::make_shared<State>();
  bool running_ = false;
};

}  // namespace parley::signaling::socketio
