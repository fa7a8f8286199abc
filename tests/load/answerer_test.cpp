// The client's SDP against the server's own.
#include "load/signaling/answerer.hpp"

#include <gmock/gmock.h>

#include "signaling/sdp/media_session.hpp"

namespace parley::load {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

const sdp::LocalTransport kServer{
    "srvr",
    "0123456789012345678901",
    "sha-256 AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:"
    "66:77:88:99",
    {{"1", 100, "192.0.2.1", 10000}, {"2", 200, "127.0.0.1", 10000}}};

LocalEnd make_local(std::size_t layers = 1) {
  LocalEnd local;
  local.ice = {"clnt", "a-password-of-22-characters"};
  local.fingerprint = kServer.fingerprint;
  local.cname = "load-0";
  local.audio = {{"", 11, 0}};
  if (layers == 1)
    local.video = {{"", 21, 22}};
  else
    local.video = {{"q", 21, 22}, {"h", 23, 24}, {"f", 25, 26}};
  return local;
}

sdp::MediaSession make_server(bool simulcast) {
  sdp::Options options;
  options.data_channel = false;
  options.policy.simulcast = simulcast;
  options.next_ssrc = [n = std::uint32_t{1000}]() mutable { return n++; };
  return sdp::MediaSession(std::move(options));
}

class AnswererTest : public testing::Test {
 protected:
  sdp::MediaSession server = make_server(true);
  sdp::MediaSession plain_server = make_server(false);
  const TrackId microphone{"mic"}, camera{"cam"};
};

TEST_F(AnswererTest, PublishesOnTheMLinesItIsTold) {
  const std::vector mids{server.add_receive(microphone, media::Kind::Audio),
                         server.add_receive(camera, media::Kind::Video)};
  const auto answer = answer_offer(server.make_offer(kServer), make_local(), mids);
  ASSERT_TRUE(answer) << answer.error().message;
  const auto applied = server.apply_answer(answer->sdp);
  ASSERT_TRUE(applied) << applied.error().message;
  EXPECT_THAT(applied->accepted, testing::UnorderedElementsAre(microphone, camera));
  ASSERT_THAT(server.receiving(), SizeIs(2));
  EXPECT_EQ(server.codec_of(camera)->name, media::CodecName::Vp8);
  EXPECT_THAT(server.receiving()[1].media.ssrcs, testing::ElementsAre(21));
  EXPECT_THAT(server.receiving()[1].media.rtx, testing::ElementsAre(std::pair(21U, 22U)));
  ASSERT_THAT(answer->session.sends, SizeIs(2));
  EXPECT_EQ(answer->session.sends[1].codec.name, media::CodecName::Vp8);
  EXPECT_THAT(answer->session.receives, SizeIs(0));
}

TEST_F(AnswererTest, PublishesNothingUntold) {
  server.add_receive(camera, media::Kind::Video);
  const auto answer = answer_offer(server.make_offer(kServer), make_local(), {});
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->session.sends, SizeIs(0));
  EXPECT_THAT(answer->sdp, HasSubstr("a=inactive"));
}

TEST_F(AnswererTest, TakesAllThatTheServerSends) {
  server.attach(microphone, media::Kind::Audio, "ann/camera");
  server.attach(camera, media::Kind::Video, "ann/camera");
  const auto answer = answer_offer(server.make_offer(kServer), make_local(), {});
  ASSERT_TRUE(answer);
  ASSERT_TRUE(server.apply_answer(answer->sdp));
  ASSERT_THAT(server.sending(), SizeIs(2));
  for (const media::Send& send : server.sending()) EXPECT_FALSE(send.codecs.empty());
  ASSERT_THAT(answer->session.receives, SizeIs(2));
  const media::Receive& video = answer->session.receives[1];
  EXPECT_EQ(video.ssrcs.front(), server.sending()[1].ssrc);
  EXPECT_EQ(video.rtx.front().second, server.sending()[1].rtx_ssrc);
}

