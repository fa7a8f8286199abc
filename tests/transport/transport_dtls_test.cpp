// DTLS records between a peer and webrtcbin, which is played by pads here.
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

#include "tests/transport/support/transport_fixture.hpp"
#include "transport/webrtc_ice_transport.hpp"

namespace parley::transport::testing {
namespace {

using namespace std::chrono_literals;

const Bytes kClientHello = [] {
  Bytes record(60, 1);
  record[0] = 22;
  return record;
}();
const Bytes kAlert{21, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 1, 0, 2, 1, 0};

class TransportDtls : public TransportTest {
 protected:
  /// What webrtcbin's receive bin gets, and in which order.
  struct Received {
    std::mutex mutex;
    std::vector<Bytes> records;
    std::vector<GstEventType> events;
    std::string caps;
    std::size_t count() {
      const std::lock_guard lock(mutex);
      return records.size();
    }
  };

  /// Links a pad to the transport's source element, and starts that as webrtcbin does.
  Ref<GstPad> plug_in(const Member& member, Received& received) {
    auto sink = Ref<GstPad>::sink(gst_pad_new("sink", GST_PAD_SINK));
    gst_pad_set_element_private(sink.get(), &received);
    gst_pad_set_event_function(
        sink.get(), [](GstPad* pad, GstObject*, GstEvent* event) -> gboolean {
          auto* to = static_cast<Received*>(gst_pad_get_element_private(pad));
          const std::lock_guard lock(to->mutex);
          to->events.push_back(GST_EVENT_TYPE(event));
          if (GST_EVENT_TYPE(event) == GST_EVENT_CAPS) {
            GstCaps* caps = nullptr;
            gst_event_parse_caps(event, &caps);
            to->caps = gst_structure_get_name(gst_caps_get_structure(caps, 0));
          }
          gst_event_unref(event);
          return TRUE;
        });
    gst_pad_set_chain_function(sink.get(), [](GstPad* pad, GstObject*, GstBuffer* buffer) {
      auto* to = static_cast<Received*>(gst_pad_get_element_private(pad));
      GstMapInfo map;
      gst_buffer_map(buffer, &map, GST_MAP_READ);
      {
        const std::lock_guard lock(to->mutex);
        to->records.emplace_back(map.data, map.data + map.size);
      }
      gst_buffer_unmap(buffer, &map);
      gst_buffer_unref(buffer);
      return GST_FLOW_OK;
    });
    gst_pad_set_active(sink.get(), TRUE);
    const auto source =
        Ref<GstPad>::adopt(gst_element_get_static_pad(member.ice.get()->src, "src"));
    EXPECT_EQ(gst_pad_link(source.get(), sink.get()), GST_PAD_LINK_OK);
    gst_element_set_state(member.ice.get()->src, GST_STATE_PLAYING);
    return sink;
  }

  static void stop(const Member& member) {
    gst_element_set_state(member.ice.get()->src, GST_STATE_NULL);
  }

