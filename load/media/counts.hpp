// What the media threads count, handed to the main thread when measuring is over. Plain values.
#pragma once

#include <cstdint>
#include <vector>

#include "load/media/histogram.hpp"
#include "load/media/mark.hpp"
#include "support/time.hpp"

namespace parley::load {

/// A published stream: its packets sent while measuring.
struct SentStream {
  StreamId stream = 0;
  std::size_t room = 0;
  bool layer = false;       ///< one of several simulcast layers: who gets it is the server's choice
  std::uint32_t first = 0;  ///< counter of the first
  std::uint32_t count = 0;
};

/// A published stream as one client received it while measuring.
struct ReceivedStream {
  StreamId stream = 0;
  std::int64_t first = 0, last = 0;  ///< counters
  std::uint64_t count = 0;           ///< each packet once
};

/// One client that receives.
struct Reception {
  std::size_t room = 0;
  std::size_t client = 0;
  Time connected = Time::max();  ///< when its media could flow
  Time left = Time::max();
  std::uint64_t packets = 0;  ///< with sequence numbers not seen before
  std::uint64_t gaps = 0;     ///< sequence numbers that never came
  std::vector<ReceivedStream> streams;
};

/// Of one thread, while measuring.
struct Totals {
  Histogram latency;
  std::uint64_t packets = 0;    ///< media packets, repetitions not
  std::uint64_t bytes = 0;      ///< of UDP payload, repetitions too
  std::uint64_t recovered = 0;  ///< came by retransmission
  std::uint64_t repeated = 0;
  std::uint64_t unauthentic = 0;
  std::uint64_t nacks = 0;  ///< sequence numbers asked for
  std::uint64_t sent = 0;
  std::uint64_t sent_bytes = 0;
  std::uint64_t send_failures = 0;
  std::uint64_t keyframe_requests = 0;  ///< that publishers were sent

  void merge(const Totals& other);
};

}  // namespace parley::load
