// parleytrack and the isolator behind it.
#include "plugins/track_element.hpp"

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include <gst/gst.h>
#include <gst/video/video.h>
#include <gtest/gtest.h>

#include "forwarding/local_subscriber.hpp"
#include "plugins/elements.hpp"
#include "plugins/fan_out_element.hpp"
#include "support/glib/ref.hpp"

namespace parley::plugins {
namespace {

using namespace std::chrono_literals;

Packet packet(std::uint8_t payload_type, std::uint16_t sequence, GstClockTime at = 0) {
  GstBuffer* buffer = gst_buffer_new_allocate(nullptr, 200, nullptr);
  gst_buffer_memset(buffer, 0, 0, 200);
  const std::uint8_t head[4] = {0x80, payload_type, static_cast<std::uint8_t>(sequence >> 8),
                                static_cast<std::uint8_t>(sequence)};
  gst_buffer_fill(buffer, 0, head, sizeof head);
  GST_BUFFER_PTS(buffer) = at;
  return Packet(buffer);
}

constexpr std::uint8_t kVp8 = forwarding::local_payload_type(media::CodecName::Vp8);
constexpr std::uint8_t kH264 = forwarding::local_payload_type(media::CodecName::H264);

/// A line with one parleytrack named "in" and one sink named "out".
class TrackElement : public ::testing::Test {
 protected:
  TrackElement() {
    gst_init(nullptr, nullptr);
    register_elements();
  }
  ~TrackElement() override {
    if (pipeline) gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  }

  void launch(const char* line, bool with_isolator = true) {
    GError* error = nullptr;
    pipeline = Ref<GstElement>::sink(gst_parse_launch(line, &error));
    ASSERT_EQ(error, nullptr) << error->message;
    in = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), "in"));
    if (with_isolator) set_isolator(in.get(), isolator, 77);
    const auto sink = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), "out"));
    out = Ref<GstPad>::adopt(gst_element_get_static_pad(sink.get(), "sink"));
    gst_pad_add_probe(
        out.get(), GST_PAD_PROBE_TYPE_BUFFER,
        [](GstPad*, GstPadProbeInfo*, gpointer self) {
          ++static_cast<TrackElement*>(self)->arrived;
          return GST_PAD_PROBE_OK;
        },
        this, nullptr);
  }
  bool play() {
    return gst_element_set_state(pipeline.get(), GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE;
  }
  bool arrives(int count) const {
    for (int i = 0; i < 500 && arrived < count; ++i) std::this_thread::sleep_for(10ms);
    return arrived == count;
  }
  [[nodiscard]] std::string caps_text() const {
    const Handle<GstCaps, gst_caps_unref> caps(gst_pad_get_current_caps(out.get()));
    const GString_ text(caps ? gst_caps_to_string(caps.get()) : nullptr);
    return text ? text.get() : "";
  }

  std::shared_ptr<Isolator> isolator = std::make_shared<Isolator>();
  Ref<GstElement> pipeline, in;
  Ref<GstPad> out;
  std::atomic<int> arrived{0};
};

TEST_F(TrackElement, SaysWhatItsPacketsAreAndFollowsTheCodec) {
  launch("parleytrack name=in ! fakesink name=out sync=false async=false");
  ASSERT_TRUE(play());
  EXPECT_FALSE(isolator->push(packet(kVp8, 1), true, now()));
  ASSERT_TRUE(arrives(1));
  EXPECT_EQ(caps_text(),
            "application/x-rtp, media=(string)video, payload=(int)96, clock-rate=(int)90000, "
            "encoding-name=(string)VP8, ssrc=(uint)77");
  EXPECT_FALSE(isolator->push(packet(kH264, 2), true, now()));
  ASSERT_TRUE(arrives(2));
  EXPECT_NE(caps_text().find("encoding-name=(string)H264, ssrc=(uint)77, packetization-mode"),
            std::string::npos)
      << caps_text();
}

TEST_F(TrackElement, TellsOfItsTrackWhatTheLineSays) {
  launch(
      "parleytrack name=in participant=Ann kind=audio layer=h source=microphone ! fakesink "
      "name=out");
  EXPECT_EQ(track_wish(in.get()), (TrackWish{"Ann", media::Kind::Audio, "h", "microphone"}));
}

