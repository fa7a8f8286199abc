// A track on its way: publisher → source → tee → fan-out → subscriber, and the picture of it.
#include "pipelines/tracks.hpp"

#include <cstdlib>
#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gst/gst.h>
#include <gtest/gtest.h>

#include "pipelines/graph.hpp"
#include "pipelines/links.hpp"
#include "tests/pipelines/support/call.hpp"

namespace parley::pipelines {
namespace {

using testing::close_and_wait;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::run_for;
using testing::run_until;
using testing::Server;
using testing::WebrtcClient;
using namespace std::chrono_literals;

const TrackId kMicrophone("mic");

/// For `dot -Tsvg`, where PARLEY_GRAPHS names a folder.
void keep_for_a_look(const std::string& name, const std::string& dot) {
  if (const char* folder = std::getenv("PARLEY_GRAPHS"))
    std::ofstream(fmt::format("{}/{}.dot", folder, name)) << dot;
}

/// One side of a call: participant, its session and its client.
struct Side {
  Side(Server& on, const std::string& name, const WebrtcClient::Options& options)
      : server(on),
        id(name),
        participant(on.participant(name)),
        session(on.session()),
        client(on.main_loop, options) {
    EXPECT_TRUE(participant->start().ok());
  }
  ~Side() { close_and_wait(*participant); }

  bool connect() {
    if (!server.negotiate(*participant, session, client)) return false;
    std::vector<Receiving> receiving;
    for (const auto& line : session.receiving())
      receiving.push_back({line.media, participant->key_of(line.track)});
    apply_negotiated(*server.transport, 0, participant->connection(), receiving, session.sending());
    const auto& secure = server.seen.secure;
    return run_until([&] {
      return std::find(secure.begin(), secure.end(), participant->connection()) != secure.end();
    });
  }
  [[nodiscard]] std::uint64_t packets(const TrackId& track) const {
    const auto fan_out = Ref<GstElement>::adopt(
        gst_bin_get_by_name(GST_BIN(participant->pipeline()), fan_out_name(track).c_str()));
    guint64 packets = 0;
    if (fan_out) g_object_get(fan_out.get(), "packets", &packets, nullptr);
    return packets;
  }

  Server& server;
  ParticipantId id;
  std::unique_ptr<Participant> participant;
  sdp::MediaSession session;
  WebrtcClient client;
};

/// Ann sends sound; Bob is to hear it.
class TracksTest : public ::testing::Test {
 protected:
  TracksTest() : ann(server, "ann", {.send_audio = true}), bob(server, "bob", {}) {
    ann.session.add_receive(kMicrophone, media::Kind::Audio);
    key = ann.participant->add_track(kMicrophone, media::Kind::Audio);
    slot = {bob.participant->connection(),
            bob.session.attach(kMicrophone, media::Kind::Audio, "ann/mic").mid};
  }
  void link() { link_track(*server.transport, 0, slot, {ann.participant->connection(), key}, {}); }

