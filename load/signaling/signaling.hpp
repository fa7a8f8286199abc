// What every signaling protocol is to a simulated client. One file a protocol.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <libsoup/soup.h>

#include "load/signaling/endpoint.hpp"
#include "support/result.hpp"

namespace parley::load {

/// One peer connection's half of offer and answer. Main-bound.
class Peer {
 public:
  virtual ~Peer() = default;
  /// Answers an offer and lets the media follow; sends on the m-lines named by `mids`.
  virtual Result<std::string> answer(std::string_view offer,
                                     const std::vector<std::string>& mids) = 0;
  /// An offer of what the client sends; to receive both kinds, where it sends nothing.
  virtual std::string offer() = 0;
  virtual Status accept(std::string_view answer) = 0;
};

/// The client a protocol speaks for. Main-bound; must not end the protocol from within a call.
class SignalingHost {
 public:
  virtual ~SignalingHost() = default;
  /// A new peer connection, the host's; it lives as long as the membership. Error "socket_failed".
  virtual Result<Peer*> open_peer(bool sends) = 0;
  virtual void on_joined() = 0;
  /// The last that is told: refused, or ended by the server or the network.
  virtual void on_ended(const Error& error) = 0;
};

/// Who joins what.
struct Membership {
  std::string room;
  std::string name;
  std::string token;                  ///< empty for none
  bool audio = false, video = false;  ///< what it publishes
  bool receives = false;

  [[nodiscard]] bool publishes() const { return audio || video; }
};

/// What all clients of a run share.
struct SignalingContext {
  SoupSession* session;
  Endpoint endpoint;
  bool insecure = false;  ///< take any TLS certificate
};

/// Joins, and keeps the client in the room until leave() or its own end. Main-bound.
class Signaling {
 public:
  virtual ~Signaling() = default;
  /// Leaves in good order; nothing is told to the host afterwards.
  virtual void leave() = 0;
};

/// parley.v1 over WebSocket, see docs/signaling.md.
std::unique_ptr<Signaling> join_native(const SignalingContext& context,
                                       const Membership& membership, SignalingHost& host);

/// Janus' videoroom over WebSocket. A room is made by whoever comes first.
std::unique_ptr<Signaling> join_janus(const SignalingContext& context, const Membership& membership,
                                      SignalingHost& host);

/// WHIP (RFC 9725) where it publishes, else WHEP, at Parley's paths: /whip/{room}, /whep/{room}.
std::unique_ptr<Signaling> join_whip(const SignalingContext& context, const Membership& membership,
                                     SignalingHost& host);

}  // namespace parley::load
