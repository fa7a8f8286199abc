#include "forwarding/capture_clock.hpp"

#include <gtest/gtest.h>

#include "forwarding/ntp.hpp"
#include "tests/forwarding/support/peers.hpp"

namespace parley::forwarding::test {
namespace {

TEST(Ntp, HoldsMonotonicTimeToTheMicrosecond) {
  const Time time = kStart + 123456789ns;
  const Duration back = from_ntp(to_ntp(time)) - std::chrono::seconds(kNtpOffsetSeconds);
  EXPECT_NEAR(static_cast<double>(back.count()),
              static_cast<double>(time.time_since_epoch().count()), 2);
}

TEST(Ntp, CompactTimesDifferByTheTimeBetween) {
  const std::uint32_t units = compact(to_ntp(kStart + 1500ms)) - compact(to_ntp(kStart));
  EXPECT_EQ(units, to_compact(1500ms));
  EXPECT_EQ(from_compact(units), 1500ms);
}

TEST(Ntp, AbsSendTimeCountsInSixBitsOfSeconds) {
  const std::uint32_t step = (abs_send_time(kStart + 1s) - abs_send_time(kStart)) & 0xffffff;
  EXPECT_EQ(step, 1U << 18);
  EXPECT_EQ(abs_send_time(kStart + 64s), abs_send_time(kStart));
}

TEST(Ticks, ConvertBothWaysForDaysWithoutOverflow) {
  const Duration week = 24h * 7 + 123ms;
  const std::int64_t ticks = duration_to_ticks(week, 90000);
  EXPECT_EQ(ticks, 90000LL * 3600 * 24 * 7 + 11070);
  EXPECT_EQ(ticks_to_duration(ticks, 90000), week);
  EXPECT_EQ(ticks_to_duration(-48000, 48000), -1s);
}

TEST(SmallestOffset, FollowsAClockThatRunsSlowAndIgnoresJitter) {
  SmallestOffset offset;
  for (int i = 0; i <= 1000; ++i) {
    const Time now = kStart + i * 100ms;
    const Duration drift = i * 10us;  // 100 ppm
    offset.observe(5ms + drift + (i % 7) * 3ms, now);
    ASSERT_GE(offset.value(), drift + 5ms - 1ms);
    ASSERT_LE(offset.value(), drift + 5ms + 1ms);
  }
}

TEST(PublisherClock, TellsHowFarItWasSet) {
  PublisherClock clock;
  EXPECT_EQ(clock.on_report(50s, kStart), 0s);
  EXPECT_EQ(clock.on_report(51s, kStart + 1010ms), 0s);
  const Time before = clock.to_server(51s);
  const Duration set_by = clock.on_report(112s, kStart + 2s);
  EXPECT_NEAR(static_cast<double>(set_by.count()) / 1e6, 60000, 1);
  EXPECT_EQ(clock.to_server(51s + set_by), before);
}

TEST(CaptureClock, EstimatesFromThePromptestPacketUntilAReportTells) {
  PublisherClock publisher;
  CaptureClock clock(10ms);
  clock.reset(90000, 0);
  clock.on_packet(0, kStart + 30ms);
  clock.on_packet(3000, kStart + 40ms);
  EXPECT_NEAR(static_cast<double>((clock.capture_time(0, publisher) - kStart).count()) / 1e6,
              40 - 33.3 - 10, 0.1);
  publisher.on_report(500s, kStart + 20ms);
  clock.on_report(3000, 500s);
  EXPECT_EQ(clock.capture_time(3000, publisher), kStart + 20ms);
  EXPECT_EQ(clock.capture_time(93000, publisher), kStart + 1020ms);
}

TEST(CaptureClock, KnowsHowLateAPacketIs) {
  CaptureClock clock(0ms);
  clock.reset(48000, 1000);
  EXPECT_EQ(clock.lateness(99999, kStart), 0s) << "nothing to compare with";
  clock.on_packet(1000, kStart);
  EXPECT_EQ(clock.lateness(1000 + 48000, kStart + 1300ms), 300ms);
  EXPECT_EQ(clock.lateness(1000 + 48000, kStart), -1s);
}

}  // namespace
}  // namespace parley::forwarding::test
