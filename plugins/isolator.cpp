#include "plugins/isolator.hpp"

#include <utility>

namespace parley::plugins {

bool Isolator::push(Packet packet, bool boundary, Time now) {
  bool wanted = keyframe_wanted_.exchange(false, std::memory_order_relaxed);
  // Cannot be full but where the reader's thread was suspended in the midst of taking a packet.
  if (staged_.size() == kMaxStaged) staged_.clear();
  const std::size_t bytes = gst_buffer_get_size(packet.get());
  staged_.push_back({std::move(packet), bytes, boundary, now});
  std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock) return wanted;
  for (Staged& staged : staged_)
    wanted |= queue_.push(std::move(staged.packet), staged.bytes, staged.boundary, staged.at);
  staged_.clear();
  const bool wake = std::exchange(waiting_, false);
  lock.unlock();
  if (wake) came_.notify_one();
  return wanted;
}

std::optional<Isolator::Read> Isolator::read() {
  std::unique_lock lock(mutex_);
  busy_since_.reset();
  while (queue_.empty() && !flushing_) {
    waiting_ = true;
    came_.wait(lock);
  }
  if (flushing_) return std::nullopt;
  busy_since_ = now();
  auto entry = queue_.pop();
  return Read{std::move(entry->item), entry->after_gap};
}

void Isolator::set_flushing(bool flushing) {
  {
    const std::lock_guard lock(mutex_);
    flushing_ = flushing;
  }
  came_.notify_all();
}

IsolatorStats Isolator::stats() const {
  const std::lock_guard lock(mutex_);
  return {queue_.counters(), queue_.size(), queue_.bytes(), busy_since_};
}

}  // namespace parley::plugins