TEST_F(TrackElement, DoesNotStartWithoutARoom) {
  launch("parleytrack name=in ! fakesink name=out", false);
  EXPECT_FALSE(play());
}

TEST_F(TrackElement, EndsInOrder) {
  launch("parleytrack name=in ! fakesink name=out sync=false");
  ASSERT_TRUE(play());
  EXPECT_FALSE(isolator->push(packet(kVp8, 1), true, now()));
  ASSERT_TRUE(arrives(1));
  EXPECT_TRUE(gst_element_send_event(pipeline.get(), gst_event_new_eos()));
  const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline.get()));
  const Handle<GstMessage, gst_message_unref> eos(
      gst_bus_timed_pop_filtered(bus.get(), 5 * GST_SECOND, GST_MESSAGE_EOS));
  EXPECT_TRUE(eos);
}

TEST_F(TrackElement, PassesRequestsForKeyframesOn) {
  launch("parleytrack name=in ! fakesink name=out sync=false");
  ASSERT_TRUE(play());
  EXPECT_FALSE(isolator->push(packet(kVp8, 1), true, now()));
  ASSERT_TRUE(arrives(1));
  gst_pad_push_event(out.get(),
                     gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0));
  EXPECT_TRUE(isolator->push(packet(kVp8, 2), false, now()));
  EXPECT_FALSE(isolator->push(packet(kVp8, 3), false, now())) << "once is enough";
}

TEST_F(TrackElement, AStalledPipelineCostsThePushingThreadNothingAndIsSeen) {
  launch("parleytrack name=in ! identity sleep-time=3000000 ! fakesink name=out sync=false");
  ASSERT_TRUE(play());
  const Time start = now();
  Duration longest{};
  for (std::uint16_t i = 0; i < 3000; ++i) {
    const Time before = now();
    static_cast<void>(isolator->push(packet(kVp8, i), i % 100 == 0, before));
    longest = std::max(longest, now() - before);
    if (i % 10 == 0) std::this_thread::sleep_for(1ms);
  }
  EXPECT_LT(longest, 50ms);
  const IsolatorStats stats = isolator->stats();
  EXPECT_EQ(stats.packets.in, 3000u);
  EXPECT_LE(stats.bytes, Isolator::kLimits.bytes);
  ASSERT_TRUE(stats.busy_since);
  EXPECT_LT(*stats.busy_since - start, 1s);
}

TEST_F(TrackElement, MarksTheGapThatASlowPipelineMade) {
  isolator = std::make_shared<Isolator>(QueueLimits{1000, 10s});
  bool lost = false;
  for (std::uint16_t i = 0; i < 8; ++i)
    lost |= isolator->push(packet(kVp8, i), i == 0 || i == 4, now());
  EXPECT_TRUE(lost);
  const auto first = isolator->read();
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->after_gap);
  EXPECT_EQ(isolator->stats().packets.dropped, 4u);
}

TEST_F(TrackElement, ReaderAndPusherMeetWithoutLosingAPacket) {
  constexpr int kPackets = 20000;
  std::thread reader([&] {
    for (int i = 0; i < kPackets; ++i) {
      const auto read = isolator->read();
      ASSERT_TRUE(read);
      std::uint8_t number[2];
      gst_buffer_extract(read->packet.get(), 2, number, 2);
      ASSERT_EQ((number[0] << 8) + number[1], i & 0xffff);
    }
  });
  for (int i = 0; i < kPackets; ++i) {
    static_cast<void>(isolator->push(packet(kVp8, static_cast<std::uint16_t>(i)), true, now()));
    if (i % 200 == 0) std::this_thread::sleep_for(1ms);
  }
  // What was left staged goes in with the next packets.
  for (int i = 0; i < 100; ++i) {
    static_cast<void>(isolator->push(packet(kVp8, 0), true, now()));
    std::this_thread::sleep_for(1ms);
    if (isolator->stats().packets.out >= kPackets) break;
  }
  reader.join();
  EXPECT_EQ(isolator->stats().packets.dropped, 0u);
}

}  // namespace
}  // namespace parley::plugins
