// However layers come and go, are lost and reordered, and whatever a subscriber is switched to:
// what it gets is one row that a decoder can follow.
#include <deque>
#include <map>
#include <random>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "forwarding/sequence.hpp"
#include "tests/forwarding/support/simulcast.hpp"

namespace parley::forwarding::test {
namespace {

enum class Step : std::uint8_t {
  Picture,
  Lose,  // one packet of the next picture
  Hold,  // one packet of the next picture comes with the picture after it
  Target,
  NoTarget,
  Pause,
  Stop,      // a layer stops…
  Continue,  // …or goes on
  Silence,   // keyframe requests get lost
  kCount
};

class Run {
 public:
  Run() {
    call_.way = [this](Buffer bytes) { take(std::move(bytes)); };
    call_.attach();
  }

  void apply(int drawn) {
    const auto step = static_cast<Step>(drawn % static_cast<int>(Step::kCount));
    const int choice = drawn / static_cast<int>(Step::kCount);
    switch (step) {
      case Step::Lose:
        lose_ = choice % 6;
        break;
      case Step::Hold:
        hold_ = choice % 6;
        break;
      case Step::Target:
        call_.slot->set_target(
            Layer{static_cast<std::uint8_t>(choice % 3), static_cast<std::uint8_t>(choice / 3 % 3)},
            call_.now);
        break;
      case Step::NoTarget:
        call_.slot->set_target(std::nullopt, call_.now);
        break;
      case Step::Pause:
        call_.slot->set_paused(choice % 2 == 0, call_.now);
        break;
      case Step::Stop:
        call_.sources[static_cast<std::size_t>(choice % 3)].on = false;
        break;
      case Step::Continue: {
        auto& source = call_.sources[static_cast<std::size_t>(choice % 3)];
        source.keyframe |= !source.on;
        source.on = true;
        break;
      }
      case Step::Silence:
        call_.answers = choice % 4 != 0;
        break;
      case Step::Picture:
      case Step::kCount:
        break;
    }
    for (int i = 0; i < 1 + choice % 5; ++i) picture();
  }
  void finish() {
    call_.slot->set_paused(false, call_.now);
    call_.slot->set_target(kBestLayer, call_.now);
    call_.answers = true;
    for (auto& source : call_.sources) source.on = source.keyframe = true;
    for (int i = 0; i < 60; ++i) picture();
  }
  [[nodiscard]] const SimulcastCall& call() const { return call_; }
  [[nodiscard]] std::size_t lost() const { return lost_; }

 private:
  void picture() {
    in_picture_ = 0;
    call_.picture();
    while (!held_.empty()) {
      call_.publisher.take(std::move(held_.front()), call_.now);
      held_.pop_front();
    }
    std::swap(held_, holding_);
    lose_ = hold_ = -1;
  }
  void take(Buffer bytes) {
    // Every packet has a number of its own, behind what the decoder reads.
    const auto size = static_cast<std::ptrdiff_t>(RtpPacket::parse(bytes)->payload.size());
    write_u32(MutableBytes(bytes).last(static_cast<std::size_t>(size)), 8, ++id_);
    const int place = in_picture_++;
    if (place == lose_) {
      ++lost_;
    } else if (place == hold_) {
      holding_.push_back(std::move(bytes));
    } else {
      call_.publisher.take(std::move(bytes), call_.now);
    }
  }

  SimulcastCall call_;
  std::deque<Buffer> held_;
  std::deque<Buffer> holding_;
  int in_picture_ = 0;
  int lose_ = -1;
  int hold_ = -1;
  std::uint32_t id_ = 0;
  std::size_t lost_ = 0;
};

RC_GTEST_PROP(Layers, MakeOneRowThatADecoderCanFollow, ()) {
  const auto drawn = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 900));
  Run run;
  for (const int step : drawn) run.apply(step);
  run.finish();

  std::map<std::int64_t, RtpPacket> row;
  std::set<std::uint32_t> ids;
  const auto packets = run.call().received();
  RC_ASSERT(!packets.empty());
  std::int64_t newest = packets.front().sequence;
  for (const RtpPacket& packet : packets) {
    const std::int64_t sequence = unwrap(packet.sequence, newest);
    newest = std::max(newest, sequence);
    RC_ASSERT(row.emplace(sequence, packet).second);
    if (!packet.payload.empty()) RC_ASSERT(ids.insert(read_u32(packet.payload, 8)).second);
  }
  // Gaps only where something was lost, or came after its layer had been left.
  const auto places = static_cast<std::size_t>(newest - row.begin()->first + 1);
  RC_ASSERT(places - row.size() <= run.lost() + drawn.size());

  const RtpPacket* before = nullptr;
  for (const auto& [sequence, packet] : row) {
    if (packet.payload.empty()) continue;
    if (before != nullptr) {
      const Vp8Frame last(*before);
      const Vp8Frame frame(packet);
      const int step = ((frame.picture - last.picture + 0x4000) & 0x7fff) - 0x4000;
      const bool same_time = packet.timestamp == before->timestamp;
      RC_ASSERT(same_time || is_after(packet.timestamp, before->timestamp));
      RC_ASSERT((same_time ? step == 0 : step > 0));
      RC_ASSERT(frame.layer == last.layer || (frame.keyframe && frame.begins));
      // A step of TL0PICIDX for each picture of the lowest temporal layer.
      const int tl0 = static_cast<std::int8_t>(frame.tl0 - last.tl0);
      RC_ASSERT(tl0 >= 0);
    }
    before = &packet;
  }
  RC_ASSERT(run.call().slot->stats().layer == std::optional(Layer{2, 2}));
}

}  // namespace
}  // namespace parley::forwarding::test
