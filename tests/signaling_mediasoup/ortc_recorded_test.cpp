// What mediasoup-client said of real browsers' media (record.mjs), through the reader and back.
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "signaling/mediasoup/ortc_reader.hpp"
#include "signaling/mediasoup/ortc_writer.hpp"
#include "signaling/sdp/ortc_capabilities.hpp"
#include "signaling/sdp/ortc_parameters.hpp"
#include "signaling/sdp/ortc_session.hpp"

namespace parley::signaling::mediasoup {
namespace {

using media::CodecName;
using media::Extension;
using media::Kind;
using socketio::Value;

class Recorded : public ::testing::TestWithParam<const char*> {
 protected:
  Recorded() {
    std::ifstream file(std::string(PARLEY_SOURCE_DIR "/tests/signaling_mediasoup/fixtures/") +
                       GetParam() + ".json");
    std::stringstream text;
    text << file.rdbuf();
    recorded = socketio::parse_json(text.str()).value();
  }

  [[nodiscard]] media::Receive read(const char* name, Kind kind) const {
    const auto parameters = read_rtp_parameters(*recorded.find(name));
    EXPECT_TRUE(parameters) << parameters.error().message;
    const auto receive = sdp::read_parameters(*parameters, kind, {});
    EXPECT_TRUE(receive) << receive.error().message;
    return *receive;
  }

  Value recorded;
};

TEST_P(Recorded, SoundIsOpusWithItsLevel) {
  const media::Receive sound = read("audio", Kind::Audio);
  ASSERT_EQ(sound.codecs.size(), 1u);
  EXPECT_EQ(sound.codecs[0].name, CodecName::Opus);
  EXPECT_EQ(sound.ssrcs.size(), 1u);
  EXPECT_NE(sound.extensions.id(Extension::AudioLevel), 0);
  EXPECT_NE(sound.extensions.id(Extension::Mid), 0);
  EXPECT_TRUE(sound.transport_cc);
}

TEST_P(Recorded, ACameraIsVp8WithRepairOnASourceOfItsOwn) {
  const media::Receive camera = read("video", Kind::Video);
  ASSERT_EQ(camera.codecs.size(), 1u);
  EXPECT_EQ(camera.codecs[0].name, CodecName::Vp8);
  EXPECT_TRUE(camera.codecs[0].rtx_payload_type);
  ASSERT_EQ(camera.rtx.size(), 1u);
  EXPECT_EQ(camera.rtx[0].first, camera.ssrcs[0]);
  EXPECT_TRUE(camera.rids.empty());
}

TEST_P(Recorded, SimulcastIsToldByRids) {
  const media::Receive camera = read("simulcast", Kind::Video);
  EXPECT_EQ(camera.rids, (std::vector<std::string>{"r0", "r1", "r2"}));
  EXPECT_TRUE(camera.ssrcs.empty());
  EXPECT_NE(camera.extensions.id(Extension::Rid), 0);
  EXPECT_NE(camera.extensions.id(Extension::RepairedRid), 0);
  EXPECT_NE(camera.extensions.id(Extension::DependencyDescriptor), 0);
}

TEST_P(Recorded, EachConsumesWhatTheOtherSendsUnderTheRoutersNumbers) {
  const auto capabilities = read_rtp_capabilities(*recorded.find("rtpCapabilities"));
  ASSERT_TRUE(capabilities) << capabilities.error().message;
  sdp::OrtcSession session(
      {.policy = {}, .next_ssrc = [next = std::uint32_t{0}]() mutable { return ++next; }});
  for (const Kind kind : {Kind::Audio, Kind::Video}) {
    const bool audio = kind == Kind::Audio;
    const auto produced = read(audio ? "audio" : "video", kind).codecs;
    const auto consumed = session.consume(TrackId(audio ? "a" : "v"), kind, produced, *capabilities,
                                          "somebody/camera");
    ASSERT_TRUE(consumed) << consumed.error().message;
    EXPECT_EQ(consumed->codecs[0].payload_type, audio ? 111u : 96u);
    EXPECT_EQ(consumed->encodings[0].rtx_ssrc.has_value(), !audio);
    const Value written = to_json(*consumed);
    const auto again = read_rtp_parameters(written);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(*again, *consumed) << to_json(written);
  }
  for (const media::Send& send : session.sending()) EXPECT_TRUE(send.transport_cc);
}

INSTANTIATE_TEST_SUITE_P(Browsers, Recorded, ::testing::Values("chromium", "firefox"));

TEST(RouterCapabilities, AreWrittenAsMediasoupClientReadsThem) {
  const Value json = to_json(sdp::router_capabilities());
  const auto& codecs = *json.find("codecs")->array();
  EXPECT_EQ(socketio::to_json(codecs[0]),
            R"({"kind":"audio","mimeType":"audio/opus","preferredPayloadType":111,)"
            R"("clockRate":48000,"channels":2,"parameters":{"minptime":10,"useinbandfec":1},)"
            R"("rtcpFeedback":[{"type":"transport-cc","parameter":""}]})");
  EXPECT_EQ(socketio::to_json(codecs[2]),
            R"({"kind":"video","mimeType":"video/rtx","preferredPayloadType":97,)"
            R"("clockRate":90000,"parameters":{"apt":96},"rtcpFeedback":[]})");
  for (const Value& codec : codecs)
    if (codec.text("mimeType") == "video/H264") {
      EXPECT_NE(codec.find("parameters")->find("profile-level-id")->string(), nullptr);
      EXPECT_NE(codec.find("parameters")->find("packetization-mode")->number(), nullptr);
    }
}

}  // namespace
}  // namespace parley::signaling::mediasoup
