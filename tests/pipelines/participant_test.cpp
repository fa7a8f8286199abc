// A participant against a webrtcbin of the other side, over the real transport.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pipelines/support/call.hpp"

namespace parley::pipelines {
namespace {

using testing::close_and_wait;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::run_for;
using testing::run_until;
using testing::Server;
using ::testing::SizeIs;
using testing::WebrtcClient;
using namespace std::chrono_literals;

/// A server, a participant and a client that have found each other.
class Call {
 public:
  explicit Call(bool data_channel = true, const WebrtcClient::Options& options = {})
      : participant(server.participant("ann", data_channel)),
        session(server.session(data_channel)),
        client(std::make_unique<WebrtcClient>(server.main_loop, options)) {
    EXPECT_TRUE(participant->start().ok());
  }
  ~Call() { close_and_wait(*participant); }

  bool connect() {
    return server.negotiate(*participant, session, *client) &&
           run_until([&] { return !server.seen.secure.empty(); });
  }

  /// Until the client has so many, and the server's end of the newest is open too.
  bool open_channels(std::size_t count) {
    return run_until([&] { return client->open_channels() == count; }) && reaches_client(true) &&
           reaches_client(false);
  }
  bool reaches_client(bool ordered) {
    const unsigned before = client->pings();
    return run_until([&] {
      participant->send_data({ordered, false, testing::kPing});
      return client->pings() > before;
    });
  }

