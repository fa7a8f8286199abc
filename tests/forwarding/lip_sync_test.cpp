// Sound and pictures of one publisher, as a subscriber relates them by RTP timestamps and our
// sender reports, against the true times of capture.
#include <gtest/gtest.h>

#include "tests/forwarding/support/world.hpp"

namespace parley::forwarding::test {
namespace {

double milliseconds(Duration duration) {
  return static_cast<double>(duration.count()) / 1e6;
}

// A subscriber's seat with sound and picture, and the worst that was seen on it.
class Seat {
 public:
  Seat(World& world, Participant& subscriber)
      : world_(world),
        subscriber_(subscriber),
        audio_(subscriber.add_slot("a", media::Kind::Audio, 7000)),
        video_(subscriber.add_slot("v", media::Kind::Video, 7100)) {}

  void attach(Participant& publisher, TrackKey audio, TrackKey video) {
    subscriber_.slot("a").attach(*publisher.server.peer.find_track(audio), world_.now());
    subscriber_.slot("v").attach(*publisher.server.peer.find_track(video), world_.now());
  }
  void run(Duration duration) {
    world_.run(duration, [&] {
      note(audio_.sync_error(), video_.sync_error(), worst_);
      note(audio_.fitted_sync_error(), video_.fitted_sync_error(), worst_fitted_);
    });
  }
  /// How often the two could be compared.
  [[nodiscard]] std::size_t compared() const { return compared_; }
  /// ms, by the newest reports.
  [[nodiscard]] double worst() const { return worst_; }
  /// ms, by the line through the last reports.
  [[nodiscard]] double worst_fitted() const { return worst_fitted_; }

 private:
  void note(std::optional<Duration> audio, std::optional<Duration> video, double& worst) {
    if (!audio || !video) return;
    // While one of them still shows the publisher before, there is nothing to be in sync.
    const auto publisher = [](const SimReceiver& slot) {
      return slot.packets().back().source / 1000;
    };
    if (publisher(audio_) != publisher(video_)) return;
    ++compared_;
    worst = std::max(worst, std::abs(milliseconds(*audio - *video)));
  }

  World& world_;
  Participant& subscriber_;
  SimReceiver& audio_;
  SimReceiver& video_;
  std::size_t compared_ = 0;
  double worst_ = 0;
  double worst_fitted_ = 0;
};

class LipSync : public ::testing::TestWithParam<unsigned> {
 protected:
  LipSync() : random_(GetParam()), world_(GetParam() * 100) {}

  double between(double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random_);
  }
  Duration ms_between(double low, double high) {
    return Duration(static_cast<std::int64_t>(between(low, high) * 1e6));
  }
  SimClock any_clock() { return {ms_between(1e6, 1e9), between(-100e-6, 100e-6)}; }

  // Publishes tracks `key` (sound) and `key` + 1 (pictures) with random clocks and reports.
  Participant& publisher(TrackKey key, std::uint32_t ssrc) {
    Participant& participant =
        world_.add({.loss = 0, .duplicate = 0, .delay = ms_between(5, 80), .jitter = 4ms});
    const SimClock clock = any_clock();
    auto audio = microphone(ssrc, clock);
    audio.first_report = ms_between(100, 2500);
    audio.report_interval = ms_between(500, 5000);
    auto video = camera(ssrc + 10, clock);
    video.first_report = ms_between(100, 2500);
    video.report_interval = ms_between(500, 2000);
    sound_ = &participant.publish("a", key, audio, world_.now());
    picture_ = &participant.publish("v", key + 1, video, world_.now());
    return participant;
  }

  static void expect_in_sync(const Seat& seat) {
    EXPECT_GT(seat.compared(), 5000U);
    EXPECT_LT(seat.worst(), 10);
    EXPECT_LT(seat.worst_fitted(), 15);
  }

