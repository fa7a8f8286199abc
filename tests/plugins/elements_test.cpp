// The elements by themselves, in GstHarness and in gst-launch lines.
#include <array>
#include <cstring>
#include <memory>

#include <gst/check/gstharness.h>
#include <gst/gst.h>
#include <gtest/gtest.h>

#include "forwarding/peer.hpp"
#include "forwarding/send_stream.hpp"
#include "plugins/fan_out_element.hpp"
#include "plugins/track_element.hpp"
#include "plugins/track_source_element.hpp"
#include "support/glib/ref.hpp"

namespace parley::plugins {
namespace {

using Harness = Handle<GstHarness, gst_harness_teardown>;

struct Sent : forwarding::Egress {
  [[nodiscard]] bool ready() const override { return true; }
  [[nodiscard]] std::span<std::uint8_t> rtp_buffer() override { return buffer; }
  void send_rtp(std::size_t size) override {
    packets.emplace_back(buffer.begin(), buffer.begin() + static_cast<long>(size));
  }
  void send_rtcp(std::span<const std::uint8_t>) override {}
  std::array<std::uint8_t, forwarding::kMaxPacket> buffer{};
  std::vector<std::vector<std::uint8_t>> packets;
};

struct Deaf : forwarding::PeerObserver {
  void on_codec(forwarding::TrackKey, media::CodecName) override {}
  void on_speaking(forwarding::TrackKey, const forwarding::Speech&) override {}
};

media::Codec opus(std::uint8_t payload_type) {
  media::Codec codec;
  codec.name = media::CodecName::Opus;
  codec.payload_type = payload_type;
  codec.clock_rate = 48000;
  codec.channels = 2;
  return codec;
}

std::vector<std::uint8_t> rtp(std::uint16_t sequence) {
  std::vector<std::uint8_t> packet(12 + 20, 0x55);
  packet[0] = 0x80;
  packet[1] = 111;
  packet[2] = static_cast<std::uint8_t>(sequence >> 8);
  packet[3] = static_cast<std::uint8_t>(sequence);
  for (int i = 4; i < 8; ++i) packet[static_cast<std::size_t>(i)] = 0;
  packet[8] = packet[9] = packet[10] = 0;
  packet[11] = 7;
  return packet;
}

GstBuffer* buffer_of(const std::vector<std::uint8_t>& bytes) {
  GstBuffer* buffer = gst_buffer_new_allocate(nullptr, bytes.size(), nullptr);
  gst_buffer_fill(buffer, 0, bytes.data(), bytes.size());
  return buffer;
}

/// A publisher of one Opus track, a subscriber that is attached to it, and a fan-out in between.
class FanOutElement : public ::testing::Test {
 protected:
  FanOutElement() {
    gst_init(nullptr, nullptr);
    register_elements();
    media::Receive receive;
    receive.mid = "0";
    receive.kind = media::Kind::Audio;
    receive.codecs = {opus(111)};
    receive.ssrcs = {7};
    publisher.set_receive(receive, 1);
    media::Send send;
    send.mid = "0";
    send.kind = media::Kind::Audio;
    send.codecs = {opus(96)};
    send.ssrc = 9;
    subscriber.set_send(send).attach(track, now());
    harness.reset(gst_harness_new(kFanOutElement));
    gst_harness_set_src_caps_str(harness.get(), "application/x-rtp,media=audio");
  }

  /// What the shard does with a packet: the publisher's Peer first, then the pad.
  GstFlowReturn push(std::uint16_t sequence) {
    auto bytes = rtp(sequence);
    const auto incoming = publisher.on_rtp(bytes, now());
    if (incoming.track == nullptr) return GST_FLOW_ERROR;
    return gst_harness_push(harness.get(),
                            buffer_of({incoming.packet.begin(), incoming.packet.end()}));
  }
  [[nodiscard]] std::uint64_t packets() const {
    guint64 count = 0;
    g_object_get(harness->element, "packets", &count, nullptr);
    return count;
  }

