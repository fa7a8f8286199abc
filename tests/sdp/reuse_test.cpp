// m-lines are used again, so that a long call's descriptions stay short.
#include <gtest/gtest.h>

#include "tests/sdp/support/harness.hpp"

namespace parley::sdp::test {
namespace {

using media::Kind;

struct Guest {
  std::string name;
  [[nodiscard]] TrackId track(const char* what) const { return TrackId(name + what); }
  [[nodiscard]] std::string seat(const char* sort) const { return name + sort; }

  void join(MediaSession& session) const {
    session.attach(track("-mic"), Kind::Audio, seat("/camera"));
    session.attach(track("-cam"), Kind::Video, seat("/camera"));
  }
  void share(MediaSession& session) const {
    session.attach(track("-screen"), Kind::Video, seat("/screen"));
  }
  void leave(MediaSession& session) const {
    for (const char* what : {"-mic", "-cam", "-screen"}) session.detach(track(what));
  }
};

TEST(Reuse, FiftyJoinsAndLeavesLeaveAResidentsOfferAsItWas) {
  MediaSession session = make_session();
  Peer resident;
  resident.sends = {session.add_receive(TrackId("mic"), Kind::Audio),
                    session.add_receive(TrackId("cam"), Kind::Video)};
  Guest{"first"}.join(session);
  exchange(session, resident);
  const std::size_t before = session.make_offer(local_transport()).size();
  exchange(session, resident);
  Guest{"first"}.leave(session);
  int offers = 0;
  for (int i = 0; i < 50; ++i) {
    const Guest guest{"guest" + std::to_string(i)};
    guest.join(session);
    if (session.needs_offer()) {
      ++offers;
      exchange(session, resident);
    }
    guest.leave(session);
  }
  EXPECT_EQ(offers, 0);
  EXPECT_LE(session.make_offer(local_transport()).size(), before * 12 / 10);
}

TEST(Reuse, ThereAreNeverMoreMLinesThanWereNeededAtOnce) {
  MediaSession session = make_session();
  std::size_t most = 0;
  for (int round = 0; round < 50; ++round) {
    const Guest ann{"ann" + std::to_string(round)};
    const Guest bob{"bob" + std::to_string(round)};
    // The order changes from round to round, and so does who shares a screen.
    (round % 2 == 0 ? ann : bob).join(session);
    (round % 3 == 0 ? ann : bob).share(session);
    (round % 2 == 0 ? bob : ann).join(session);
    if (session.needs_offer()) exchange(session, {});
    if (round == 0) most = section_count(session.make_offer(local_transport()));
    exchange(session, {});
    ann.leave(session);
    bob.leave(session);
  }
  EXPECT_EQ(most, 6u) << "data, two cameras with microphones, a screen";
  EXPECT_EQ(section_count(session.make_offer(local_transport())), most);
}

TEST(Reuse, APublisherTakesAFreeSeatAsAWhole) {
  MediaSession session = make_session();
  Guest{"ann"}.join(session);
  Guest{"bob"}.join(session);
  exchange(session, {});
  const auto ann_mic = session.slot_of(TrackId("ann-mic"));
  const auto ann_cam = session.slot_of(TrackId("ann-cam"));
  Guest{"ann"}.leave(session);
  EXPECT_EQ(session.slot_of(TrackId("ann-mic")), std::nullopt);
  // Video first this time.
  EXPECT_EQ(session.attach(TrackId("cyd-cam"), Kind::Video, "cyd/camera").mid, ann_cam);
  EXPECT_EQ(session.attach(TrackId("cyd-mic"), Kind::Audio, "cyd/camera").mid, ann_mic);
  EXPECT_FALSE(session.needs_offer());
}

TEST(Reuse, AScreenLeavesCamerasTheirSeats) {
  MediaSession session = make_session();
  const Guest ann{"ann"};
  ann.join(session);
  ann.share(session);
  exchange(session, {});
  const auto screen = session.slot_of(TrackId("ann-screen"));
  ann.leave(session);
  EXPECT_EQ(session.attach(TrackId("bob-screen"), Kind::Video, "bob/screen").mid, screen);
  Guest{"bob"}.join(session);
  EXPECT_FALSE(session.needs_offer());
}

TEST(Reuse, ATrackThatComesBackFindsItsSeatWithTheOther) {
  MediaSession session = make_session();
  const Guest ann{"ann"};
  ann.join(session);
  exchange(session, {});
  const auto camera = session.slot_of(TrackId("ann-cam"));
  session.detach(TrackId("ann-cam"));
  // Its microphone still sits there, so nobody else does.
  EXPECT_NE(session.attach(TrackId("bob-cam"), Kind::Video, "bob/camera").mid, camera);
  EXPECT_EQ(session.attach(TrackId("ann-cam2"), Kind::Video, "ann/camera").mid, camera);
}

TEST(Reuse, SlotsKeepTheirSsrcs) {
  MediaSession session = make_session();
  Guest{"ann"}.join(session);
  exchange(session, {});
  const auto before = session.sending();
  Guest{"ann"}.leave(session);
  Guest{"bob"}.join(session);
  Guest{"cyd"}.join(session);
  exchange(session, {});
  const auto after = session.sending();
  ASSERT_EQ(after.size(), 4u);
  EXPECT_EQ(after[0], before[0]);
  EXPECT_EQ(after[1], before[1]);
}

TEST(Reuse, AttachingTwiceIsAttachingOnce) {
  MediaSession session = make_session();
  const auto first = session.attach(TrackId("t"), Kind::Audio, "ann/camera");
  const auto second = session.attach(TrackId("t"), Kind::Audio, "ann/camera");
  EXPECT_EQ(first.mid, second.mid);
  EXPECT_EQ(session.add_receive(TrackId("mine"), Kind::Audio),
            session.add_receive(TrackId("mine"), Kind::Audio));
  EXPECT_EQ(section_count(session.make_offer(local_transport())), 3u);
  session.detach(TrackId("unknown"));
  session.remove_receive(TrackId("unknown"));
}

TEST(Reuse, PublicationsOfAKindShareAnMLineOneAfterAnother) {
  MediaSession session = make_session();
  Peer peer;
  for (int i = 0; i < 50; ++i) {
    const TrackId track("screen" + std::to_string(i));
    peer.sends = {session.add_receive(track, Kind::Video)};
    EXPECT_EQ(exchange(session, peer).accepted, std::vector<TrackId>{track});
    session.remove_receive(track);
    EXPECT_TRUE(session.needs_offer()) << "the peer has to hear that it ended";
    if (i % 2 == 0) exchange(session, {});
  }
  EXPECT_EQ(section_count(session.make_offer(local_transport())), 2u);
}

TEST(Reuse, AFreeMLineIsOfferedAsInactive) {
  MediaSession session = make_session();
  const std::string mid = session.add_receive(TrackId("cam"), Kind::Video);
  Peer peer;
  peer.sends = {mid};
  exchange(session, peer);
  session.remove_receive(TrackId("cam"));
  EXPECT_EQ(direction_of(section_of(parsed(session.make_offer(local_transport())), mid)),
            "inactive");
}

TEST(Reuse, ARejectedPublicationLeavesItsPlaceToTheNext) {
  MediaSession session = make_session();
  const std::string mid = session.add_receive(TrackId("cam"), Kind::Video);
  Peer peer;
  peer.rejects = {mid};
  EXPECT_EQ(exchange(session, peer).refused, std::vector<TrackId>{TrackId("cam")});
  EXPECT_EQ(direction_of(section_of(parsed(session.make_offer(local_transport())), mid)),
            "rejected");
  exchange(session, peer);
  session.add_receive(TrackId("other"), Kind::Video);
  exchange(session, peer);
  EXPECT_EQ(section_count(session.make_offer(local_transport())), 3u)
      << "its track is still bound to it";
  exchange(session, peer);
  session.remove_receive(TrackId("cam"));
  const std::string next = session.add_receive(TrackId("mic"), Kind::Audio);
  EXPECT_NE(next, mid) << "RFC 8829 5.2.2: a recycled m-line is a new one";
  const Description offer = parsed(session.make_offer(local_transport()));
  ASSERT_EQ(offer.sections.size(), 3u);
  EXPECT_EQ(value_of(offer.sections[1], "mid"), next);
  EXPECT_EQ(offer.sections[1].head.media, "audio");
  peer.sends = {next};
  EXPECT_EQ(exchange(session, peer).accepted, std::vector<TrackId>{TrackId("mic")});
}

TEST(Reuse, ARecycledPlaceIsGivenBackWhenTheOfferWasRolledBack) {
  MediaSession session = make_session();
  const std::string mid = session.add_receive(TrackId("cam"), Kind::Video);
  Peer peer;
  peer.rejects = {mid};
  exchange(session, peer);
  session.remove_receive(TrackId("cam"));
  const std::string next = session.add_receive(TrackId("mic"), Kind::Audio);
  const std::string unanswered = session.make_offer(local_transport());
  // The peer rolls that back and offers what there was, with a section more.
  Description theirs = parsed(peer.answer(unanswered));
  theirs.sections[1].head.media = "video";
  theirs.sections[1].head.port = 0;
  std::string offer = write_description(theirs);
  offer +=
      "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:x\r\na=rtcp-mux\r\na=sendonly\r\na=rtpmap:111 "
      "opus/48000/2\r\n";
  offer = replaced(offer, " " + next + "\r\n", " x\r\n");
  const auto applied = session.apply_offer(offer);
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  EXPECT_TRUE(applied->refused.empty());
  const Description answer = parsed(session.make_answer(local_transport()));
  ASSERT_EQ(answer.sections.size(), 3u);
  EXPECT_EQ(value_of(answer.sections[1], "mid"), mid);
  EXPECT_TRUE(session.needs_offer());
  const Description again = parsed(session.make_offer(local_transport()));
  EXPECT_EQ(value_of(again.sections[1], "mid"), next);
  EXPECT_EQ(direction_of(again.sections[1]), "recvonly");
  EXPECT_EQ(value_of(again.sections[2], "mid"), "x");
}

}  // namespace
}  // namespace parley::sdp::test
