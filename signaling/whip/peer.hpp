// One WHIP or WHEP session: a participant that negotiates once, by an offer of its own.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "signaling/backend.hpp"
#include "signaling/whip/offer.hpp"
#include "signaling/whip/roster.hpp"

namespace parley::signaling::whip {

/// Main-bound. From start() until `ended`, which comes exactly once, from the main loop.
class Peer final : public Client, public std::enable_shared_from_this<Peer> {
 public:
  struct Hooks {
    /// The answer to the offer, or why there is none; exactly once, unless remove() comes first.
    std::function<void(const Result<std::string>& sdp)> answered;
    std::function<void()> ended;
    /// Runs a task in a later turn of the main loop.
    std::function<void(std::function<void()>)> later;
  };
  /// `wanted`: whom a player wants, see Roster.
  Peer(Role role, Backend& backend, std::string wanted, Hooks hooks);
  ~Peer() override;

  void start(const RoomId& room, const std::string& name, const std::string& token,
             const std::string& sdp);
  /// The client is done, or the server is.
  void remove();

  // --- Client
  void answer(RequestId request, const Result<rooms::Reply>& reply) override;
  void event(const rooms::Event& event) override;
  void offer(const Description&) override {}  // it negotiates no more, and was joined so
  void description_answer(RequestId request, const Description& answer) override;
  void slots(const std::vector<SlotMapping>&) override {}
  void close(std::string_view reason) override;

 private:
  void report(const Result<std::string>& sdp);
  void end();
  void choose_later();
  void choose();
  void subscribe(const std::optional<Programme>& programme, bool wanted);

  Role role_;
  Backend& backend_;
  Roster roster_;
  Hooks hooks_;
  ClientId client_ = 0;
  bool joined_ = false, negotiated_ = false, choosing_ = false, ending_ = false;
  std::optional<Programme> shown_;
};

}  // namespace parley::signaling::whip
