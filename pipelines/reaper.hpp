// Threads for what may block and nobody waits for: pipelines and elements going to NULL.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace parley::pipelines {

/// Thread-safe. Tasks begin in the order given; several run at a time.
class Reaper {
 public:
  /// The process's own; its threads start with the first use and are joined at exit.
  static Reaper& instance();

  explicit Reaper(unsigned threads);
  /// Ends what is queued, then joins.
  ~Reaper();
  Reaper(const Reaper&) = delete;
  Reaper& operator=(const Reaper&) = delete;

  void run(std::function<void()> task);

 private:
  void work();

  std::mutex
      mutex_;  ///< guards what follows; a leaf: no task runs and no other lock is taken in it
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace parley::pipelines