  Server server;
  std::unique_ptr<Participant> participant;
  sdp::MediaSession session;
  std::unique_ptr<WebrtcClient> client;
};

TEST(Participant, DoesWithoutTheClientsIceCredentials) {
  Call call(false, {.send_audio = true});
  call.session.add_receive(TrackId("mic"), media::Kind::Audio);
  call.client->take_offer(call.session.make_offer(call.server.local(*call.participant)));
  ASSERT_TRUE(run_until([&] { return !call.client->answer().empty(); }));
  const auto applied = call.session.apply_answer(call.client->answer());
  ASSERT_TRUE(applied);
  call.participant->set_remote(
      {.ufrag = {}, .password = {}, .fingerprints = applied->transport.fingerprints});
  EXPECT_TRUE(run_until([&] { return !call.server.seen.secure.empty(); }));
}

TEST(Participant, BecomesSecureAndGivesTheTransportItsKeys) {
  Call call;
  ASSERT_TRUE(call.connect());
  EXPECT_TRUE(run_until([&] { return call.server.reports.media_ready == 1; }));
  EXPECT_THAT(call.server.seen.failed, IsEmpty());
}

TEST(Participant, BecomesSecureWithoutADataChannel) {
  Call call(false, {.send_audio = true});
  call.session.add_receive(TrackId("t"), media::Kind::Audio);
  ASSERT_TRUE(call.connect());
  EXPECT_TRUE(run_until([&] { return call.server.reports.media_ready == 1; }));
}

TEST(Participant, MessagesPassBothWaysOrderedAndUnordered) {
  Call call;
  ASSERT_TRUE(call.connect());
  ASSERT_TRUE(call.open_channels(2));
  const std::vector<DataMessage> messages = {
      {true, false, "hello"}, {false, false, "loose"}, {true, true, std::string("\0\1\2", 3)}};
  for (const auto& message : messages) {
    call.participant->send_data(message);
    call.client->send("room", message.ordered, message);
  }
  const auto all = ::testing::UnorderedElementsAre(messages[0], messages[1], messages[2]);
  EXPECT_TRUE(run_until(
      [&] { return call.server.seen.data.size() == 3 && call.client->received().size() == 3; }));
  EXPECT_THAT(call.server.seen.data, all);
  EXPECT_THAT(call.client->received(), all);
}

TEST(Participant, AChannelOfTheClientsReplacesTheServers) {
  Call call(true, {.open_channels = true});
  ASSERT_TRUE(call.connect());
  ASSERT_TRUE(call.open_channels(5));
  call.client->send("room", true, {true, false, "from any"});
  ASSERT_TRUE(run_until([&] { return call.server.seen.data.size() == 2; }));
  call.participant->send_data({true, false, "once"});
  call.participant->send_data({false, false, "once, loosely"});
  ASSERT_TRUE(run_until([&] { return call.client->received().size() == 2; }));
  run_for(100ms);
  EXPECT_THAT(call.client->received_on_own(), ElementsAre(true, true));
}

TEST(Participant, ChannelsOfOtherLabelsAreIgnored) {
  Call call(true, {.open_channels = true});
  ASSERT_TRUE(call.connect());
  ASSERT_TRUE(call.open_channels(5));
  call.client->send("other", true, {true, false, "not for the room"});
  call.client->send("room", true, {true, false, "for the room"});
  ASSERT_TRUE(run_until([&] { return call.server.seen.data.size() == 2; }));
  run_for(100ms);
  for (const auto& message : call.server.seen.data) EXPECT_EQ(message.payload, "for the room");
}

TEST(Participant, AnEmptyMessageDoesNotBreakTheChannel) {
  Call call;
  ASSERT_TRUE(call.connect());
  ASSERT_TRUE(call.open_channels(2));
  call.participant->send_data({true, false, ""});
  call.participant->send_data({true, true, ""});
  call.participant->send_data({true, false, "next"});
  ASSERT_TRUE(run_until([&] { return !call.client->received().empty(); }));
  EXPECT_EQ(call.client->received()[0].payload, "next");
}

void push_empty(const GValue* item, gpointer) {
  auto* element = static_cast<GstElement*>(g_value_get_object(item));
  if (g_strcmp0(G_OBJECT_TYPE_NAME(element), "GstAppSrc") != 0) return;
  const Handle<GstBuffer, gst_buffer_unref> empty(gst_buffer_new());
  GstFlowReturn flow = GST_FLOW_OK;
  g_signal_emit_by_name(element, "push-buffer", empty.get(), &flow);
}

// What that leaves is counted where the leaks tracer is on.
TEST(Participant, AnErrorInsideAChannelIsNobodysBusiness) {
  Call call;
  ASSERT_TRUE(call.connect());
  ASSERT_TRUE(call.open_channels(2));
  const Handle<GstIterator, gst_iterator_free> elements(
      gst_bin_iterate_recurse(GST_BIN(call.participant->pipeline())));
  gst_iterator_foreach(elements.get(), push_empty, nullptr);
  run_for(100ms);
  EXPECT_THAT(call.server.seen.failed, IsEmpty());
}

TEST(Participant, AReceiverThatFallsBehindLosesMessagesInsteadOfTheServersMemory) {
  Call call;
  ASSERT_TRUE(call.connect());
  ASSERT_TRUE(call.open_channels(2));
  for (int i = 0; i < 200; ++i)
    call.participant->send_data({true, true, std::string(60 * 1024, 'x')});
  EXPECT_GT(call.participant->data_dropped(), 100u);
  // And with all that in SCTP's buffer, which nobody empties now, it still closes.
}

TEST(Participant, AWrongFingerprintEndsTheConnectionBeforeAnyKey) {
  Call call;
  call.client->take_offer(call.session.make_offer(call.server.local(*call.participant)));
  ASSERT_TRUE(run_until([&] { return !call.client->answer().empty(); }));
  auto applied = call.session.apply_answer(call.client->answer());
  ASSERT_TRUE(applied.ok());
  std::string wrong = applied->transport.fingerprints.at(0);
  wrong.back() = wrong.back() == '0' ? '1' : '0';
  call.participant->set_remote({applied->transport.ufrag, applied->transport.password, {wrong}});
  ASSERT_TRUE(run_until([&] { return !call.server.seen.failed.empty(); }));
  run_for(200ms);
  EXPECT_THAT(call.server.seen.failed, ElementsAre("fingerprint_mismatch"));
  EXPECT_THAT(call.server.seen.secure, IsEmpty());
  EXPECT_THAT(call.server.seen.data, IsEmpty());
  EXPECT_EQ(call.server.reports.connected, 1);
  EXPECT_EQ(call.server.reports.media_ready, 0);
  EXPECT_EQ(call.server.transport->counters().connections, 0u);
}

TEST(Participant, SaysOnceThatThePeerHasClosed) {
  Call call;
  ASSERT_TRUE(call.connect());
  ASSERT_TRUE(call.open_channels(2));
  call.client->say_goodbye();
  ASSERT_TRUE(run_until([&] { return !call.server.seen.failed.empty(); }));
  call.participant->send_data({true, false, "to nobody"});
  run_for(200ms);
  EXPECT_THAT(call.server.seen.failed, ElementsAre("peer_closed"));
}

TEST(Participant, SaysNothingAfterClose) {
  Server server;
  auto participant = server.participant("ann");
  ASSERT_TRUE(participant->start().ok());
  bool closed = false;
  participant->close([&] { closed = true; });
  participant->close({});
  participant.reset();
  ASSERT_TRUE(run_until([&] { return closed; }));
  run_for(50ms);
  EXPECT_THAT(server.seen.local, IsEmpty());
  EXPECT_THAT(server.seen.failed, IsEmpty());
}

TEST(Participant, ClosesAlsoWhenItNeverStarted) {
  Server server;
  auto participant = server.participant("ann");
  close_and_wait(*participant);
  EXPECT_EQ(participant->pipeline(), nullptr);
  EXPECT_EQ(server.transport->counters().connections, 0u);
}

}  // namespace
}  // namespace parley::pipelines
