// One simulated participant: its signaling and its peer connections.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "load/media/outbound_stream.hpp"
#include "load/net/media_loop.hpp"
#include "load/run/options.hpp"
#include "load/signaling/signaling.hpp"

namespace parley::load {

class ClientPeer;

/// What all clients share; outlives them. Main-bound.
struct ClientContext {
  const Options& options;
  SignalingContext signaling;
  std::vector<std::unique_ptr<MediaLoop>>& loops;
  std::shared_ptr<const DtlsIdentity> identity;
  std::optional<transport::Ip> server;  ///< where signaling goes
  ConnectionId last_connection = 0;
};

/// Main-bound.
class Client final : private SignalingHost {
 public:
  struct Role {
    Place place;
    std::string room;
    bool publishes = false;
    bool receives = false;
  };
  enum class State : std::uint8_t { New, Joining, Connected, Ended };

  Client(const Role& role, ClientContext& context);
  ~Client() override;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void join();
  /// Leaves in good order; it may join again later.
  void leave();

  // What its media threads told.
  void on_secure();
  void on_first_media(Time at);
  void on_lost(const Error& error);

  [[nodiscard]] const Role& role() const { return role_; }
  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool owns(ConnectionId id) const;
  [[nodiscard]] bool has_media() const { return first_media_.has_value(); }
  /// From the beginning of join() until the first media packet.
  [[nodiscard]] std::optional<Duration> join_time() const;
  /// When join() was called last.
  [[nodiscard]] Time joined_at() const { return joining_since_; }
  /// Why it ended, when not by leave().
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  Result<Peer*> open_peer(bool sends) override;
  void on_joined() override {}
  void on_ended(const Error& error) override;
  void fail(const Error& error);

  Role role_;
  ClientContext& context_;
  State state_ = State::New;
  std::optional<Error> error_;
  Time joining_since_{};
  std::optional<Time> first_media_;
  std::size_t secure_ = 0;
  std::vector<std::unique_ptr<ClientPeer>> peers_;
  std::unique_ptr<Signaling> signaling_;
  std::vector<std::unique_ptr<Signaling>> left_;  ///< saying goodbye
};

}  // namespace parley::load
