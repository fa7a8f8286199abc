// Checks, nominations and consent over real sockets.
#include <thread>

#include <gtest/gtest.h>

#include "tests/transport/support/transport_fixture.hpp"

namespace parley::transport::testing {
namespace {

using namespace std::chrono_literals;

class TransportIce : public TransportTest {};

TEST_F(TransportIce, PeersConnectOverBothFamilies) {
  for (const auto* ip : {"127.0.0.1", "::1"}) {
    Member member = join();
    TestPeer client = peer(ip);
    ASSERT_TRUE(client.connect(member.credentials)) << ip;
    EXPECT_TRUE(eventually([&] { return listener.connected(member.id) == 1; }));
    EXPECT_TRUE(
        eventually([&] { return state_of(member) == GST_WEBRTC_ICE_CONNECTION_STATE_CONNECTED; }));
    transport->close(member.id);
  }
}

TEST_F(TransportIce, ACheckThatDoesNotNominateIsCheckingOnly) {
  Member member = join();
  TestPeer client = peer();
  ASSERT_TRUE(client.connect(member.credentials, {.nominate = false}));
  EXPECT_TRUE(
      eventually([&] { return state_of(member) == GST_WEBRTC_ICE_CONNECTION_STATE_CHECKING; }));
  EXPECT_EQ(listener.connected(member.id), 0u);
  transport->close(member.id);
}

TEST_F(TransportIce, AnUnknownUserFragmentMeetsSilence) {
  TestPeer client = peer();
  client.send_check({"nobody", "password"});
  EXPECT_FALSE(client.receive(100ms));
  EXPECT_TRUE(eventually([&] { return transport->counters().dropped_unknown == 1; }));
}

TEST_F(TransportIce, CandidatesAreToldToWebrtcbinOnce) {
  Member member = join();
  std::vector<std::string> lines;
  gst_webrtc_ice_set_on_ice_candidate(
      member.agent.get(),
      [](GstWebRTCICE*, guint, const gchar* line, gpointer data) {
        static_cast<std::vector<std::string>*>(data)->emplace_back(line);
      },
      &lines, nullptr);
  gst_webrtc_ice_gather_candidates(member.agent.get(), member.stream);
  gst_webrtc_ice_gather_candidates(member.agent.get(), member.stream);
  ASSERT_EQ(lines.size(), transport->candidates().size());
  EXPECT_EQ(lines.front(), "a=" + to_sdp(transport->candidates().front()));
  EXPECT_EQ(member.ice.get()->gathering_state, GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE);
  transport->close(member.id);
}

TEST_F(TransportIce, LostConsentIsReportedAndEndsSending) {
  Member member = join();
  TestPeer client = peer();
  ASSERT_TRUE(client.connect(member.credentials));
  on_shard(0, [&](Shard& shard) { shard.set_consent_timeout(member.id, 300ms); });
  EXPECT_TRUE(eventually([&] { return listener.expired(member.id) == 1; }));
  EXPECT_TRUE(
      eventually([&] { return state_of(member) == GST_WEBRTC_ICE_CONNECTION_STATE_FAILED; }));
  client.send_check(member.credentials);
  EXPECT_FALSE(client.receive(100ms)) << "consent is not regained";
  transport->close(member.id);
}

TEST_F(TransportIce, ChecksKeepConsent) {
  Member member = join();
  TestPeer client = peer();
  ASSERT_TRUE(client.connect(member.credentials));
  on_shard(0, [&](Shard& shard) { shard.set_consent_timeout(member.id, 400ms); });
  for (int i = 0; i < 8; ++i) {
    std::this_thread::sleep_for(100ms);
    ASSERT_TRUE(client.connect(member.credentials));
  }
  EXPECT_EQ(listener.expired(member.id), 0u);
  transport->close(member.id);
}

TEST_F(TransportIce, AnotherConnectionCannotTakeAnAddressOver) {
  Member first = join(), second = join();
  TestPeer client = peer();
  ASSERT_TRUE(client.connect(first.credentials));
  client.send_check(second.credentials);
  EXPECT_FALSE(client.receive(100ms));
  EXPECT_EQ(listener.connected(second.id), 0u);
  transport->close(first.id);
  EXPECT_TRUE(client.connect(second.credentials)) << "once the first has gone, it may";
  transport->close(second.id);
}

TEST_F(TransportIce, AfterCloseNothingIsAnswered) {
  Member member = join();
  TestPeer client = peer();
  ASSERT_TRUE(client.connect(member.credentials));
  transport->close(member.id);
  transport->close(member.id);
  on_shard(0, [&](Shard& shard) { EXPECT_EQ(shard.find(member.id), nullptr); });
  client.send_check(member.credentials);
  EXPECT_FALSE(client.receive(100ms));
  EXPECT_FALSE(transport->ice_agent(member.id));
}

TEST_F(TransportIce, WebrtcbinMayCallTheAgentAfterClose) {
  const ConnectionId id = transport->connect(0, "cname");
  const auto agent = transport->ice_agent(id);
  GstWebRTCICEStream* stream = gst_webrtc_ice_add_stream(agent.get(), 0);
  transport->close(id);
  const auto ice = Ref<GstWebRTCICETransport>::adopt(
      gst_webrtc_ice_find_transport(agent.get(), stream, GST_WEBRTC_ICE_COMPONENT_RTP));
  ASSERT_TRUE(ice);
  EXPECT_NE(ice.get()->src, nullptr);
  EXPECT_TRUE(gst_webrtc_ice_set_local_credentials(agent.get(), stream, "late", "password"));
  EXPECT_TRUE(gst_webrtc_ice_gather_candidates(agent.get(), stream));
  TestPeer client = peer();
  client.send_check({"late", "password"});
  EXPECT_FALSE(client.receive(100ms));
}

TEST_F(TransportIce, CloseWaitsForAReportUnderWay) {
  // webrtcbin connects its handlers with bare pointers: after close() none may be running.
  Member member = join();
  struct State {
    std::atomic<bool> entered = false, left = false;
  } state;
  const gulong handler = g_signal_connect(member.ice.get(), "notify::state",
                                          G_CALLBACK(+[](GObject*, GParamSpec*, State* s) {
                                            s->entered = true;
                                            std::this_thread::sleep_for(100ms);
                                            s->left = true;
                                          }),
                                          &state);
  TestPeer client = peer();
  ASSERT_TRUE(client.connect(member.credentials));
  ASSERT_TRUE(eventually([&] { return state.entered.load(); }));
  transport->close(member.id);
  EXPECT_TRUE(state.left);
  state.entered = false;
  std::this_thread::sleep_for(50ms);
  EXPECT_FALSE(state.entered) << "nor may another begin";
  g_signal_handler_disconnect(member.ice.get(), handler);
}

}  // namespace
}  // namespace parley::transport::testing
