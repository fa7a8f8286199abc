#include "pipelines/reaper.hpp"

#include <utility>

namespace parley::pipelines {

Reaper& Reaper::instance() {
  // Ending a pipeline is mostly waiting for its threads, so that more of these than cores pay off
  // when a whole room ends.
  static Reaper reaper(4);
  return reaper;
}

Reaper::Reaper(unsigned threads) {
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

Reaper::~Reaper() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Reaper::run(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  changed_.notify_one();
}

void Reaper::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
    if (tasks_.empty()) return;
    std::function<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
    task = nullptr;  // what it holds is given up out of the lock
    lock.lock();
  }
}

}  // namespace parley::pipelines
