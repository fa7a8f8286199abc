// A shard: one thread, one socket, and the connections that live on it.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "transport/connection.hpp"
#include "transport/counter.hpp"
#include "transport/mailbox.hpp"
#include "transport/packet_buffer.hpp"
#include "transport/route_table.hpp"
#include "transport/transport.hpp"
#include "transport/udp_socket.hpp"

namespace parley::transport {

/// The kernel spreads datagrams over all shards' sockets as it likes; one that belongs to another
/// shard is handed over to that. Each shard knows all routes, told by their owners through
/// mailboxes, so packets meet no lock but that of a hand-over.
///
/// Bound to its own thread, but for what says thread-safe.
class ShardLoop final : public Shard, private Outbox {
 public:
  struct Environment {
    Worker& worker;
    Listener& listener;
    GstClockTime base_time;
    std::uint64_t hash_seed;
  };

  ShardLoop(unsigned index, UdpSocket socket, const Environment& environment);
  ~ShardLoop() override;

  /// `all` has every shard at its index, this one too, until after stop(). Not thread-safe.
  void start(std::span<const std::unique_ptr<ShardLoop>> all);
  /// Ends the thread and with it the connections. Not thread-safe.
  void stop();

  // --- thread-safe ------------------------------------------------------------------------------
  [[nodiscard]] Mailbox& mailbox() { return mailbox_; }
  [[nodiscard]] const UdpSocket& socket() const { return socket_; }
  [[nodiscard]] const ShardCounters& counters() const { return counters_; }

  // --- tasks that Transport and IceLink post ----------------------------------------------------
  void open(ConnectionId id, std::shared_ptr<IceLink> link, std::string cname);
  void close(ConnectionId id);
  void set_key(ConnectionId id, Direction direction, const SrtpKey& key);
  void set_credentials(ConnectionId id, const std::string& ufrag, const std::string& password);
  void set_records(ConnectionId id, Ref<GstPad> records);

  // --- Shard ------------------------------------------------------------------------------------
  [[nodiscard]] forwarding::Peer* find(ConnectionId id) override;
  void set_output(ConnectionId id, forwarding::TrackKey track, Ref<GstPad> pad) override;
  void set_consent_timeout(ConnectionId id, Duration timeout) override;

 private:
  void run();
  [[nodiscard]] int wait_time(Time now) const;
  void read_mailbox();
  void receive();
  void tick(Time now);
  void flush();
  Batch& batch() override;

  void handle(Datagram& datagram, bool handed_over, Time now);
  void handle_check(Datagram& datagram, bool handed_over, Time now);
  void hand_over(const Route& route, Datagram& datagram, bool handed_over);
  [[nodiscard]] Connection* find_connection(ConnectionId id);
  /// Runs `change` on every shard's routes, with our own connection as the others see it.
  template <typename Change>
  void publish(Connection& connection, Change change);
  void withdraw(ConnectionId id);

  const unsigned index_;
  UdpSocket socket_;
  Mailbox mailbox_;
  ShardCounters counters_;
  Batch batch_;
  PacketPool pool_;
  RouteTable routes_;
  ConnectionContext context_;
  std::span<const std::unique_ptr<ShardLoop>> all_;
  std::unordered_map<ConnectionId, std::unique_ptr<Connection>> connections_;
  std::array<Datagram, UdpSocket::kReceiveBatch> received_;
  std::vector<Mailbox::Task> tasks_;
  std::vector<Datagram> handed_over_;
  Time next_tick_{};
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace parley::transport