TEST_F(AnswererTest, AnswersEveryLaterOfferOfTheSameSession) {
  const std::vector mids{server.add_receive(microphone, media::Kind::Audio)};
  for (int i = 0; i < 5; ++i) {
    server.attach(TrackId("cam" + std::to_string(i)), media::Kind::Video, std::to_string(i));
    const auto answer = answer_offer(server.make_offer(kServer), make_local(), mids);
    ASSERT_TRUE(answer);
    ASSERT_TRUE(server.apply_answer(answer->sdp));
    EXPECT_THAT(answer->session.receives, SizeIs(i + 1));
  }
  EXPECT_FALSE(server.needs_offer());
}

TEST_F(AnswererTest, ReadsTheServersEndOfTheTransport) {
  const auto answer = answer_offer(server.make_offer(kServer), make_local(), {});
  ASSERT_TRUE(answer);
  const RemoteEnd& remote = answer->session.remote;
  EXPECT_EQ(remote.ice, (IceCredentials{kServer.ufrag, kServer.password}));
  EXPECT_EQ(remote.fingerprints, std::vector{kServer.fingerprint});
  EXPECT_TRUE(remote.lite);
  ASSERT_THAT(remote.candidates, SizeIs(2));
  EXPECT_EQ(transport::to_string(remote.candidates.front().ip), "127.0.0.1")
      << "the higher priority leads";
  EXPECT_EQ(answer->session.ice_role, IceRole::Controlling);
  EXPECT_EQ(answer->session.dtls_role, DtlsRole::Client);
}

TEST_F(AnswererTest, RefusesADataChannel) {
  sdp::Options options;
  options.next_ssrc = [] { return 1U; };
  sdp::MediaSession with_data(options);
  with_data.attach(microphone, media::Kind::Audio, "ann/camera");
  const auto answer = answer_offer(with_data.make_offer(kServer), make_local(), {});
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->sdp, HasSubstr("m=application 0 "));
  EXPECT_TRUE(with_data.apply_answer(answer->sdp));
}

TEST_F(AnswererTest, OffersWhatItSendsAndReadsTheAnswer) {
  const LocalEnd local = make_local();
  const auto offered = server.apply_offer(make_offer(local));
  ASSERT_TRUE(offered) << offered.error().message;
  ASSERT_THAT(offered->incoming, SizeIs(2));
  server.add_receive(microphone, media::Kind::Audio, offered->incoming[0].mid);
  server.add_receive(camera, media::Kind::Video, offered->incoming[1].mid);
  const auto session = read_answer(server.make_answer(kServer), local);
  ASSERT_TRUE(session) << session.error().message;
  ASSERT_THAT(session->sends, SizeIs(2));
  EXPECT_EQ(session->sends[1].layers, local.video);
  EXPECT_EQ(session->dtls_role, DtlsRole::Client);
}

TEST_F(AnswererTest, SendsOneLayerToAServerWithoutSimulcast) {
  const std::vector mids{plain_server.add_receive(camera, media::Kind::Video)};
  const auto answer = answer_offer(plain_server.make_offer(kServer), make_local(3), mids);
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->sdp, Not(HasSubstr("a=simulcast")));
  ASSERT_THAT(answer->session.sends.front().layers, SizeIs(1));
  EXPECT_EQ(answer->session.sends.front().layers.front().ssrc, 25u) << "the best one";
}

TEST_F(AnswererTest, SendsTheLayersThatTheServerWantsUnderItsNames) {
  const std::vector mids{plain_server.add_receive(camera, media::Kind::Video)};
  const auto answer =
      answer_offer(plain_server.make_offer(kServer) +
                       "a=rid:lo recv\r\na=rid:hi recv\r\na=simulcast:recv lo;hi\r\n",
                   make_local(3), mids);
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->sdp, HasSubstr("a=simulcast:send lo;hi"));
  const auto& layers = answer->session.sends.front().layers;
  ASSERT_THAT(layers, SizeIs(2));
  EXPECT_EQ(layers[0].rid, "lo");
  EXPECT_EQ(layers[1].ssrc, 23u);
}

TEST_F(AnswererTest, SaysWhatIsWrongWithABadOffer) {
  EXPECT_EQ(answer_offer("nonsense", make_local(), {}).error().code, "bad_sdp");
  auto without_candidates = kServer;
  without_candidates.candidates.clear();
  const auto answer = answer_offer(server.make_offer(without_candidates), make_local(), {});
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, HasSubstr("a=candidate"));
}

}  // namespace
}  // namespace parley::load
