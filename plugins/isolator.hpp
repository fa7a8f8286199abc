// Between a track and a branch: one thread puts RTP packets in and never waits, another takes them
// out and may take as long as it likes.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include <gst/gst.h>

#include "plugins/leaky_queue.hpp"
#include "support/time.hpp"

namespace parley::plugins {

/// Owns a reference to a GstBuffer.
struct BufferUnref {
  void operator()(GstBuffer* buffer) const { gst_buffer_unref(buffer); }
};
using Packet = std::unique_ptr<GstBuffer, BufferUnref>;

struct IsolatorStats {
  QueueCounters packets;
  std::size_t queued = 0;
  std::size_t bytes = 0;
  /// Since when the reader has been busy with what it took last; none while it waits for more.
  std::optional<Time> busy_since;
};

/// push() is for one thread, read() and its like for another; the rest is thread-safe. The two meet
/// in a lock that is held for a few instructions; the pushing thread does not wait even for that,
/// what it cannot put in at once goes with the next packet.
class Isolator {
 public:
  static constexpr QueueLimits kLimits{4 * 1024 * 1024, std::chrono::seconds(2)};

  explicit Isolator(QueueLimits limits = kLimits) : queue_(limits) { staged_.reserve(kMaxStaged); }
  Isolator(const Isolator&) = delete;
  Isolator& operator=(const Isolator&) = delete;

  /// Never blocks. `boundary`: a decoder can begin here. True when the publisher should be asked
  /// for a keyframe: packets were dropped, or the reader wants one.
  [[nodiscard]] bool push(Packet packet, bool boundary, Time now);

  struct Read {
    Packet packet;
    bool after_gap = false;
  };
  /// Waits for a packet; nothing when set_flushing(true) came.
  [[nodiscard]] std::optional<Read> read();
  /// Wakes the reader and keeps it from waiting, until it is unset.
  void set_flushing(bool flushing);
  /// The reader's side lost something, or begins.
  void request_keyframe() { keyframe_wanted_.store(true, std::memory_order_relaxed); }

  [[nodiscard]] IsolatorStats stats() const;

 private:
  struct Staged {
    Packet packet;
    std::size_t bytes = 0;
    bool boundary = false;
    Time at{};
  };
  static constexpr std::size_t kMaxStaged = 256;

  std::vector<Staged> staged_;  ///< the pushing thread's
  std::atomic<bool> keyframe_wanted_{false};

  mutable std::mutex mutex_;  ///< guards what follows; a leaf
  std::condition_variable came_;
  LeakyQueue<Packet> queue_;
  std::optional<Time> busy_since_;
  bool waiting_ = false;
  bool flushing_ = false;
};

}  // namespace parley::plugins
