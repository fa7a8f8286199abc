// Transport-wide feedback, well-formed or not, into an estimator that has sent something; and the
// numbers of a publisher's packets into the recorder whose messages must be read again.
#include <cstdlib>

#include "forwarding/congestion/arrival_recorder.hpp"
#include "forwarding/congestion/estimator.hpp"

using namespace parley::forwarding::congestion;

namespace {

void estimate(parley::forwarding::Bytes input) {
  constexpr Limits kLimits;
  SendHistory history;
  history.enable();
  Estimator estimator(history, kLimits);
  parley::Time now{std::chrono::seconds(1000)};
  // Messages one after another, each behind a byte that tells its size.
  while (!input.empty()) {
    for (int i = 0; i < 10; ++i, now += std::chrono::milliseconds(5)) history.on_sent(1000, now);
    (void)estimator.tick(1e9, true, now);
    estimator.end_tick(now);
    const std::size_t size = std::min<std::size_t>(input[0], input.size() - 1);
    estimator.on_feedback(input.subspan(1, size), std::chrono::milliseconds(50), now);
    if (!(estimator.rate() >= kLimits.min && estimator.rate() <= kLimits.max)) std::abort();
    input = input.subspan(1 + size);
  }
}

void record(parley::forwarding::Bytes input) {
  ArrivalRecorder recorder;
  parley::Time now{std::chrono::seconds(1000)};
  std::array<std::uint8_t, ArrivalRecorder::kMaxMessage> message;
  for (; input.size() >= 3; input = input.subspan(3)) {
    now += std::chrono::milliseconds(input[2]) * input[2];
    recorder.on_packet(parley::forwarding::read_u16(input, 0), 100, now);
    if (!recorder.due(now)) continue;
    for (std::size_t size = recorder.write(message); size > 0; size = recorder.write(message))
      if (!TransportFeedback::parse(parley::forwarding::Bytes(message).first(size))) std::abort();
    recorder.end(now);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  estimate({data, size});
  record({data, size});
  return 0;
}
