#include "load/net/media_loop.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <future>
#include <string>
#include <utility>

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace parley::load {
namespace {

constexpr ConnectionId kTasks = 0;  ///< no connection's: the event that says there are tasks

void watch(int epoll, int fd, ConnectionId id) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = id;
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

}  // namespace

Result<std::unique_ptr<MediaLoop>> MediaLoop::start(unsigned index,
                                                    const Environment& environment) {
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  const int event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (epoll < 0 || event < 0)
    return Error{"thread_failed", std::string("cannot start a thread: ") + std::strerror(errno)};
  std::unique_ptr<MediaLoop> loop(new MediaLoop(epoll, event, environment));
  loop->thread_ = std::thread([&self = *loop] { self.run(); });
  pthread_setname_np(loop->thread_.native_handle(), ("load-" + std::to_string(index)).c_str());
  return loop;
}

MediaLoop::MediaLoop(int epoll, int event, const Environment& environment)
    : epoll_(epoll),
      event_(event),
      environment_(environment),
      context_{{environment_.window, totals_, environment_.media, environment_.make_source},
               environment_.network,
               environment_.identity,
               environment_.observer} {
  watch(epoll_, event_, kTasks);
}

MediaLoop::~MediaLoop() {
  post([](MediaLoop& self) { self.stopping_ = true; });
  if (thread_.joinable()) thread_.join();
  ::close(event_);
  ::close(epoll_);
}

void MediaLoop::post(Task task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(event_, &one, sizeof one);
}

Harvest MediaLoop::harvest() {
  std::promise<Harvest> harvest;
  post([&](MediaLoop& self) { harvest.set_value(self.collect()); });
  return harvest.get_future().get();
}

void MediaLoop::run() {
  std::array<epoll_event, 128> events;
  while (!stopping_) {
    const int count = epoll_wait(epoll_, events.data(), events.size(), wait_time());
    for (int i = 0; i < count; ++i) {
      const ConnectionId id = events[static_cast<std::size_t>(i)].data.u64;
      if (id == kTasks) continue;
      const auto entry = connections_.find(id);
      if (entry != connections_.end()) receive(entry->second);
      ring(now());  // sources keep their time, however much comes in
    }
    read_tasks();
    ring(now());
  }
}

int MediaLoop::wait_time() const {
  if (alarms_.empty()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(alarms_.top().at - now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1000));
}

void MediaLoop::read_tasks() {
  std::uint64_t ignored;
  if (read(event_, &ignored, sizeof ignored) < 0) return;
  std::vector<Task> tasks;
  {
    const std::lock_guard lock(mutex_);
    tasks.swap(tasks_);
  }
  for (const Task& task : tasks) task(*this);
}

void MediaLoop::receive(Entry& entry) {
  // At most a few batches, so that a flood to one socket keeps no other waiting.
  for (int round = 0; round < 4; ++round) {
    const auto datagrams = ring_.receive(entry.connection->socket());
    received_.add(datagrams.size());
    for (const Received& datagram : datagrams) entry.connection->on_datagram(datagram);
    if (datagrams.size() < ReceiveRing::kBatch) break;
  }
  arm(entry);
}

void MediaLoop::ring(Time now) {
  while (!alarms_.empty() && alarms_.top().at <= now) {
    const Alarm alarm = alarms_.top();
    alarms_.pop();
    const auto found = connections_.find(alarm.id);
    if (found == connections_.end() || found->second.armed != alarm.at) continue;
    found->second.armed = Time::max();
    found->second.connection->tick(now);
    arm(found->second);
  }
}

/// An alarm that an earlier one has overtaken stays in the queue and means nothing.
void MediaLoop::arm(Entry& entry) {
  const Time due = entry.connection->due();
  if (due >= entry.armed) return;
  entry.armed = due;
  alarms_.push({due, entry.connection->id()});
}

void MediaLoop::add(ConnectionId id, ClientSocket socket, const IceCredentials& local,
                    const Place& place) {
  watch(epoll_, socket.fd(), id);
  connections_[id].connection =
      std::make_unique<Connection>(id, std::move(socket), local, place, context_);
}

void MediaLoop::update(ConnectionId id, const Session& session) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  found->second.connection->update(session, now());
  arm(found->second);
}

void MediaLoop::close(ConnectionId id) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  Connection& connection = *found->second.connection;
  connection.close();
  if (connection.media().receives()) {
    Reception reception = connection.reception();
    reception.left = now();
    left_.push_back(std::move(reception));
  }
  connections_.erase(found);
}

Harvest MediaLoop::collect() {
  Harvest harvest;
  harvest.totals = totals_;
  harvest.receptions = left_;
  for (const auto& [id, entry] : connections_) {
    MediaEnd& media = entry.connection->media();
    media.append_sent(harvest.sent);
    if (media.receives()) harvest.receptions.push_back(entry.connection->reception());
  }
  return harvest;
}

}  // namespace parley::load
