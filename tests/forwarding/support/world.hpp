// Publishers, the server's Peers, subscribers and the links between them, on one test clock.
#pragma once

#include <memory>
#include <vector>

#include "tests/forwarding/support/peers.hpp"
#include "tests/forwarding/support/sim_receiver.hpp"
#include "tests/forwarding/support/sim_sender.hpp"

namespace parley::forwarding::test {

/// One participant: what its browser sends and receives, and the Peer that stands for it.
class Participant {
 public:
  Participant(std::uint32_t ssrc, const LinkConditions& conditions, unsigned seed)
      : server(ssrc), up(conditions, seed), down(conditions, seed + 1), seed_(seed + 2) {}

  /// A new stream on m-line `mid`, bound to track `key`.
  SimSender& publish(std::string_view mid, TrackKey key, const SimSender::Options& options,
                     Time now);
  /// A slot, and the browser's end of it.
  SimReceiver& add_slot(std::string_view mid, media::Kind kind, std::uint32_t ssrc);
  SendStream& slot(std::string_view mid) { return *server.peer.find_send(mid); }

  /// One step of everything of this participant, at `now`.
  void run(Time now, bool tick);

  TestPeer server;
  Link up;
  Link down;
  std::vector<std::unique_ptr<SimSender>> senders;
  std::vector<std::unique_ptr<SimReceiver>> receivers;

 private:
  void take_at_server(Buffer bytes, Time now);
  void take_at_browser(const Buffer& bytes, Time now);

  unsigned seed_;
};

class World {
 public:
  explicit World(unsigned seed = 1) : seed_(seed) {}

  Participant& add(const LinkConditions& conditions = {}) {
    seed_ += 10;
    return *participants_.emplace_back(std::make_unique<Participant>(seed_, conditions, seed_));
  }
  [[nodiscard]] Time now() const { return now_; }
  /// Steps of a millisecond; `each` is called after every one.
  template <typename Each>
  void run(Duration duration, Each each) {
    for (const Time end = now_ + duration; now_ < end;) {
      now_ += std::chrono::milliseconds(1);
      const bool tick = now_.time_since_epoch() % std::chrono::milliseconds(10) == Duration{};
      for (const auto& participant : participants_) participant->run(now_, tick);
      each();
    }
  }
  void run(Duration duration) {
    run(duration, [] {});
  }

 private:
  unsigned seed_;
  Time now_ = kStart;
  std::vector<std::unique_ptr<Participant>> participants_;
};

/// Options of a sender such as a browser has for its microphone or its camera.
SimSender::Options microphone(std::uint32_t ssrc, const SimClock& clock = {});
SimSender::Options camera(std::uint32_t ssrc, const SimClock& clock = {});

}  // namespace parley::forwarding::test
