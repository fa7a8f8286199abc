#include "server/measurement.hpp"

#include <gtest/gtest.h>

namespace parley::server {
namespace {

using namespace std::chrono_literals;
using media::Kind;

constexpr Time kStart{1h};

forwarding::PeerStats publishing(std::uint32_t ssrc, std::uint64_t packets, std::int64_t lost = 0) {
  forwarding::LayerStats layer;
  layer.received.ssrc = ssrc;
  layer.received.packets = packets;
  layer.received.bytes = packets * 1000;
  layer.received.lost = lost;
  forwarding::PeerStats stats;
  stats.tracks = {{7, Kind::Video, media::CodecName::Vp8, {layer}}};
  return stats;
}

forwarding::PeerStats subscribed(const std::string& mid, std::uint64_t packets) {
  forwarding::SendStats sent;
  sent.packets = packets;
  sent.bytes = packets * 100;
  sent.retransmitted = packets / 10;
  forwarding::PeerStats stats;
  stats.streams = {{mid, Kind::Audio, forwarding::Priority::Normal, sent}};
  return stats;
}

const MediaTotals::Flow& video_in(const MediaTotals& totals) {
  return totals.in[static_cast<std::size_t>(Kind::Video)];
}

TEST(Measurement, RatesAreOfTheTimeBetweenTwo) {
  Measurement measured;
  MediaTotals totals;
  measured.take(publishing(1, 10), kStart, totals);
  EXPECT_EQ(measured.received_rate(1), 0u);
  measured.take(publishing(1, 60), kStart + 2s, totals);
  EXPECT_EQ(measured.received_rate(1), 200'000u);
  EXPECT_EQ(measured.received_rate(2), 0u);
  EXPECT_EQ(measured.track(7)->codec, media::CodecName::Vp8);
  EXPECT_EQ(measured.track(8), nullptr);
}

TEST(Measurement, TotalsGoOnWhenAStreamEndsOrBeginsAnew) {
  Measurement measured;
  MediaTotals totals;
  measured.take(publishing(1, 10), kStart, totals);
  measured.take(publishing(1, 15), kStart + 1s, totals);
  EXPECT_EQ(video_in(totals).packets, 15u);
  measured.take({}, kStart + 2s, totals);
  EXPECT_EQ(video_in(totals).packets, 15u);
  measured.take(publishing(2, 4), kStart + 3s, totals);
  EXPECT_EQ(video_in(totals).packets, 19u);
  measured.take(publishing(2, 3), kStart + 4s, totals);
  EXPECT_EQ(video_in(totals).packets, 22u);
  EXPECT_EQ(video_in(totals).bytes, 22'000u);
}

TEST(Measurement, LossThatIsMadeUpForIsNotCountedTwice) {
  Measurement measured;
  MediaTotals totals;
  for (const std::int64_t lost : {0, 5, 3, 4})
    measured.take(publishing(1, 9, lost), kStart, totals);
  EXPECT_EQ(totals.lost_in, 6u);
}

TEST(Measurement, SentStreamsAreKnownByTheirMLine) {
  Measurement measured;
  MediaTotals totals;
  measured.take(subscribed("3", 100), kStart, totals);
  measured.take(subscribed("3", 200), kStart + 1s, totals);
  EXPECT_EQ(measured.sent_rate("3"), 80'000u);
  ASSERT_NE(measured.sent("3"), nullptr);
  EXPECT_EQ(measured.sent("4"), nullptr);
  EXPECT_EQ(totals.out[static_cast<std::size_t>(Kind::Audio)].packets, 200u);
  EXPECT_EQ(totals.retransmitted, 20u);
}

}  // namespace
}  // namespace parley::server
