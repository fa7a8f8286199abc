#include "transport/shard_loop.hpp"

#include <algorithm>
#include <cassert>
#include <random>
#include <utility>

#include <poll.h>
#include <pthread.h>

namespace parley::transport {
namespace {

constexpr std::chrono::milliseconds kTick{10};
/// Batches taken from the socket before tasks and ticks have their turn again.
constexpr int kReceiveRounds = 8;

}  // namespace

ShardLoop::ShardLoop(unsigned index, UdpSocket socket, const Environment& environment)
    : index_(index),
      socket_(std::move(socket)),
      routes_(environment.hash_seed),
      context_{*this, environment.worker, environment.listener, counters_, environment.base_time} {
  handed_over_.reserve(Mailbox::kMaxDatagrams);
}

ShardLoop::~ShardLoop() {
  assert(!thread_.joinable() && "stop() comes first");
}

void ShardLoop::start(std::span<const std::unique_ptr<ShardLoop>> all) {
  all_ = all;
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), ("parley-rtc-" + std::to_string(index_)).c_str());
}

void ShardLoop::stop() {
  mailbox_.post([](ShardLoop& self) { self.stopping_ = true; });
  thread_.join();
}

// --- the loop
// ----------------------------------------------------------------------------------------

void ShardLoop::run() {
  std::array<pollfd, 2> wait{pollfd{socket_.fd(), POLLIN, 0}, pollfd{mailbox_.fd(), POLLIN, 0}};
  while (!stopping_) {
    poll(wait.data(), wait.size(), wait_time(now()));
    if (wait[1].revents != 0) read_mailbox();
    if (wait[0].revents != 0) receive();
    if (const Time at = now(); at >= next_tick_) tick(at);
    flush();
  }
  connections_.clear();
}

/// In milliseconds. Without connections there is nothing to tick.
int ShardLoop::wait_time(Time now) const {
  if (connections_.empty()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_tick_ - now).count();
  return static_cast<int>(std::max<std::int64_t>(left, 0));
}

void ShardLoop::read_mailbox() {
  mailbox_.take(tasks_, handed_over_);
  for (auto& task : tasks_) task(*this);
  tasks_.clear();
  const Time at = now();
  for (Datagram& datagram : handed_over_) handle(datagram, true, at);
  handed_over_.clear();
  flush();
}

void ShardLoop::receive() {
  std::array<ReceiveSlot, UdpSocket::kReceiveBatch> slots;
  for (int round = 0; round < kReceiveRounds; ++round) {
    for (std::size_t i = 0; i < slots.size(); ++i) {
      if (!received_[i].buffer) received_[i].buffer = pool_.get();
      slots[i].room = received_[i].buffer.bytes();
    }
    const std::size_t count = socket_.receive(slots);
    counters_.packets_in.add(count);
    const Time at = now();
    for (std::size_t i = 0; i < count; ++i) {
      received_[i].size = slots[i].size;
      received_[i].path = slots[i].path;
      handle(received_[i], false, at);
    }
    flush();
    if (count < slots.size()) return;
  }
}

void ShardLoop::tick(Time now) {
  next_tick_ = now + kTick;
  for (const auto& [id, connection] : connections_) {
    if (connection->tick(now)) withdraw(id);
  }
}

void ShardLoop::flush() {
  if (batch_.empty()) return;
  const auto sent = socket_.send(batch_.take());
  counters_.packets_out.add(sent.datagrams);
  counters_.send_errors.add(sent.failed);
}

Batch& ShardLoop::batch() {
  if (batch_.full()) flush();
  return batch_;
}

// --- datagrams
// ---------------------------------------------------------------------------------------

void ShardLoop::handle(Datagram& datagram, bool handed_over, Time now) {
  const Protocol protocol = classify(datagram.bytes());
  if (protocol == Protocol::Stun) return handle_check(datagram, handed_over, now);
  const Route* route = routes_.find(datagram.path.remote);
  if (route == nullptr) return counters_.dropped_unknown.add();
  if (route->connection == nullptr) return hand_over(*route, datagram, handed_over);
  route->connection->on_datagram(protocol, datagram, now);
}

