// What other threads leave for a shard: tasks, and datagrams that came in on another shard's
// socket.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "transport/address.hpp"
#include "transport/packet_buffer.hpp"

namespace parley::transport {

class ShardLoop;

/// A datagram with its memory.
struct Datagram {
  PacketBuffer buffer;
  std::size_t size = 0;
  Path path;

  [[nodiscard]] std::span<std::uint8_t> bytes() const { return buffer.bytes().first(size); }
};

/// Thread-safe, but for take(), which is for the shard. The lock is held for a push or a swap only,
/// and no other is taken within it.
class Mailbox {
 public:
  using Task = std::function<void(ShardLoop&)>;
  static constexpr std::size_t kMaxDatagrams = 1024;

  Mailbox();
  ~Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  void post(Task task);
  /// Takes the datagram over; false, and it is dropped, when the shard is too far behind.
  bool hand_over(Datagram&& datagram);

  /// Swaps what has come in for the (empty) vectors given.
  void take(std::vector<Task>& tasks, std::vector<Datagram>& datagrams);
  /// Readable while there is something to take.
  [[nodiscard]] int fd() const { return event_; }

 private:
  void wake(std::unique_lock<std::mutex>& lock);

  int event_;
  std::mutex mutex_;
  bool woken_ = false;
  std::vector<Task> tasks_;
  std::vector<Datagram> datagrams_;
};

}  // namespace parley::transport
