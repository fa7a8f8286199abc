// What data channels take and refuse, without a peer.
#include "pipelines/data_channels.hpp"

#include <gst/gst.h>
#include <gtest/gtest.h>

#include "tests/pipelines/support/call.hpp"

namespace parley::pipelines {
namespace {

struct Events : SessionEvents {
  void on_key(transport::Direction, const transport::SrtpKey&, const std::string&) override {}
  void on_dtls_state(DtlsState) override {}
  void on_channel(Ref<GObject>, bool) override {}
  void on_message(DataMessage message) override { messages.push_back(std::move(message)); }
  void on_error(const std::string&, const std::string&) override {}
  void on_latency() override {}
  void on_fatal(const char* reason) override { fatal.emplace_back(reason); }
  std::vector<DataMessage> messages;
  std::vector<std::string> fatal;
};

/// A webrtcbin that is READY, and its channels as they are made.
class DataChannelsTest : public ::testing::Test {
 protected:
  DataChannelsTest() {
    gst_init(nullptr, nullptr);
    webrtcbin = Ref<GstElement>::sink(gst_element_factory_make("webrtcbin", nullptr));
    g_signal_connect(
        webrtcbin.get(), "prepare-data-channel",
        G_CALLBACK(+[](GstElement*, GObject* channel, gboolean, gpointer data) {
          static_cast<DataChannelsTest*>(data)->made.push_back(Ref<GObject>::retain(channel));
        }),
        this);
    gst_element_set_state(webrtcbin.get(), GST_STATE_READY);
    channels.emplace(webrtcbin.get(), Postbox(main_loop, events));
    EXPECT_TRUE(channels->open());
  }
  ~DataChannelsTest() override {
    channels.reset();
    made.clear();
    gst_element_set_state(webrtcbin.get(), GST_STATE_NULL);
  }

  /// As webrtcbin does when a message came in.
  void take(std::size_t channel, const std::string& bytes) {
    const Handle<GBytes, g_bytes_unref> data(g_bytes_new(bytes.data(), bytes.size()));
    g_signal_emit_by_name(made.at(channel).get(), "on-message-data", data.get());
  }
  void take_text(std::size_t channel, const char* text) {
    g_signal_emit_by_name(made.at(channel).get(), "on-message-string", text);
  }
  void settle() { testing::run_for(std::chrono::milliseconds(20)); }

  MainLoop main_loop;
  std::shared_ptr<Events> events = std::make_shared<Events>();
  Ref<GstElement> webrtcbin;
  std::vector<Ref<GObject>> made;
  std::optional<DataChannels> channels;
};

TEST_F(DataChannelsTest, OpensOneOrderedAndOneUnordered) {
  ASSERT_EQ(made.size(), 2u);
  take(0, "a");
  take_text(1, "b");
  settle();
  EXPECT_EQ(events->messages, (std::vector<DataMessage>{{true, true, "a"}, {false, false, "b"}}));
}

TEST_F(DataChannelsTest, TakesMessagesUpToTheirLimitAndCountsTheLarger) {
  take(0, std::string(kMaxMessage, 'x'));
  take(0, std::string(kMaxMessage + 1, 'x'));
  settle();
  EXPECT_EQ(events->messages.size(), 1u);
  EXPECT_EQ(channels->dropped(), 1u);
}

TEST_F(DataChannelsTest, DropsTextThatIsNoUtf8) {
  take_text(0, "\xff\xfe");
  settle();
  EXPECT_TRUE(events->messages.empty());
  EXPECT_EQ(channels->dropped(), 1u);
}

TEST_F(DataChannelsTest, BoundsWhatWaitsForTheMainThreadAndRecovers) {
  for (int i = 0; i < 100; ++i) take(0, std::string(kMaxMessage, 'x'));
  EXPECT_EQ(channels->dropped(), 100 - kMaxBuffered / kMaxMessage);
  settle();
  EXPECT_EQ(events->messages.size(), kMaxBuffered / kMaxMessage);
  take(0, "again");
  settle();
  EXPECT_EQ(events->messages.back().payload, "again");
}

TEST_F(DataChannelsTest, EndsAClientThatOpensTooMany) {
  for (unsigned i = 0; i < kMaxChannels; ++i)
    g_signal_emit_by_name(webrtcbin.get(), "prepare-data-channel", made[0].get(), FALSE);
  settle();
  EXPECT_TRUE(events->fatal.empty());
  for (int i = 0; i < 5; ++i)
    g_signal_emit_by_name(webrtcbin.get(), "prepare-data-channel", made[0].get(), FALSE);
  settle();
  EXPECT_EQ(events->fatal, std::vector<std::string>{"too_many_channels"});
}

}  // namespace
}  // namespace parley::pipelines
