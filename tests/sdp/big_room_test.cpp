// A room of a hundred, and browsers that cope with fewer m-lines than it would take.
#include <gtest/gtest.h>

#include "tests/sdp/support/harness.hpp"

namespace parley::sdp::test {
namespace {

using media::Kind;

constexpr std::size_t kFirefoxLines = 127;
constexpr std::size_t kMostLines = 255;

MediaSession session_of(std::size_t max_lines) {
  Options options;
  options.max_lines = max_lines;
  options.next_ssrc = [ssrc = 1'000'000U]() mutable { return ssrc++; };
  return MediaSession(std::move(options));
}

TrackId mic(int publisher) {
  return TrackId("mic" + std::to_string(publisher));
}
TrackId cam(int publisher) {
  return TrackId("cam" + std::to_string(publisher));
}

struct Seated {
  int microphones = 0;
  int cameras = 0;
};

Seated attach_publishers(MediaSession& session, int count) {
  Seated seated;
  for (int i = 0; i < count; ++i) {
    const std::string seat = "publisher" + std::to_string(i) + "/camera";
    seated.microphones += session.attach(mic(i), Kind::Audio, seat).mid.empty() ? 0 : 1;
    seated.cameras += session.attach(cam(i), Kind::Video, seat).mid.empty() ? 0 : 1;
  }
  return seated;
}

/// Publishes all that a participant may.
void publish_eight(MediaSession& session, Peer& peer) {
  for (int i = 0; i < 8; ++i)
    peer.sends.insert(session.add_receive(TrackId("own" + std::to_string(i)),
                                          i % 2 == 0 ? Kind::Audio : Kind::Video));
}

TEST(BigRoom, NinetyNinePublishersAreOfferedInOneDescriptionThatBothEndsTake) {
  MediaSession session = session_of(kMostLines);
  Peer peer;
  publish_eight(session, peer);
  const Seated seated = attach_publishers(session, 99);
  EXPECT_EQ(seated.microphones, 99);
  EXPECT_EQ(seated.cameras, 99);
  const std::string offer = session.make_offer(local_transport());
  EXPECT_LT(offer.size(), kMaxDescription);
  EXPECT_EQ(section_count(offer), 198U + 8U + 1U);
  exchange(session, peer);
  EXPECT_EQ(session.sending().size(), 198U);
}

TEST(BigRoom, ABrowserOf127MLinesHearsAllOfAHundredAndSeesSome) {
  MediaSession session = session_of(kFirefoxLines);
  Peer peer;
  publish_eight(session, peer);
  const Seated seated = attach_publishers(session, 99);
  EXPECT_EQ(seated.microphones, 99);
  EXPECT_EQ(seated.cameras, 19);
  EXPECT_EQ(section_count(session.make_offer(local_transport())), kFirefoxLines);
  exchange(session, peer);
}

TEST(BigRoom, TheNumberOfMLinesHoldsWhateverComesAndGoes) {
  MediaSession session = session_of(kFirefoxLines);
  Peer peer;
  publish_eight(session, peer);
  for (int round = 0; round < 5; ++round) {
    attach_publishers(session, 150);
    exchange(session, peer);
    EXPECT_LE(section_count(session.make_offer(local_transport())), kFirefoxLines);
    exchange(session, peer);
    for (int i = 0; i < 150; ++i) {
      session.detach(mic((i * 7 + round) % 150));
      session.detach(cam((i * 11 + round) % 150));
    }
  }
}

TEST(BigRoom, WhoHadToWaitGetsTheSlotOfWhoeverGoes) {
  MediaSession session = session_of(kFirefoxLines);
  attach_publishers(session, 99);
  exchange(session, Peer{});
  const TrackId waiting = cam(98);
  ASSERT_FALSE(session.slot_of(waiting));
  const auto freed = session.slot_of(cam(3));
  session.detach(cam(3));
  // Its own seat has no slot for video, so it takes that of another: nothing is negotiated.
  const auto slot = session.attach(waiting, Kind::Video, "publisher98/camera");
  EXPECT_EQ(slot.mid, freed);
  EXPECT_FALSE(slot.needs_offer);
  EXPECT_FALSE(session.needs_offer());
}

TEST(BigRoom, AClientOfFewMLinesSharesThemOutEvenly) {
  MediaSession session = session_of(16);
  const Seated seated = attach_publishers(session, 10);
  EXPECT_EQ(seated.cameras, 3);
  EXPECT_EQ(seated.microphones, 4);
}

}  // namespace
}  // namespace parley::sdp::test
