#include "forwarding/congestion/arrival_recorder.hpp"

#include <algorithm>

#include "forwarding/sequence.hpp"

namespace parley::forwarding::congestion {
namespace {

constexpr unsigned kOneBitVector = 0x8000;
constexpr unsigned kTwoBitVector = 0xc000;
// On the wire with report, CNAME, SRTCP, UDP and IP.
constexpr std::size_t kMessageBytes = 130;

using Symbols = std::span<const std::uint8_t>;

// Takes the chunk that says most of what comes next (3.1.2 to 3.1.4), and returns how many symbols
// it holds.
std::size_t write_chunk(Symbols symbols, std::uint16_t& chunk) {
  const std::uint8_t first = symbols.front();
  const auto run = static_cast<std::size_t>(
      std::find_if(symbols.begin(), symbols.end(), [&](auto s) { return s != first; }) -
      symbols.begin());
  const Symbols next = symbols.first(std::min<std::size_t>(14, symbols.size()));
  const bool has_large =
      std::find(next.begin(), next.end(), TransportFeedback::kLarge) != next.end();
  const std::size_t capacity = has_large ? 7 : 14;
  if (run >= std::min(capacity, symbols.size())) {
    chunk = static_cast<std::uint16_t>(first << 13 | run);
    return run;
  }
  const std::size_t count = std::min(capacity, symbols.size());
  unsigned bits = has_large ? kTwoBitVector : kOneBitVector;
  for (std::size_t i = 0; i < count; ++i)
    bits |= unsigned{symbols[i]} << (has_large ? 12 - 2 * i : 13 - i);
  chunk = static_cast<std::uint16_t>(bits);
  return count;
}

}  // namespace

ArrivalRecorder::ArrivalRecorder() : arrivals_(std::make_unique<ArrivalTicks[]>(kWindow)) {}

void ArrivalRecorder::restart(std::int64_t number) {
  std::fill_n(arrivals_.get(), kWindow, kNever);
  newest_ = next_ = number;
}

void ArrivalRecorder::on_packet(std::uint16_t number, std::size_t bytes, Time now) {
  constexpr auto kBack = static_cast<std::int64_t>(kWindow);
  const std::int64_t sequence = unwrap(number, newest_);
  bytes_ += bytes;
  if (!started_ || sequence > newest_ + kBack || sequence + 4 * kBack < newest_) {
    if (!started_) last_message_ = now;
    started_ = true;
    restart(sequence);
  } else if (sequence <= newest_ - kBack) {
    return;  // its place is taken
  }
  for (; newest_ < sequence; at(++newest_) = kNever) {
  }
  next_ = std::clamp(next_, newest_ - kBack + 1, newest_ + 1);
  if (at(sequence) != kNever) return;  // once more
  at(sequence) = now.time_since_epoch() / kArrivalTick;
  next_ = std::min(next_, sequence);  // told as missing before, perhaps
}

std::size_t ArrivalRecorder::write(std::span<std::uint8_t, kMaxMessage> out) {
  if (!started_ || next_ > newest_) return 0;

  std::int64_t first = next_;
  while (at(first) == kNever) ++first;  // the newest one came
  const ArrivalTicks reference = at(first) / kReferenceTicks;

  std::array<std::uint8_t, kWindow> symbols{};
  std::array<std::int16_t, kMaxArrivals> deltas{};
  std::size_t count = 0;
  std::size_t arrivals = 0;
  ArrivalTicks last = reference * kReferenceTicks;
  for (std::int64_t number = next_; number <= newest_; ++number) {
    const ArrivalTicks arrival = at(number);
    if (arrival != kNever) {
      const ArrivalTicks delta = arrival - last;
      if (arrivals == kMaxArrivals || delta > INT16_MAX || delta < INT16_MIN) break;
      const bool small = delta >= 0 && delta <= UINT8_MAX;
      symbols[count] = small ? TransportFeedback::kSmall : TransportFeedback::kLarge;
      deltas[arrivals++] = static_cast<std::int16_t>(delta);
      last = arrival;
    }
    ++count;
  }

  const MutableBytes bytes(out);
  write_u16(bytes, 0, static_cast<std::uint16_t>(next_));
  write_u16(bytes, 2, static_cast<std::uint16_t>(count));
  write_u24(bytes, 4, static_cast<std::uint32_t>(reference) & 0xffffff);
  bytes[7] = messages_++;
  std::size_t size = TransportFeedback::kHeader;
  for (Symbols rest = Symbols(symbols).first(count); !rest.empty(); size += 2) {
    std::uint16_t chunk = 0;
    rest = rest.subspan(write_chunk(rest, chunk));
    write_u16(bytes, size, chunk);
  }
  for (std::size_t i = 0; i < arrivals; ++i) {
    if (deltas[i] >= 0 && deltas[i] <= UINT8_MAX) {
      bytes[size++] = static_cast<std::uint8_t>(deltas[i]);
    } else {
      write_u16(bytes, size, static_cast<std::uint16_t>(deltas[i]));
      size += 2;
    }
  }
  while (size % 4 != 0) bytes[size++] = 0;
  next_ += static_cast<std::int64_t>(count);
  return size;
}

void ArrivalRecorder::end(Time now) {
  // A twentieth of the bandwidth: kMessageBytes every `interval` against bytes_ since last time.
  const Duration since = now - last_message_;
  const auto share = static_cast<std::int64_t>(std::max<std::size_t>(bytes_, 1));
  const Duration interval = since * (20 * static_cast<std::int64_t>(kMessageBytes)) / share;
  next_message_ = now + std::clamp(interval, kMinInterval, kMaxInterval);
  last_message_ = now;
  bytes_ = 0;
}

}  // namespace parley::forwarding::congestion
