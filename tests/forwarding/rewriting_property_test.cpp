// Whatever sources do and however a slot is switched between them: what comes out is one row.
#include <deque>
#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "forwarding/sequence.hpp"
#include "tests/forwarding/support/calls.hpp"

namespace parley::forwarding::test {
namespace {

enum class Step : std::uint8_t {
  Send,
  Keyframe,
  Padding,
  Lose,
  Hold,     // delay a packet…
  Release,  // …until now
  Repeat,   // a duplicate
  Switch,
  Pause,
  Resume,
  NewSsrc,
  NewNumbers,
  JumpInTime,
  kCount
};

// A publisher whose every packet carries a number of its own.
class Source {
 public:
  Source(std::uint32_t ssrc, std::uint32_t start)
      : ssrc_(ssrc), sequence_(static_cast<std::uint16_t>(start)), timestamp_(start * 7919) {
    peer.peer.add_track(1, media::Kind::Video);
    peer.peer.set_receive(receive_line("v", vp8(), 0), 1);
  }

  Buffer next(Time now, bool keyframe, bool padding, std::uint32_t id) {
    Rtp packet = VideoCall::video(sequence_++);
    packet.ssrc = ssrc_;
    packet.timestamp = timestamp_ + static_cast<std::uint32_t>((now - kStart) / 1us * 9 / 100);
    packet.payload = vp8_payload(keyframe);
    write_u32(packet.payload, 4, id);
    if (padding) {
      packet.payload.clear();
      packet.padding = 10;
    }
    return packet.to_bytes();
  }
  void change_ssrc() {
    ssrc_ += 100;
    sequence_ += 12345;
    timestamp_ += 987654321;
  }
  void restart_numbers() { sequence_ += 20000; }
  void jump_in_time() { timestamp_ += 0x30000000; }

  TestPeer peer{1};

 private:
  std::uint32_t ssrc_;
  std::uint16_t sequence_;
  std::uint32_t timestamp_;
};

class Run {
 public:
  Run() : slot_(subscriber_.peer.set_send(send_line("slot", vp8(), kSlot, kSlotRtx))) { attach(); }

  void apply(Step step) {
    now_ += 10ms;
    switch (step) {
      case Step::Send:
        return deliver(packet());
      case Step::Keyframe:
        return deliver(packet(true));
      case Step::Padding:
        return deliver(packet(false, true));
      case Step::Lose:
        packet();
        lost_ += slot_.state() == SendState::Flowing ? 1 : 0;
        return;
      case Step::Hold:
        held_.push_back(packet());
        return;
      case Step::Release:
        return release();
      case Step::Repeat:
        return deliver(last_);
      case Step::Switch:
        release_all();
        last_.clear();
        current_ ^= 1;
        return attach();
      case Step::Pause:
        return slot_.set_paused(true, now_);
      case Step::Resume:
        return slot_.set_paused(false, now_);
      case Step::NewSsrc:
        return source().change_ssrc();
      case Step::NewNumbers:
        return source().restart_numbers();
      case Step::JumpInTime:
        return source().jump_in_time();
      case Step::kCount:
        return;
    }
  }
  void finish() {
    release_all();
    apply(Step::Resume);
    for (int i = 0; i < 3; ++i) apply(Step::Keyframe);
  }

  [[nodiscard]] std::vector<RtpPacket> sent() const {
    std::vector<RtpPacket> packets;
    for (const Buffer& bytes : subscriber_.egress.rtp)
      packets.push_back(RtpPacket::parse(bytes).value());
    return packets;
  }
  /// Packets that the slot had to leave a place for, though they never came.
  [[nodiscard]] std::size_t lost() const { return lost_; }

 private:
  Source& source() { return sources_[current_]; }
  void attach() { slot_.attach(*source().peer.peer.find_track(1), now_); }
  Buffer packet(bool keyframe = false, bool padding = false) {
    return source().next(now_, keyframe, padding, ++id_);
  }
  void deliver(const Buffer& bytes) {
    if (bytes.empty()) return;
    source().peer.take(bytes, now_);
    last_ = bytes;
  }
  void release() {
    if (held_.empty()) return;
    const std::size_t before = subscriber_.egress.rtp.size();
    source().peer.take(held_.front(), now_);
    held_.pop_front();
    if (subscriber_.egress.rtp.size() == before) ++lost_;
  }
  void release_all() {
    while (!held_.empty()) release();
  }

  Time now_ = kStart;
  std::array<Source, 2> sources_{Source{1000, 65000}, Source{2000, 30}};
  std::size_t current_ = 0;
  TestPeer subscriber_{3};
  SendStream& slot_;
  std::deque<Buffer> held_;
  Buffer last_;
  std::uint32_t id_ = 0;
  std::size_t lost_ = 0;
};

Step to_step(int drawn) {
  // Mostly packets, so that something flows between the events.
  constexpr int kEvents = static_cast<int>(Step::kCount);
  return drawn < kEvents ? static_cast<Step>(drawn) : drawn % 4 == 0 ? Step::Keyframe : Step::Send;
}

RC_GTEST_PROP(Rewriting, MakesOneRowOfWhateverSourcesDo, ()) {
  const auto drawn = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 40));
  Run run;
  run.apply(Step::Keyframe);
  for (const int step : drawn) run.apply(to_step(step));
  run.finish();

  const auto packets = run.sent();
  RC_ASSERT(!packets.empty());
  std::map<std::int64_t, RtpPacket> row;
  std::int64_t newest = packets.front().sequence;
  std::set<std::uint32_t> ids;
  for (const RtpPacket& packet : packets) {
    const std::int64_t sequence = unwrap(packet.sequence, newest);
    newest = std::max(newest, sequence);
    RC_ASSERT(row.emplace(sequence, packet).second);
    if (!packet.payload.empty()) RC_ASSERT(ids.insert(read_u32(packet.payload, 4)).second);
  }
  // Gaps only where something was lost.
  const auto places = static_cast<std::size_t>(newest - row.begin()->first + 1);
  RC_ASSERT(places - row.size() <= run.lost());
  // Time goes forward along the row.
  std::uint32_t before = row.begin()->second.timestamp;
  for (const auto& [sequence, packet] : row) {
    RC_ASSERT(!is_after(before, packet.timestamp));
    before = packet.timestamp;
  }
}

}  // namespace
}  // namespace parley::forwarding::test
