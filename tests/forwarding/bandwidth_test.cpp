// A publisher in three layers, and subscribers behind links that are too narrow for all of them.
#include <deque>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "forwarding/congestion/arrival_recorder.hpp"
#include "tests/forwarding/support/bottleneck.hpp"
#include "tests/forwarding/support/simulcast.hpp"

namespace parley::forwarding::test {
namespace {

constexpr std::uint8_t kNumberId = 3;
constexpr Duration kWayBack = 25ms;

/// A subscriber as a browser is one: its slot, its link, and the feedback it gives.
class Viewer {
 public:
  Viewer(std::uint32_t ssrc, const BottleneckConditions& conditions)
      : server(ssrc), link(conditions, ssrc) {
    media::Send line = send_line("slot", vp8(), ssrc + 1000, ssrc + 1001);
    line.transport_cc = true;
    line.extensions.set(media::Extension::TransportCc, kNumberId);
    slot = &server.peer.set_send(line);
    ssrc_ = ssrc + 1000;
  }

  void run(Time now, bool tick) {
    if (tick) server.peer.tick(now);
    for (Buffer& bytes : server.egress.rtp)
      if (const auto at = link.send(bytes.size() + 38, now))
        forth_.push_back({*at, std::move(bytes)});
    server.egress.rtp.clear();
    for (; !forth_.empty() && forth_.front().at <= now; forth_.pop_front())
      take(forth_.front().bytes, forth_.front().at);
    if (gives_feedback && recorder_.due(now)) send_feedback(now);
    for (; !back_.empty() && back_.front().at <= now; back_.pop_front())
      server.peer.on_rtcp(back_.front().bytes, now);
  }
  /// Pictures that ended since the last call, and the layer of the newest.
  unsigned take_pictures() { return std::exchange(pictures_, 0); }
  [[nodiscard]] int layer() const { return layer_; }
  [[nodiscard]] Duration longest_gap() const { return longest_gap_; }
  void forget_gaps() { longest_gap_ = {}; }
  [[nodiscard]] BandwidthStats bandwidth() const { return server.peer.bandwidth().value(); }
  [[nodiscard]] std::size_t padding() const { return padding_; }

  TestPeer server;
  Bottleneck link;
  SendStream* slot;
  bool gives_feedback = true;

 private:
  struct OnTheWay {
    Time at{};
    Buffer bytes;
  };

  void take(const Buffer& bytes, Time at) {
    const RtpPacket packet = RtpPacket::parse(bytes).value();
    const Bytes number = find_extension(packet, kNumberId);
    if (number.size() == 2) recorder_.on_packet(read_u16(number, 0), bytes.size(), at);
    if (packet.ssrc != ssrc_) padding_ += bytes.size();
    if (packet.ssrc != ssrc_ || !packet.marker) return;
    ++pictures_;
    layer_ = packet.payload[7];
    if (last_picture_) longest_gap_ = std::max(longest_gap_, at - *last_picture_);
    last_picture_ = at;
  }
  void send_feedback(Time now) {
    std::array<std::uint8_t, congestion::ArrivalRecorder::kMaxMessage> message;
    for (std::size_t size = recorder_.write(message); size > 0; size = recorder_.write(message))
      back_.push_back({now + kWayBack, rtcp_packet([&](rtcp::Writer& writer) {
                         writer.transport_feedback(9, ssrc_, Bytes(message).first(size));
                       })});
    recorder_.end(now);
  }

  std::uint32_t ssrc_;
  congestion::ArrivalRecorder recorder_;
  std::deque<OnTheWay> forth_;
  std::deque<OnTheWay> back_;
  unsigned pictures_ = 0;
  std::size_t padding_ = 0;
  int layer_ = -1;
  std::optional<Time> last_picture_;
  Duration longest_gap_{};
};

/// 150, 500 and 2000 kbit/s, 30 pictures a second.
class Call {
 public:
  explicit Call(std::vector<std::string> rids = {"q", "h", "f"}) : rids_(std::move(rids)) {
    auto line = receive_line("v", vp8(), 0);
    line.rids = rids_;
    track_ = &publisher_.peer.add_track(kTrack, media::Kind::Video);
    publisher_.peer.set_receive(line, kTrack);
  }

