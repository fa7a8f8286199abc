#include "transport/transport.hpp"

#include <algorithm>
#include <cassert>
#include <mutex>
#include <random>
#include <unordered_map>
#include <utility>

#include "transport/shard_loop.hpp"
#include "transport/webrtc_ice_agent.hpp"
#include "transport/webrtc_ice_link.hpp"
#include "transport/worker.hpp"

namespace parley::transport {
namespace {

constexpr unsigned kMaxShards = 64;

class TransportImpl final : public Transport {
 public:
  TransportImpl(std::vector<UdpSocket> sockets, std::vector<Candidate> candidates,
                GstClockTime base_time, Listener& listener)
      : port_(sockets.front().port()), candidates_(std::move(candidates)), worker_("parley-ice") {
    std::random_device random;
    const std::uint64_t seed = std::uint64_t{random()} << 32 | random();
    for (UdpSocket& socket : sockets) {
      const auto index = static_cast<unsigned>(shards_.size());
      shards_.push_back(std::make_unique<ShardLoop>(
          index, std::move(socket), ShardLoop::Environment{worker_, listener, base_time, seed}));
    }
    for (const auto& shard : shards_) shard->start(shards_);
  }

  ~TransportImpl() override {
    for (auto& [id, entry] : entries_) entry.link->close();
    for (const auto& shard : shards_) shard->stop();
  }

  std::uint16_t port() const override { return port_; }
  const std::vector<Candidate>& candidates() const override { return candidates_; }
  unsigned shard_count() const override { return static_cast<unsigned>(shards_.size()); }

  Counters counters() const override {
    Counters sum;
    for (const auto& shard : shards_) {
      const ShardCounters& own = shard->counters();
      sum.packets_in += own.packets_in.get();
      sum.packets_out += own.packets_out.get();
      sum.dropped_unknown += own.dropped_unknown.get();
      sum.dropped_auth += own.dropped_auth.get();
      sum.handed_over += own.handed_over.get();
      sum.dropped_overload += own.dropped_overload.get();
      sum.send_errors += own.send_errors.get();
      sum.outputs_lost += own.outputs_lost.get();
    }
    const std::lock_guard lock(mutex_);
    sum.connections = entries_.size();
    return sum;
  }

  ConnectionId connect(unsigned shard, std::string cname) override {
    assert(shard < shards_.size());
    ShardLoop& loop = *shards_[shard];
    std::vector<std::string> lines;
    for (const Candidate& candidate : candidates_) lines.push_back(to_sdp(candidate));
    const std::lock_guard lock(mutex_);
    const ConnectionId id = ++last_id_;
    auto link = std::make_shared<IceLink>(id, std::move(lines), loop.socket(), loop.mailbox());
    entries_.emplace(id, Entry{shard, link, new_ice_agent(link)});
    loop.mailbox().post([id, link = std::move(link), cname = std::move(cname)](ShardLoop& self) {
      self.open(id, link, cname);
    });
    return id;
  }

  Ref<GstWebRTCICE> ice_agent(ConnectionId id) override {
    const std::lock_guard lock(mutex_);
    const auto at = entries_.find(id);
    return at != entries_.end() ? at->second.agent : nullptr;
  }

  void set_key(ConnectionId id, Direction direction, const SrtpKey& key) override {
    const std::lock_guard lock(mutex_);
    const auto at = entries_.find(id);
    if (at == entries_.end()) return;
    shards_[at->second.shard]->mailbox().post(
        [id, direction, key](ShardLoop& self) { self.set_key(id, direction, key); });
  }

  void close(ConnectionId id) override {
    Entry entry;
    {
      const std::lock_guard lock(mutex_);
      const auto at = entries_.find(id);
      if (at == entries_.end()) return;
      entry = std::move(at->second);
      entries_.erase(at);
    }
    entry.link->close();
    shards_[entry.shard]->mailbox().post([id](ShardLoop& self) { self.close(id); });
  }

  void post(unsigned shard, std::function<void(Shard&)> task) override {
    assert(shard < shards_.size());
    shards_[shard]->mailbox().post([task = std::move(task)](ShardLoop& self) { task(self); });
  }

 private:
  struct Entry {
    unsigned shard = 0;
    std::shared_ptr<IceLink> link;
    Ref<GstWebRTCICE> agent;
  };

  const std::uint16_t port_;
  const std::vector<Candidate> candidates_;
  mutable std::mutex mutex_;  ///< guards what follows; a mailbox' lock may be taken within it
  ConnectionId last_id_ = 0;
  std::unordered_map<ConnectionId, Entry> entries_;
  Worker worker_;
  std::vector<std::unique_ptr<ShardLoop>> shards_;
};

}  // namespace

Result<std::unique_ptr<Transport>> Transport::open(const Options& options, GstClockTime base_time,
                                                   Listener& listener) {
  auto first = UdpSocket::bind(options.port);
  if (!first) return first.error();
  auto candidates = make_candidates(options.announce, first->has_ipv6(), first->port());
  if (!candidates) return candidates.error();
  std::vector<UdpSocket> sockets;
  sockets.push_back(std::move(first).value());
  while (sockets.size() < std::clamp(options.threads, 1u, kMaxShards)) {
    auto next = sockets.front().join();
    if (!next) return next.error();
    sockets.push_back(std::move(next).value());
  }
  return std::unique_ptr<Transport>(std::make_unique<TransportImpl>(
      std::move(sockets), std::move(candidates).value(), base_time, listener));
}

}  // namespace parley::transport
