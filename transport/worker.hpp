// A thread that runs tasks one after another, for what must not hold up a shard.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace parley::transport {

/// post() is thread-safe. The destructor runs what was posted, then ends the thread.
class Worker {
 public:
  explicit Worker(const char* name);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void post(std::function<void()> task);

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable condition_;
  std::vector<std::function<void()>> tasks_;
  bool stopping_ = false;
  std::thread thread_;  ///< last: it uses all of the above
};

}  // namespace parley::transport