  std::mt19937 random_;
  World world_;
  SimSender* sound_ = nullptr;
  SimSender* picture_ = nullptr;
};

TEST_P(LipSync, HoldsFromTheFirstReportOn) {
  Seat seat(world_, world_.add());
  seat.attach(publisher(1, 1000), 1, 2);
  seat.run(1s);
  EXPECT_GT(seat.compared(), 0U);
  seat.run(14s);
  expect_in_sync(seat);
}

TEST_P(LipSync, HoldsForALateJoiner) {
  Participant& speaker = publisher(1, 1000);
  world_.run(20s);
  Seat seat(world_, world_.add());
  seat.attach(speaker, 1, 2);
  seat.run(10s);
  expect_in_sync(seat);
}

TEST_P(LipSync, HoldsWhenASeatGoesToAnotherPublisher) {
  Participant& first = publisher(1, 1000);
  Participant& second = publisher(3, 2000);
  Seat seat(world_, world_.add());
  for (int i = 0; i < 3; ++i) {
    seat.attach(first, 1, 2);
    seat.run(ms_between(1000, 8000));
    seat.attach(second, 3, 4);
    seat.run(ms_between(1000, 8000));
  }
  expect_in_sync(seat);
}

TEST_P(LipSync, HoldsAfterAMutedMicrophoneWhoseTimestampsWentOn) {
  Seat seat(world_, world_.add());
  seat.attach(publisher(1, 1000), 1, 2);
  seat.run(6s);
  for (int i = 0; i < 3; ++i) {
    sound_->set_paused(true);
    seat.run(ms_between(300, 6000));
    sound_->set_paused(false);
    seat.run(4s);
  }
  expect_in_sync(seat);
}

TEST_P(LipSync, HoldsAfterAMutedMicrophoneWhoseTimestampsStoodStill) {
  Seat seat(world_, world_.add());
  seat.attach(publisher(1, 1000), 1, 2);
  seat.run(6s);
  for (int i = 0; i < 3; ++i) {
    sound_->set_stalled(true, world_.now());
    seat.run(ms_between(1000, 6000));
    sound_->set_stalled(false, world_.now());
    seat.run(6s);
  }
  expect_in_sync(seat);
}

TEST_P(LipSync, HoldsAfterACameraChange) {
  Seat seat(world_, world_.add());
  Participant& speaker = publisher(1, 1000);
  const SimClock clock = picture_->options().clock;
  seat.attach(speaker, 1, 2);
  seat.run(6s);
  picture_->set_paused(true);
  seat.run(ms_between(100, 1500));
  // The same sender with another camera, slower to encode.
  picture_->set_send_delay(ms_between(2, 16));
  picture_->set_paused(false);
  seat.run(4s);
  // A new sender: another SSRC, other numbers.
  picture_->set_paused(true);
  speaker.publish("v", 2, camera(1500, clock), world_.now());
  seat.run(10s);
  expect_in_sync(seat);
}

TEST_P(LipSync, HoldsWhenTheSubscriberPausesThePicture) {
  Participant& viewer = world_.add();
  Seat seat(world_, viewer);
  seat.attach(publisher(1, 1000), 1, 2);
  seat.run(4s);
  viewer.slot("v").set_paused(true, world_.now());
  seat.run(ms_between(500, 6000));
  viewer.slot("v").set_paused(false, world_.now());
  seat.run(5s);
  expect_in_sync(seat);
}

TEST_P(LipSync, HoldsWhenThePublishersClockIsSet) {
  Seat seat(world_, world_.add());
  seat.attach(publisher(1, 1000), 1, 2);
  seat.run(8s);
  // The wall clock behind the reports jumps; capture and timestamps do not.
  const Duration step = ms_between(-60000, 60000);
  sound_->set_report_offset(step);
  picture_->set_report_offset(step);
  seat.run(10s);
  expect_in_sync(seat);
}

TEST_P(LipSync, SurvivesANetworkThatStandsStill) {
  Participant& speaker = publisher(1, 1000);
  Seat seat(world_, world_.add());
  seat.attach(speaker, 1, 2);
  seat.run(8s);
  speaker.up.set_frozen(true);
  seat.run(2s);
  speaker.up.set_frozen(false);
  seat.run(8s);
  expect_in_sync(seat);
}

INSTANTIATE_TEST_SUITE_P(Seeds, LipSync, ::testing::Range(1U, 13U));

}  // namespace
}  // namespace parley::forwarding::test
