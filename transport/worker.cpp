#include "transport/worker.hpp"

#include <utility>

#include <pthread.h>

namespace parley::transport {

Worker::Worker(const char* name) : thread_([this] { run(); }) {
  pthread_setname_np(thread_.native_handle(), name);
}

Worker::~Worker() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  condition_.notify_one();
  thread_.join();
}

void Worker::post(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  condition_.notify_one();
}

void Worker::run() {
  std::vector<std::function<void()>> tasks;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      condition_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      tasks.swap(tasks_);
    }
    for (auto& task : tasks) task();
    tasks.clear();
  }
}

}  // namespace parley::transport