/// Cheapest doubts first: FINGERPRINT, then whose name it bears, then whose address it comes from;
/// only then its authentication.
void ShardLoop::handle_check(Datagram& datagram, bool handed_over, Time now) {
  const auto message = stun::parse(datagram.bytes());
  if (!message || message->cls != stun::Class::Request || message->method != stun::kBinding ||
      !message->fingerprint)
    return counters_.dropped_unknown.add();
  const Route* route = routes_.find(IceLite::local_ufrag(message->username));
  if (route == nullptr) return counters_.dropped_unknown.add();
  if (route->connection == nullptr) return hand_over(*route, datagram, handed_over);
  // An address is one connection's until that forgets it. Else whoever may join could, with a
  // forged source address, draw another's packets to itself.
  const Route* holder = routes_.find(datagram.path.remote);
  if (holder != nullptr && holder->id != route->id) return counters_.dropped_auth.add();

  Connection& connection = *route->connection;
  const auto outcome = connection.on_check(datagram, *message, now);
  if (outcome.verdict == IceLite::Verdict::Refused) counters_.dropped_auth.add();
  if (!outcome.new_address) return;
  publish(connection, [address = datagram.path.remote, dropped = outcome.dropped](
                          RouteTable& routes, const Route& to) {
    if (dropped) routes.remove(*dropped, to.id);
    routes.add(address, to);
  });
}

void ShardLoop::hand_over(const Route& route, Datagram& datagram, bool handed_over) {
  // Once is enough: where it belongs may have changed on the way, but it must not go round.
  const bool passed_on = !handed_over && all_[route.shard]->mailbox_.hand_over(std::move(datagram));
  (passed_on ? counters_.handed_over : counters_.dropped_overload).add();
}

// --- connections
// -------------------------------------------------------------------------------------

template <typename Change>
void ShardLoop::publish(Connection& connection, Change change) {
  change(routes_, Route{connection.id(), index_, &connection});
  for (const auto& shard : all_) {
    if (shard.get() == this) continue;
    shard->mailbox_.post([route = Route{connection.id(), index_, nullptr},
                          change](ShardLoop& other) { change(other.routes_, route); });
  }
}

void ShardLoop::withdraw(ConnectionId id) {
  if (Connection* connection = find_connection(id))
    publish(*connection,
            [](RouteTable& routes, const Route& route) { routes.remove_all(route.id); });
}

Connection* ShardLoop::find_connection(ConnectionId id) {
  assert(std::this_thread::get_id() == thread_.get_id());
  const auto at = connections_.find(id);
  return at == connections_.end() ? nullptr : at->second.get();
}

void ShardLoop::open(ConnectionId id, std::shared_ptr<IceLink> link, std::string cname) {
  static thread_local std::random_device random;
  const std::uint32_t ssrc = random();
  if (connections_.empty()) next_tick_ = now() + kTick;
  connections_.emplace(
      id, std::make_unique<Connection>(id, context_, std::move(link), ssrc, std::move(cname)));
}

void ShardLoop::close(ConnectionId id) {
  withdraw(id);
  connections_.erase(id);
}

void ShardLoop::set_key(ConnectionId id, Direction direction, const SrtpKey& key) {
  if (Connection* connection = find_connection(id)) connection->set_key(direction, key, now());
}

void ShardLoop::set_credentials(ConnectionId id, const std::string& ufrag,
                                const std::string& password) {
  Connection* connection = find_connection(id);
  if (connection == nullptr) return;
  connection->ice().set_local(ufrag, password);
  publish(*connection,
          [ufrag](RouteTable& routes, const Route& route) { routes.add(ufrag, route); });
}

void ShardLoop::set_records(ConnectionId id, Ref<GstPad> records) {
  if (Connection* connection = find_connection(id)) connection->set_records(std::move(records));
}

forwarding::Peer* ShardLoop::find(ConnectionId id) {
  Connection* connection = find_connection(id);
  return connection != nullptr ? &connection->peer() : nullptr;
}

void ShardLoop::set_output(ConnectionId id, forwarding::TrackKey track, Ref<GstPad> pad) {
  if (Connection* connection = find_connection(id)) connection->set_output(track, std::move(pad));
}

void ShardLoop::set_consent_timeout(ConnectionId id, Duration timeout) {
  if (Connection* connection = find_connection(id))
    connection->ice().set_consent_timeout(timeout, now());
}

}  // namespace parley::transport