  /// Hands a packet to the transport's sink element, as webrtcbin's DTLS encoder does.
  static void emit(const Member& member, const Bytes& packet) {
    const auto sink =
        Ref<GstPad>::adopt(gst_element_get_static_pad(member.ice.get()->sink, "sink"));
    gst_pad_set_active(sink.get(), TRUE);
    gst_pad_send_event(sink.get(), gst_event_new_stream_start("dtls"));
    GstSegment time;
    gst_segment_init(&time, GST_FORMAT_TIME);
    gst_pad_send_event(sink.get(), gst_event_new_segment(&time));
    gst_pad_chain(sink.get(), gst_buffer_new_memdup(packet.data(), packet.size()));
  }
};

TEST_F(TransportDtls, RecordsReachWebrtcbinBehindTheirStickyEvents) {
  Member member = join();
  Received received;
  const auto pad = plug_in(member, received);
  TestPeer client = peer();
  ASSERT_TRUE(client.connect(member.credentials));
  client.send(kClientHello);
  ASSERT_TRUE(eventually([&] { return received.count() == 1; }));
  EXPECT_EQ(received.records.front(), kClientHello);
  EXPECT_EQ(received.events,
            (std::vector{GST_EVENT_STREAM_START, GST_EVENT_CAPS, GST_EVENT_SEGMENT}));
  EXPECT_EQ(received.caps, "application/x-rtp");
  stop(member);
  transport->close(member.id);
}

TEST_F(TransportDtls, AClientHelloAheadOfTheNominationIsNotLost) {
  Member member = join();
  Received received;
  const auto pad = plug_in(member, received);
  TestPeer client = peer();
  ASSERT_TRUE(client.connect(member.credentials, {.nominate = false}));
  client.send(kClientHello);
  EXPECT_TRUE(eventually([&] { return received.count() == 1; }));
  stop(member);
  transport->close(member.id);
}

TEST_F(TransportDtls, RecordsOfStrangersDoNotReachWebrtcbin) {
  Member member = join();
  Received received;
  const auto pad = plug_in(member, received);
  TestPeer stranger = peer();
  stranger.send(kClientHello);
  EXPECT_TRUE(eventually([&] { return transport->counters().dropped_unknown == 1; }));
  EXPECT_EQ(received.count(), 0u);
  stop(member);
  transport->close(member.id);
}

TEST_F(TransportDtls, AnElementThatIsNotStartedYetLosesNothingLater) {
  Member member = join();
  TestPeer client = peer();
  ASSERT_TRUE(client.connect(member.credentials));
  const auto before = transport->counters().packets_in;
  client.send(kClientHello);
  ASSERT_TRUE(eventually([&] { return transport->counters().packets_in == before + 1; }));
  on_shard(0, [](Shard&) {});
  Received received;
  const auto pad = plug_in(member, received);
  client.send(kClientHello);  // DTLS repeats it
  ASSERT_TRUE(eventually([&] { return received.count() == 1; }));
  EXPECT_EQ(received.events.size(), 3u);
  stop(member);
  transport->close(member.id);
}

TEST_F(TransportDtls, OutgoingRecordsWaitForANomination) {
  Member member = join();
  TestPeer client = peer();
  emit(member, kClientHello);
  ASSERT_TRUE(client.connect(member.credentials, {.nominate = false}));
  emit(member, kClientHello);
  EXPECT_FALSE(client.receive(50ms));
  ASSERT_TRUE(client.connect(member.credentials));
  ASSERT_TRUE(eventually([&] { return listener.connected(member.id) == 1; }));
  emit(member, kClientHello);
  EXPECT_EQ(client.receive(1s), kClientHello);
  transport->close(member.id);
  emit(member, kClientHello);
  EXPECT_FALSE(client.receive(50ms)) << "nor after close";
}

TEST_F(TransportDtls, WebrtcbinsOwnRtpAndRtcpIsDropped) {
  Member member = join();
  TestPeer client = peer();
  ASSERT_TRUE(client.connect(member.credentials));
  ASSERT_TRUE(eventually([&] { return listener.connected(member.id) == 1; }));
  emit(member, make_rtp(1, 96, 1, 1));
  emit(member, Bytes{0x80, 201, 0, 1, 0, 0, 0, 1});
  EXPECT_FALSE(client.receive(50ms));
  transport->close(member.id);
}

TEST_F(TransportDtls, AlertsHintThatThePeerLeftOnceASecondAtMost) {
  Member member = join();
  TestPeer client = peer();
  ASSERT_TRUE(client.connect(member.credentials));
  for (int i = 0; i < 100; ++i) client.send(kAlert);
  client.send(kClientHello);
  ASSERT_TRUE(eventually([&] { return transport->counters().packets_in >= 102; }));
  EXPECT_EQ(listener.closed(member.id), 1u);
  std::this_thread::sleep_for(1s);
  client.send(kAlert);
  EXPECT_TRUE(eventually([&] { return listener.closed(member.id) == 2; }));
  transport->close(member.id);
}

TEST_F(TransportDtls, AStalledWebrtcbinDoesNotFillUp) {
  // Its queue is not leaky once connected and would block the shard: what it holds is bounded here.
  std::vector<GstBuffer*> held;
  auto source = Ref<GstPad>::sink(gst_pad_new("src", GST_PAD_SRC));
  auto sink = Ref<GstPad>::sink(gst_pad_new("sink", GST_PAD_SINK));
  gst_pad_set_element_private(sink.get(), &held);
  gst_pad_set_chain_function(sink.get(), [](GstPad* pad, GstObject*, GstBuffer* buffer) {
    static_cast<std::vector<GstBuffer*>*>(gst_pad_get_element_private(pad))->push_back(buffer);
    return GST_FLOW_OK;
  });
  gst_pad_set_active(sink.get(), TRUE);
  gst_pad_set_active(source.get(), TRUE);
  gst_pad_link(source.get(), sink.get());
  RecordSink records(source);
  const Bytes record(1000, 23);
  for (int i = 0; i < 3000; ++i) records.push(record, 0);
  EXPECT_EQ(held.size(), RecordSink::kMaxQueued / 1000);
  for (GstBuffer* buffer : held) gst_buffer_unref(buffer);
  held.clear();
  records.push(record, 0);
  EXPECT_EQ(held.size(), 1u) << "and goes on when there is room again";
  for (GstBuffer* buffer : held) gst_buffer_unref(buffer);
  gst_pad_set_active(source.get(), FALSE);
  gst_pad_set_active(sink.get(), FALSE);
}

}  // namespace
}  // namespace parley::transport::testing