  Deaf deaf;
  Sent to_publisher, to_subscriber;
  forwarding::Peer publisher{to_publisher, deaf, 100, "ann"};
  forwarding::Peer subscriber{to_subscriber, deaf, 200, "bob"};
  forwarding::Track& track = publisher.add_track(1, media::Kind::Audio);
  Harness harness;
};

TEST_F(FanOutElement, HandsBuffersToTheKernelWhichSendsThemOn) {
  set_fan_out(harness->element, track.fan_out());
  for (std::uint16_t i = 0; i < 3; ++i) EXPECT_EQ(push(i), GST_FLOW_OK);
  ASSERT_EQ(to_subscriber.packets.size(), 3u);
  EXPECT_EQ(to_subscriber.packets[0][1] & 0x7f, 96);
  EXPECT_EQ(to_subscriber.packets[0][11], 9);
  EXPECT_EQ(packets(), 3u);
}

TEST_F(FanOutElement, HandsListsToTheKernelPacketByPacket) {
  set_fan_out(harness->element, track.fan_out());
  GstBufferList* list = gst_buffer_list_new();
  for (std::uint16_t i = 0; i < 4; ++i) {
    auto bytes = rtp(i);
    static_cast<void>(publisher.on_rtp(bytes, now()));
    gst_buffer_list_add(list, buffer_of(bytes));
  }
  EXPECT_EQ(gst_pad_push_list(harness->srcpad, list), GST_FLOW_OK);
  EXPECT_EQ(to_subscriber.packets.size(), 4u);
}

TEST_F(FanOutElement, IsAlwaysOkUpstream) {
  EXPECT_EQ(push(0), GST_FLOW_OK) << "without a kernel";
  set_fan_out(harness->element, track.fan_out());
  EXPECT_EQ(gst_harness_push(harness.get(), buffer_of({})), GST_FLOW_OK) << "empty";
  EXPECT_EQ(gst_harness_push(harness.get(), buffer_of({1, 2, 3})), GST_FLOW_OK) << "no RTP";
  publisher.remove_track(1);
  EXPECT_EQ(gst_harness_push(harness.get(), buffer_of(rtp(9))), GST_FLOW_OK) << "the track is gone";
  EXPECT_TRUE(to_subscriber.packets.empty());
}

TEST_F(FanOutElement, GivesItsShareOfTheKernelUp) {
  const std::weak_ptr<forwarding::FanOut> kernel = track.fan_out();
  const auto before = kernel.use_count();
  set_fan_out(harness->element, track.fan_out());
  EXPECT_EQ(kernel.use_count(), before + 1);
  harness.reset();
  EXPECT_EQ(kernel.use_count(), before);
}

bool ends_in_order(const char* launch) {
  const auto pipeline = Ref<GstElement>::sink(gst_parse_launch(launch, nullptr));
  if (!pipeline) return false;
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline.get()));
  const Handle<GstMessage, gst_message_unref> message(
      gst_bus_timed_pop_filtered(bus.get(), 10 * GST_SECOND,
                                 static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR)));
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  return message && GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_EOS;
}

TEST_F(FanOutElement, EndsALaunchLineWithEos) {
  EXPECT_TRUE(ends_in_order("audiotestsrc num-buffers=10 ! opusenc ! rtpopuspay ! parleyfanout"));
}

TEST_F(FanOutElement, IsDescribedForGstInspect) {
  for (const char* name : {kFanOutElement, kTrackSourceElement, kTrackElement}) {
    const auto factory = Ref<GstElementFactory>::adopt(gst_element_factory_find(name));
    ASSERT_TRUE(factory) << name;
    for (const char* key : {GST_ELEMENT_METADATA_LONGNAME, GST_ELEMENT_METADATA_KLASS,
                            GST_ELEMENT_METADATA_DESCRIPTION, GST_ELEMENT_METADATA_AUTHOR})
      EXPECT_NE(gst_element_factory_get_metadata(factory.get(), key), nullptr)
          << name << ' ' << key;
    EXPECT_EQ(gst_element_factory_get_num_pad_templates(factory.get()), 1u);
  }
}

TEST(TrackSource, SendsItsEventsAndTakesBuffersFromPausedOn) {
  gst_init(nullptr, nullptr);
  register_elements();
  const auto pipeline = Ref<GstElement>::sink(gst_parse_launch(
      "parleytracksrc name=in stream-id=track-7 caps=application/x-rtp,media=(string)video ! tee "
      "allow-not-linked=true ! fakesink name=out async=false sync=false",
      nullptr));
  const auto source = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), "in"));
  const auto sink = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), "out"));
  EXPECT_EQ(gst_element_set_state(pipeline.get(), GST_STATE_PAUSED), GST_STATE_CHANGE_NO_PREROLL);
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(sink.get(), "sink"));
  const GString_ stream(gst_pad_get_stream_id(pad.get()));
  EXPECT_STREQ(stream.get(), "track-7");
  const Handle<GstCaps, gst_caps_unref> caps(gst_pad_get_current_caps(pad.get()));
  ASSERT_TRUE(caps);
  EXPECT_STREQ(gst_structure_get_string(gst_caps_get_structure(caps.get(), 0), "media"), "video");
  const Handle<GstEvent, gst_event_unref> segment(
      gst_pad_get_sticky_event(pad.get(), GST_EVENT_SEGMENT, 0));
  EXPECT_TRUE(segment);

  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  const auto out = Ref<GstPad>::adopt(gst_element_get_static_pad(source.get(), "src"));
  EXPECT_EQ(gst_pad_push(out.get(), buffer_of(rtp(1))), GST_FLOW_OK);
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  EXPECT_EQ(gst_pad_push(out.get(), buffer_of(rtp(2))), GST_FLOW_FLUSHING);
}

TEST(TrackSource, IsLiveWithoutLatency) {
  gst_init(nullptr, nullptr);
  register_elements();
  const Harness harness(gst_harness_new(kTrackSourceElement));
  gst_harness_play(harness.get());
  const Handle<GstQuery, gst_query_unref> query(gst_query_new_latency());
  ASSERT_TRUE(gst_pad_peer_query(harness->sinkpad, query.get()));
  gboolean live = FALSE;
  GstClockTime least = 1, most = 0;
  gst_query_parse_latency(query.get(), &live, &least, &most);
  EXPECT_TRUE(live);
  EXPECT_EQ(least, 0u);
  EXPECT_EQ(most, GST_CLOCK_TIME_NONE);
}

}  // namespace
}  // namespace parley::plugins