  Viewer& view(double bits_per_second) {
    BottleneckConditions conditions;
    conditions.bits_per_second = bits_per_second;
    Viewer& viewer = *viewers_.emplace_back(std::make_unique<Viewer>(
        static_cast<std::uint32_t>(10 + viewers_.size() * 5000), conditions));
    viewer.slot->attach(*track_, now);
    return viewer;
  }
  void run(Duration duration) {
    for (const Time end = now + duration; now < end;) {
      now += 1ms;
      if ((now - kStart) % 33ms == Duration{}) begin_picture();
      for (; !paced_.empty() && paced_.front().at <= now; paced_.pop_front())
        publisher_.take(std::move(paced_.front().bytes), now);
      const bool tick = (now - kStart) % 10ms == Duration{};
      if (tick) publisher_.peer.tick(now);
      for (const std::uint32_t asked : take_feedback(publisher_).keyframes)
        keyframe_[asked - kFirstSsrc] = true;
      for (const auto& viewer : viewers_) viewer->run(now, tick);
    }
  }

  Time now = kStart;
  std::array<std::size_t, 3> sizes{600, 2000, 8000};

 private:
  static constexpr std::uint32_t kFirstSsrc = 31;
  struct Paced {
    Time at{};
    Buffer bytes;
  };

  // Over two thirds of the time to the next one, as browsers pace it.
  void begin_picture() {
    ++picture_;
    std::multimap<Time, Buffer> packets;
    for (std::size_t layer = 0; layer < rids_.size(); ++layer) {
      const std::size_t first_size = rids_.size() == 1 ? 2 : layer;
      const std::size_t parts = (sizes[first_size] + 1199) / 1200;
      const bool keyframe = std::exchange(keyframe_[layer], false);
      for (std::size_t part = 0; part < parts; ++part) {
        Rtp packet = VideoCall::video(++sequence_[layer]);
        packet.ssrc = kFirstSsrc + static_cast<std::uint32_t>(layer);
        packet.timestamp = picture_ * 2970U;
        packet.marker = part + 1 == parts;
        packet.extensions = {{4, {'v'}}, {6, {rids_[layer].begin(), rids_[layer].end()}}};
        packet.payload = vp8_layered(picture_, static_cast<std::uint8_t>(picture_), 0, false,
                                     keyframe, part == 0);
        packet.payload[7] = static_cast<std::uint8_t>(layer);
        packet.payload.resize(sizes[first_size] / parts);
        packets.emplace(now + 22ms * static_cast<int>(part) / static_cast<int>(parts),
                        packet.to_bytes());
      }
    }
    for (auto& [at, bytes] : packets) paced_.push_back({at, std::move(bytes)});
  }

