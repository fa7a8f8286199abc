// A sender with an Estimator, a receiver that gives it feedback, and the link between them.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <random>
#include <vector>

#include "forwarding/congestion/arrival_recorder.hpp"
#include "forwarding/congestion/estimator.hpp"
#include "tests/forwarding/support/bottleneck.hpp"

namespace parley::forwarding::test {

class CongestionFlow {
 public:
  struct Options {
    /// Rates the media can have, cheapest first; the dearest that fits is sent. Empty: any rate up
    /// to `most`.
    std::vector<double> layers;
    double most = 8e6;
    congestion::Limits limits;
    Duration back = std::chrono::milliseconds(25);  ///< the way of the feedback
    double feedback_loss = 0;
  };
  struct Packet {
    Time sent{};
    Time arrived{};
    Duration queued{};
    std::size_t bytes = 0;
    bool padding = false;
  };

  CongestionFlow(Bottleneck& link, Options options, unsigned seed, Time start);

  /// A millisecond.
  void run(Time now);
  void set_silent(bool silent) { silent_ = silent; }

  [[nodiscard]] const congestion::Estimator& estimator() const { return estimator_; }
  [[nodiscard]] const std::vector<Packet>& arrived() const { return arrived_; }
  /// What is sent of the media, bits per second.
  [[nodiscard]] double media_rate() const { return media_rate_; }

 private:
  void send(std::size_t bytes, bool padding, Time now);
  void choose_rate();
  void send_media(Time now);
  void receive(Time now);

  Bottleneck& link_;
  Options options_;
  std::mt19937 random_;
  congestion::SendHistory history_;
  congestion::Estimator estimator_;
  congestion::ArrivalRecorder recorder_;
  struct OnTheWay {
    std::uint16_t number = 0;
    Packet packet;
  };
  struct Told {
    Time at{};
    std::vector<std::uint8_t> fci;
  };
  std::deque<OnTheWay> forth_;
  std::deque<Told> back_;
  std::deque<std::pair<Time, std::size_t>> paced_;
  std::vector<Packet> arrived_;
  double media_rate_ = 0;
  bool silent_ = false;
  Time next_frame_;
  Time next_sound_;
  Time next_tick_;
};

}  // namespace parley::forwarding::test
