// A media thread: one epoll over the sockets of its connections, one queue of what is due.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <queue>
#include <thread>
#include <unordered_map>
#include <vector>

#include "load/net/connection.hpp"
#include "support/result.hpp"
#include "transport/counter.hpp"

namespace parley::load {

/// What a thread counted while measuring.
struct Harvest {
  Totals totals;
  std::vector<SentStream> sent;
  std::vector<Reception> receptions;  ///< of clients that left, too
};

/// Bound to its own thread, but for what says thread-safe.
class MediaLoop {
 public:
  struct Environment {
    const Window& window;
    const MediaBehaviour& media;
    const NetworkBehaviour& network;
    const SourceFactory& make_source;
    std::shared_ptr<const DtlsIdentity> identity;
    ConnectionObserver& observer;
  };
  using Task = std::function<void(MediaLoop&)>;

  /// Error "thread_failed".
  static Result<std::unique_ptr<MediaLoop>> start(unsigned index, const Environment& environment);
  /// Ends the thread and what is on it.
  ~MediaLoop();
  MediaLoop(const MediaLoop&) = delete;
  MediaLoop& operator=(const MediaLoop&) = delete;

  // --- thread-safe ------------------------------------------------------------------------------
  void post(Task task);
  /// Datagrams received since the start.
  [[nodiscard]] std::uint64_t received() const { return received_.get(); }
  /// Waits for the thread to answer.
  [[nodiscard]] Harvest harvest();

  // --- tasks ------------------------------------------------------------------------------------
  void add(ConnectionId id, ClientSocket socket, const IceCredentials& local, const Place& place);
  void update(ConnectionId id, const Session& session);
  void close(ConnectionId id);

 private:
  struct Alarm {
    Time at{};
    ConnectionId id = 0;
    bool operator>(const Alarm& other) const { return at > other.at; }
  };
  struct Entry {
    std::unique_ptr<Connection> connection;
    Time armed = Time::max();  ///< of its earliest alarm
  };

  MediaLoop(int epoll, int event, const Environment& environment);
  void run();
  void read_tasks();
  void receive(Entry& entry);
  void ring(Time now);
  void arm(Entry& entry);
  [[nodiscard]] int wait_time() const;
  [[nodiscard]] Harvest collect();

  int epoll_, event_;
  Environment environment_;
  Totals totals_;
  ConnectionContext context_;
  ReceiveRing ring_;
  std::unordered_map<ConnectionId, Entry> connections_;
  std::priority_queue<Alarm, std::vector<Alarm>, std::greater<>> alarms_;
  std::vector<Reception> left_;
  transport::Counter received_;
  std::mutex mutex_;  ///< a leaf: guards tasks_
  std::vector<Task> tasks_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace parley::load