  std::atomic<int> branch_buffers{0};  ///< outlives the pipelines that count into it
  Server server;
  Side ann, bob;
  forwarding::TrackKey key = 0;
  Slot slot;
};

TEST_F(TracksTest, PacketsReachTheSubscriberUntilTheLinkEnds) {
  ASSERT_TRUE(ann.connect());
  ASSERT_TRUE(bob.connect());
  link();
  EXPECT_TRUE(run_until([&] { return bob.client.media_buffers() > 10; }));
  unlink_track(*server.transport, 0, slot);
  run_for(200ms);
  const unsigned heard = bob.client.media_buffers();
  const auto sent = ann.packets(kMicrophone);
  EXPECT_TRUE(run_until([&] { return ann.packets(kMicrophone) > sent + 5; }));
  EXPECT_EQ(bob.client.media_buffers(), heard);
}

TEST_F(TracksTest, APausedLinkCarriesNothingUntilItGoesOn) {
  ASSERT_TRUE(ann.connect());
  ASSERT_TRUE(bob.connect());
  link_track(*server.transport, 0, slot, {ann.participant->connection(), key}, {.paused = true});
  ASSERT_TRUE(run_until([&] { return ann.packets(kMicrophone) > 10; }));
  EXPECT_EQ(bob.client.media_buffers(), 0u);
  update_track(*server.transport, 0, slot, {});
  EXPECT_TRUE(run_until([&] { return bob.client.media_buffers() > 5; }));
}

TEST_F(TracksTest, RemovingATrackWhileItFlowsTakesItsElementsOut) {
  ASSERT_TRUE(ann.connect());
  ASSERT_TRUE(bob.connect());
  link();
  ASSERT_TRUE(run_until([&] { return bob.client.media_buffers() > 0; }));
  const int before = GST_BIN_NUMCHILDREN(GST_BIN(ann.participant->pipeline()));
  ann.participant->remove_track(kMicrophone);
  EXPECT_EQ(ann.participant->key_of(kMicrophone), 0u);
  EXPECT_TRUE(run_until(
      [&] { return GST_BIN_NUMCHILDREN(GST_BIN(ann.participant->pipeline())) == before - 3; }));
  const auto again = ann.participant->add_track(kMicrophone, media::Kind::Audio);
  EXPECT_NE(again, key);
}

TEST_F(TracksTest, AnotherBranchOfTheTeeGetsThePackets) {
  ASSERT_TRUE(ann.connect());
  GstBin* pipeline = GST_BIN(ann.participant->pipeline());
  const auto tee =
      Ref<GstElement>::adopt(gst_bin_get_by_name(pipeline, tee_name(kMicrophone).c_str()));
  GstElement* sink = gst_element_factory_make("fakesink", nullptr);
  g_object_set(sink, "async", FALSE, "sync", FALSE, "signal-handoffs", TRUE, nullptr);
  g_signal_connect(sink, "handoff",
                   G_CALLBACK(+[](GstElement*, GstBuffer* buffer, GstPad*, gpointer count) {
                     EXPECT_TRUE(GST_BUFFER_PTS_IS_VALID(buffer));
                     ++*static_cast<std::atomic<int>*>(count);
                   }),
                   &branch_buffers);
  gst_bin_add(pipeline, sink);
  gst_element_sync_state_with_parent(sink);
  ASSERT_TRUE(gst_element_link(tee.get(), sink));
  EXPECT_TRUE(run_until([&] { return branch_buffers > 5; }));
}

TEST_F(TracksTest, TheGraphShowsParticipantsElementsAndLinks) {
  ASSERT_TRUE(ann.connect());
  ASSERT_TRUE(bob.connect());
  const std::vector<GraphParticipant> participants = {
      {ann.id, "Ann <b>&\"x\"", ann.participant->pipeline()},
      {bob.id, "Bob", bob.participant->pipeline()},
      {ParticipantId("eve"), "Eve", nullptr}};
  const std::vector<GraphLink> links = {{ann.id, kMicrophone, bob.id, "microphone · opus", true},
                                        {ann.id, TrackId("gone"), bob.id, "not there", true}};
  const std::string dot = graph_dot({"room42", false}, participants, links);
  EXPECT_THAT(dot, HasSubstr("room42"));
  EXPECT_THAT(dot, HasSubstr("Ann &lt;b&gt;&amp;&quot;x&quot;"));
  EXPECT_THAT(dot, HasSubstr("\"ann/source-mic\" -> \"ann/tee-mic\""));
  EXPECT_THAT(dot, HasSubstr("RTP · audio"));
  EXPECT_THAT(dot, HasSubstr("\"ann/fanout-mic\" -> \"bob/webrtcbin/sends\""));
  EXPECT_THAT(dot, HasSubstr("no transport"));
  EXPECT_THAT(dot, Not(HasSubstr("not there")));
  EXPECT_THAT(dot, Not(HasSubstr("dtls")));

  const std::string detailed = graph_dot({"room42", true}, participants, links);
  EXPECT_THAT(detailed, HasSubstr("dtlsdec"));
  EXPECT_THAT(detailed, HasSubstr("\"ann/fanout-mic\" -> \"bob/webrtcbin/sends\""));
  keep_for_a_look("room", dot);
  keep_for_a_look("detail", detailed);
}

TEST(Graph, EveryLinkOfARoomOfThreeIsDrawn) {
  Server server;
  const std::vector<std::string> names = {"Ann", "Bob", "Carla"};
  std::vector<std::unique_ptr<Participant>> room;
  std::vector<GraphParticipant> participants;
  std::vector<GraphLink> links;
  for (const auto& name : names) {
    room.push_back(server.participant(name));
    ASSERT_TRUE(room.back()->start().ok());
    for (const auto kind : {media::Kind::Audio, media::Kind::Video}) {
      const TrackId track(name + "-" + std::string(media::to_string(kind)));
      room.back()->add_track(track, kind);
      for (const auto& other : names)
        if (other != name)
          links.push_back({ParticipantId(name), track, ParticipantId(other),
                           kind == media::Kind::Audio ? "microphone · opus" : "camera · VP8",
                           other != "Bob"});
    }
    participants.push_back({ParticipantId(name), name, room.back()->pipeline()});
  }
  const std::string dot = graph_dot({"stand-up", false}, participants, links);
  keep_for_a_look("three", dot);
  for (const auto& link : links)
    EXPECT_THAT(dot, HasSubstr("\"" + link.publisher.str() + "/fanout-" + link.track.str() +
                               "\" -> \"" + link.subscriber.str() + "/webrtcbin/sends\""));
  for (auto& participant : room) close_and_wait(*participant);
}

}  // namespace
}  // namespace parley::pipelines
