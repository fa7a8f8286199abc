#include "load/media/file_media.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gst/gst.h>

#include "load/media/file_source.hpp"
#include "support/glib/ref.hpp"

namespace parley::load {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

/// Runs a pipeline to its end; `description` has a filesink called out.
void make_file(const std::string& description, const std::filesystem::path& path) {
  const auto pipeline = Ref<GstElement>::sink(gst_parse_launch(description.c_str(), nullptr));
  ASSERT_TRUE(pipeline);
  const auto out = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), "out"));
  g_object_set(out.get(), "location", path.c_str(), nullptr);
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline.get()));
  const Handle<GstMessage, gst_message_unref> message(
      gst_bus_timed_pop_filtered(bus.get(), 20 * GST_SECOND,
                                 static_cast<GstMessageType>(GST_MESSAGE_ERROR | GST_MESSAGE_EOS)));
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  ASSERT_TRUE(message);
  ASSERT_EQ(GST_MESSAGE_TYPE(message.get()), GST_MESSAGE_EOS);
}

class FileMediaTest : public testing::Test {
 protected:
  void SetUp() override {
    gst_init(nullptr, nullptr);
    std::string name = (std::filesystem::temp_directory_path() / "parley-load-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// One second: 30 frames with a keyframe every ten, and sound.
  std::string clip() {
    const auto path = folder_ / "clip.webm";
    make_file(
        "videotestsrc num-buffers=30 pattern=ball ! "
        "video/x-raw,width=320,height=240,framerate=30/1 ! "
        "vp8enc deadline=1 keyframe-max-dist=10 ! queue ! webmmux name=mux ! filesink name=out "
        "audiotestsrc num-buffers=50 samplesperbuffer=960 ! audio/x-raw,rate=48000,channels=2 ! "
        "opusenc ! queue ! mux.",
        path);
    return path;
  }

  std::filesystem::path folder_;
};

TEST_F(FileMediaTest, EveryFrameOfBothStreamsIsThere) {
  const std::string path = clip();
  const auto video = FileMedia::read(path, media::Kind::Video);
  ASSERT_TRUE(video) << video.error().message;
  const FileMedia& read = **video;
  EXPECT_EQ(read.codec(), media::CodecName::Vp8);
  EXPECT_EQ(std::ranges::count(read.packets(), true, &FileMedia::Packet::marker), 30);
  EXPECT_EQ(std::ranges::count(read.packets(), true, &FileMedia::Packet::starts_keyframe), 3);
  EXPECT_NEAR(read.length(), 90'000, 200);
  const auto audio = FileMedia::read(path, media::Kind::Audio);
  ASSERT_TRUE(audio) << audio.error().message;
  EXPECT_EQ((*audio)->codec(), media::CodecName::Opus);
  EXPECT_NEAR((*audio)->length(), 48'000, 2000);
}

TEST_F(FileMediaTest, WhatCannotBeSentIsNamedWithTheRemedy) {
  const auto text = folder_ / "text";
  std::ofstream(text) << "no media at all, just words";
  EXPECT_EQ(FileMedia::read(text, media::Kind::Video).error().code, "file_unreadable");
  const auto missing = FileMedia::read(folder_ / "missing", media::Kind::Video);
  EXPECT_THAT(missing.error().message, HasSubstr("no such file"));
  const auto sound = folder_ / "sound.ogg";
  make_file("audiotestsrc num-buffers=10 ! vorbisenc ! oggmux ! filesink name=out", sound);
  const auto vorbis = FileMedia::read(sound, media::Kind::Audio);
  EXPECT_EQ(vorbis.error().code, "codec_unsupported");
  EXPECT_THAT(vorbis.error().message, HasSubstr("Opus"));
  EXPECT_EQ(FileMedia::read(sound, media::Kind::Video).error().code, "no_such_stream");
}

/// What a source handed over.
struct Sent final : PayloadSink {
  void on_payload(const Payload& payload) override {
    timestamps.push_back(payload.timestamp);
    first_bytes.push_back(payload.bytes[0]);
    EXPECT_FALSE(payload.spare);
  }
  std::vector<std::uint32_t> timestamps;
  std::vector<int> first_bytes;
};

/// Frames 10, 11, 12 and so on, of which 10 and 12 can be started with; 11 has two packets.
std::shared_ptr<const FileMedia> three_frames() {
  return std::make_shared<const FileMedia>(
      media::CodecName::Vp8, std::vector<std::uint8_t>{10, 11, 111, 12},
      std::vector<FileMedia::Packet>{{0, 1, 0, true, true},
                                     {1, 1, 3000, false, false},
                                     {2, 1, 3000, true, false},
                                     {3, 1, 6000, true, true}});
}

TEST(FileSource, TimestampsAndPaceGoOnWhenTheFileStartsAgain) {
  const Time start{};
  FileSource source(three_frames(), start);
  Sent sent;
  for (int frame = 0; frame < 4; ++frame) source.produce(source.due(), sent);
  EXPECT_THAT(sent.first_bytes, ElementsAre(10, 11, 111, 12, 10));
  EXPECT_THAT(sent.timestamps, ElementsAre(0, 3000, 3000, 6000, 9000));
  EXPECT_NEAR(static_cast<double>((source.due() - start).count()), 4e9 / 30, 10);
}

TEST(FileSource, AKeyframeRequestSkipsToTheNextKeyframe) {
  FileSource source(three_frames(), Time{});
  Sent sent;
  source.produce(source.due(), sent);
  source.request_keyframe();
  source.produce(source.due(), sent);
  source.produce(source.due(), sent);
  EXPECT_THAT(sent.first_bytes, ElementsAre(10, 12, 10));
  EXPECT_THAT(sent.timestamps, ElementsAre(0, 3000, 6000));
}

}  // namespace
}  // namespace parley::load
