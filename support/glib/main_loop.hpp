// The main thread: one GMainLoop, to which every other thread posts.
#pragma once

#include <chrono>
#include <functional>

#include <glib.h>

#include "support/glib/ref.hpp"

namespace parley {

/// Owner of the default GMainContext's loop. post() is thread-safe; the rest is main-bound.
class MainLoop {
 public:
  MainLoop();
  ~MainLoop();
  MainLoop(const MainLoop&) = delete;
  MainLoop& operator=(const MainLoop&) = delete;

  /// Runs until quit(). The calling thread becomes the main thread.
  void run();
  void quit();

  /// Queues `task` for the main thread, in order. It must carry values and ids, never a raw `this`
  /// of something that can be gone by then. Thread-safe.
  void post(std::function<void()> task);

  /// True on the thread that made the loop.
  [[nodiscard]] bool on_main_thread() const;

 private:
  Handle<GMainContext, g_main_context_unref> context_;
  Handle<GMainLoop, g_main_loop_unref> loop_;
  GThread* thread_;
};

/// A repeating or single timer on the main thread; ends with its holder. Main-bound.
class Timer {
 public:
  Timer() = default;
  static Timer every(std::chrono::milliseconds interval, std::function<void()> task);
  static Timer once(std::chrono::milliseconds delay, std::function<void()> task);
  Timer(Timer&& other) noexcept : source_(std::exchange(other.source_, nullptr)) {}
  Timer& operator=(Timer&& other) noexcept;
  ~Timer() { stop(); }
  void stop();
  [[nodiscard]] bool running() const;

 private:
  explicit Timer(GSource* source) : source_(source) {}
  GSource* source_ = nullptr;
};

}  // namespace parley