  std::vector<std::string> rids_;
  TestPeer publisher_{1};
  Track* track_ = nullptr;
  std::vector<std::unique_ptr<Viewer>> viewers_;
  std::array<bool, 3> keyframe_{true, true, true};
  std::array<std::uint16_t, 3> sequence_{};
  std::uint16_t picture_ = 0;
  std::deque<Paced> paced_;
};

TEST(Bandwidth, OfAWideLinkCarriesTheBestLayerSoon) {
  Call call;
  Viewer& viewer = call.view(50e6);
  call.run(3s);
  EXPECT_EQ(viewer.layer(), 2);
  EXPECT_GT(viewer.bandwidth().estimate, 2'000'000U);
  viewer.forget_gaps();
  viewer.take_pictures();
  call.run(10s);
  EXPECT_EQ(viewer.layer(), 2);
  EXPECT_GE(viewer.take_pictures(), 300U);
  EXPECT_LT(viewer.longest_gap(), 60ms);
}

TEST(Bandwidth, OfALinkThatGetsNarrowCarriesALowerLayerAndComesBack) {
  Call call;
  Viewer& viewer = call.view(10e6);
  call.run(10s);
  EXPECT_EQ(viewer.layer(), 2);
  BottleneckConditions narrow;
  narrow.bits_per_second = 250e3;
  viewer.link.set_conditions(narrow);
  call.run(5s);
  viewer.take_pictures();
  call.run(20s);
  EXPECT_EQ(viewer.layer(), 0);
  EXPECT_GE(viewer.take_pictures(), 20 * 30 * 0.95);
  EXPECT_LT(viewer.bandwidth().target, 250'000U);
  viewer.link.set_conditions({});
  call.run(12s);
  EXPECT_EQ(viewer.layer(), 2);
}

TEST(Bandwidth, DoesNotFlapBetweenLayers) {
  Call call;
  Viewer& viewer = call.view(900e3);
  call.run(10s);
  unsigned changes = 0;
  for (int layer = viewer.layer(), i = 0; i < 300; ++i) {
    call.run(100ms);
    changes += viewer.layer() != std::exchange(layer, viewer.layer()) ? 1 : 0;
  }
  EXPECT_EQ(viewer.layer(), 1);
  EXPECT_LE(changes, 2U);
}

TEST(Bandwidth, OfOneViewerIsNotTheOthers) {
  Call call;
  Viewer& narrow = call.view(300e3);
  Viewer& wide = call.view(20e6);
  call.run(5s);
  wide.forget_gaps();
  wide.take_pictures();
  call.run(20s);
  EXPECT_EQ(narrow.layer(), 0);
  EXPECT_EQ(wide.layer(), 2);
  EXPECT_GE(wide.take_pictures(), 600U);
  EXPECT_LT(wide.longest_gap(), 80ms);
}

TEST(Bandwidth, PausesATrackThatDoesNotFitAndBringsItBack) {
  Call call({"only"});
  Viewer& viewer = call.view(10e6);
  call.run(5s);
  EXPECT_EQ(viewer.slot->state(), SendState::Flowing);
  BottleneckConditions narrow;
  narrow.bits_per_second = 300e3;
  viewer.link.set_conditions(narrow);
  call.run(10s);
  EXPECT_EQ(viewer.slot->state(), SendState::Starved);
  viewer.link.set_conditions({});
  call.run(15s);
  EXPECT_EQ(viewer.slot->state(), SendState::Flowing)
      << "probes of padding alone find the way back";
}

TEST(Bandwidth, LetsATrackGrowThatHasNoSmallerLayer) {
  Call call({"only"});
  Viewer& viewer = call.view(20e6);
  call.sizes[2] = 1000;
  call.run(20s);
  viewer.forget_gaps();
  call.sizes[2] = 16000;  // from 0.25 to 4 Mbit/s: a still picture began to move
  call.run(10s);
  EXPECT_EQ(viewer.slot->state(), SendState::Flowing);
  EXPECT_LT(viewer.longest_gap(), 60ms);
}

TEST(Bandwidth, IsUnlimitedForAPeerThatGivesNoFeedback) {
  Call call;
  Viewer& viewer = call.view(50e6);
  viewer.gives_feedback = false;
  call.run(10s);
  EXPECT_EQ(viewer.layer(), 2);
  EXPECT_FALSE(viewer.server.peer.bandwidth());
}

TEST(Bandwidth, FollowsARembWhereThereIsNoOtherFeedback) {
  Call call;
  Viewer& viewer = call.view(50e6);
  viewer.gives_feedback = false;
  const Buffer remb = rtcp_packet([](rtcp::Writer& writer) { writer.remb(9, 700'000, {}); });
  viewer.server.peer.on_rtcp(remb, call.now);
  call.run(10s);
  EXPECT_EQ(viewer.layer(), 1);
  EXPECT_NEAR(static_cast<double>(viewer.bandwidth().estimate), 700e3, 1e3);
}

TEST(Bandwidth, ProbesNoMoreOnceAllFits) {
  Call call;
  Viewer& viewer = call.view(50e6);
  call.run(5s);
  const std::size_t padding = viewer.padding();
  EXPECT_LT(padding, 200'000U);
  call.run(30s);
  EXPECT_EQ(viewer.padding(), padding);
}

}  // namespace
}  // namespace parley::forwarding::test
