#include <algorithm>
#include <functional>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "signaling/sdp/codecs.hpp"
#include "signaling/sdp/ortc_capabilities.hpp"
#include "signaling/sdp/ortc_parameters.hpp"
#include "signaling/sdp/ortc_session.hpp"

namespace parley::sdp::test {
namespace {

using media::CodecName;
using media::Extension;
using media::Kind;

const std::string kMid = "urn:ietf:params:rtp-hdrext:sdes:mid";
const std::string kRid = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
const std::string kTransportCc =
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

/// A camera as a browser sends it, under numbers of its own.
RtpParameters camera() {
  return {.mid = "1",
          .codecs = {{"video/VP8",
                      100,
                      90000,
                      0,
                      "",
                      {{"goog-remb", ""}, {"transport-cc", ""}, {"nack", ""}, {"nack", "pli"}}},
                     {"video/rtx", 101, 90000, 0, "apt=100", {}}},
          .extensions = {{{}, kMid, 5, false, {}},
                         {{}, kRid, 6, false, {}},
                         {{}, kTransportCc, 7, false, {}},
                         {{}, "urn:example:unknown", 8, false, {}}},
          .encodings = {{.ssrc = 1111, .rtx_ssrc = 2222, .rid = {}}},
          .cname = "camera"};
}

RtpParameters simulcast() {
  RtpParameters parameters = camera();
  parameters.encodings = {{.ssrc = {}, .rtx_ssrc = {}, .rid = "r0", .scale_down = 4},
                          {.ssrc = {}, .rtx_ssrc = {}, .rid = "r1", .scale_down = 2},
                          {.ssrc = {}, .rtx_ssrc = {}, .rid = "r2"}};
  return parameters;
}

OrtcSession session() {
  return OrtcSession({.policy = {},
                      .max_consumers = 3,
                      .next_ssrc = [next = std::uint32_t{7000}]() mutable { return ++next; }});
}

/// What a device that knows all of the router's can receive.
RtpCapabilities device() {
  RtpCapabilities capabilities = router_capabilities();
  for (RtpHeaderExtension& extension : capabilities.extensions)
    if (extension.direction == "recvonly") extension.direction = "sendonly";
  return capabilities;
}

std::string error_of(const RtpParameters& parameters) {
  const auto read = read_parameters(parameters, Kind::Video, {});
  return read ? std::string() : read.error().message;
}

// --- capabilities

TEST(RouterCapabilities, HaveTheNumbersOfOurOffers) {
  const RtpCapabilities capabilities = router_capabilities();
  std::set<std::uint32_t> numbers;
  for (const RtpCodec& codec : capabilities.codecs)
    EXPECT_TRUE(numbers.insert(codec.payload_type).second) << codec.mime_type;
  ASSERT_EQ(capabilities.codecs.front().mime_type, "audio/opus");
  EXPECT_EQ(capabilities.codecs.front().payload_type, 111u);
  EXPECT_EQ(capabilities.codecs.front().channels, 2u);
  EXPECT_EQ(capabilities.codecs[1].mime_type, "video/VP8");
  EXPECT_EQ(capabilities.codecs[2].mime_type, "video/rtx");
  EXPECT_EQ(capabilities.codecs[2].parameters, "apt=96");
  EXPECT_TRUE(numbers.contains(45)) << "AV1";
}

TEST(RouterCapabilities, LeaveRedundantAudioOut) {
  for (const RtpCodec& codec : router_capabilities().codecs)
    EXPECT_NE(codec.mime_type, "audio/red");
}

TEST(RouterCapabilities, TakeRidsAndSendNone) {
  for (const RtpHeaderExtension& extension : router_capabilities().extensions)
    EXPECT_EQ(extension.direction, extension.uri == kRid ? "recvonly" : extension.direction);
}

// --- what a peer sends

TEST(OrtcParameters, ACameraIsReadUnderItsOwnNumbers) {
  const auto read = read_parameters(camera(), Kind::Video, {});
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->mid, "1");
  ASSERT_EQ(read->codecs.size(), 1u);
  EXPECT_EQ(read->codecs[0].name, CodecName::Vp8);
  EXPECT_EQ(read->codecs[0].payload_type, 100);
  EXPECT_EQ(read->codecs[0].rtx_payload_type, 101);
  EXPECT_EQ(read->ssrcs, std::vector<std::uint32_t>{1111});
  EXPECT_EQ(read->rtx.front(), std::make_pair(1111u, 2222u));
  EXPECT_TRUE(read->rids.empty());
  EXPECT_EQ(read->extensions.id(Extension::Mid), 5);
  EXPECT_EQ(read->extensions.id(Extension::TransportCc), 7);
  EXPECT_TRUE(read->transport_cc);
  EXPECT_TRUE(read->remb);
  EXPECT_FALSE(read->any_ssrc);
}

TEST(OrtcParameters, LayersComeLowestFirstHoweverTheyAreListed) {
  RtpParameters parameters = simulcast();
  EXPECT_EQ(read_parameters(parameters, Kind::Video, {})->rids,
            (std::vector<std::string>{"r0", "r1", "r2"}));
  std::reverse(parameters.encodings.begin(), parameters.encodings.end());
  const auto read = read_parameters(parameters, Kind::Video, {});
  EXPECT_EQ(read->rids, (std::vector<std::string>{"r0", "r1", "r2"}));
  EXPECT_TRUE(read->any_ssrc);
}

TEST(OrtcParameters, SimulcastBySsrcsAloneGetsRids) {
  RtpParameters parameters = camera();
  parameters.encodings = {{.ssrc = 1, .rtx_ssrc = 11, .rid = {}},
                          {.ssrc = 2, .rtx_ssrc = 12, .rid = {}},
                          {.ssrc = 3, .rtx_ssrc = 13, .rid = {}}};
  const auto read = read_parameters(parameters, Kind::Video, {});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->rids.size(), 3u);
  EXPECT_EQ(read->ssrcs, (std::vector<std::uint32_t>{1, 2, 3}));
  EXPECT_EQ(read->rtx.size(), 3u);
}

TEST(OrtcParameters, CodecsThatTheServerLacksAreSkippedUnlessThereIsNoOther) {
  RtpParameters parameters = camera();
  parameters.codecs.insert(parameters.codecs.begin(), {"video/H266", 99, 90000, 0, "", {}});
  EXPECT_EQ(read_parameters(parameters, Kind::Video, {})->codecs.size(), 1u);
  parameters.codecs.resize(1);
  EXPECT_EQ(error_of(parameters),
            "rtpParameters.codecs: none of them is among the router's rtpCapabilities.");
}

/// One thing made wrong, and the field that the error has to name.
struct Mistake {
  const char* field;
  std::function<void(RtpParameters&)> make;
};

class OrtcMistakes : public ::testing::TestWithParam<Mistake> {};

TEST_P(OrtcMistakes, AreNamed) {
  RtpParameters parameters = camera();
  GetParam().make(parameters);
  EXPECT_EQ(error_of(parameters).rfind("rtpParameters." + std::string(GetParam().field) + ": ", 0),
            0u)
      << error_of(parameters);
}

INSTANTIATE_TEST_SUITE_P(
    All, OrtcMistakes,
    ::testing::Values(
        Mistake{"mid", [](RtpParameters& p) { p.mid = "no token"; }},
        Mistake{"mid", [](RtpParameters& p) { p.mid = std::string(33, 'm'); }},
        Mistake{"codecs", [](RtpParameters& p) { p.codecs.clear(); }},
        Mistake{"codecs[0].mimeType", [](RtpParameters& p) { p.codecs[0].mime_type = "VP8"; }},
        Mistake{"codecs[0].mimeType",
                [](RtpParameters& p) { p.codecs[0].mime_type = "audio/opus"; }},
        Mistake{"codecs[0].payloadType", [](RtpParameters& p) { p.codecs[0].payload_type = 0; }},
        Mistake{"codecs[0].payloadType", [](RtpParameters& p) { p.codecs[0].payload_type = 128; }},
        Mistake{"codecs[1].payloadType", [](RtpParameters& p) { p.codecs[1].payload_type = 100; }},
        Mistake{"codecs[1].parameters.apt",
                [](RtpParameters& p) { p.codecs[1].parameters = "apt=55"; }},
        Mistake{"codecs[1].parameters.apt", [](RtpParameters& p) { p.codecs[1].parameters = ""; }},
        Mistake{"headerExtensions[0].id", [](RtpParameters& p) { p.extensions[0].id = 0; }},
        Mistake{"headerExtensions[0].id", [](RtpParameters& p) { p.extensions[0].id = 256; }},
        Mistake{"headerExtensions[1].id", [](RtpParameters& p) { p.extensions[1].id = 5; }},
        Mistake{"encodings", [](RtpParameters& p) { p.encodings.clear(); }},
        Mistake{"encodings", [](RtpParameters& p) { p.encodings.resize(17); }},
        Mistake{"encodings[0].ssrc", [](RtpParameters& p) { p.encodings[0].ssrc = 0; }},
        Mistake{"encodings[0].rtx.ssrc", [](RtpParameters& p) { p.encodings[0].rtx_ssrc = 1111; }},
        Mistake{"encodings[1].ssrc",
                [](RtpParameters& p) { p.encodings.push_back(p.encodings[0]); }},
        Mistake{"encodings[1]", [](RtpParameters& p) { p.encodings.emplace_back(); }},
        Mistake{"encodings[0].rid", [](RtpParameters& p) { p.encodings[0].rid = "a b"; }},
        Mistake{"encodings[1].rid", [](RtpParameters& p) {
                  p = simulcast();
                  p.encodings[1].rid = "r0";
                }}));

// --- a session

TEST(OrtcSession, ReceivesWhatWasPublishedAndNoMore) {
  OrtcSession own = session();
  const TrackId track("cam");
  ASSERT_TRUE(own.produce(track, Kind::Video, camera()));
  EXPECT_TRUE(own.receiving().empty());
  EXPECT_EQ(own.add_receive(track, Kind::Video), "1");
  ASSERT_EQ(own.receiving().size(), 1u);
  EXPECT_EQ(own.codec_of(track)->name, CodecName::Vp8);
  EXPECT_EQ(own.remove_receive(track), "1");
  EXPECT_TRUE(own.receiving().empty());
}

TEST(OrtcSession, ATrackWithoutMidGetsOneOfOurs) {
  OrtcSession own = session();
  RtpParameters parameters = camera();
  parameters.mid.clear();
  ASSERT_TRUE(own.produce(TrackId("cam"), Kind::Video, parameters));
  EXPECT_EQ(own.add_receive(TrackId("cam"), Kind::Video), "track-cam");
}

TEST(OrtcSession, TwoProducersShareNoMidAndNoSsrcUnlessOneReplacesTheOther) {
  OrtcSession own = session();
  ASSERT_TRUE(own.produce(TrackId("a"), Kind::Video, camera()));
  EXPECT_FALSE(own.produce(TrackId("b"), Kind::Video, camera()));
  RtpParameters other = camera();
  other.mid = "2";
  EXPECT_EQ(own.produce(TrackId("b"), Kind::Video, other).error().message,
            "rtpParameters.encodings: another producer has such an ssrc.");
  other.encodings[0] = {.ssrc = 3333, .rtx_ssrc = 1111, .rid = {}};
  EXPECT_FALSE(own.produce(TrackId("b"), Kind::Video, other));
  EXPECT_TRUE(own.produce(TrackId("b"), Kind::Video, camera(), TrackId("a")));
}

TEST(OrtcSession, AConsumerHasTheRoutersNumbersAndStreamsOfItsOwn) {
  OrtcSession own = session();
  const std::vector<media::Codec> produced = read_parameters(camera(), Kind::Video, {})->codecs;
  const auto parameters =
      own.consume(TrackId("cam"), Kind::Video, produced, device(), "ann/camera");
  ASSERT_TRUE(parameters) << parameters.error().message;
  EXPECT_EQ(parameters->mid, "0");
  ASSERT_EQ(parameters->codecs.size(), 2u);
  EXPECT_EQ(parameters->codecs[0].payload_type, 96u);
  EXPECT_EQ(parameters->codecs[1].parameters, "apt=96");
  EXPECT_EQ(parameters->cname, "ann-camera");
  ASSERT_EQ(parameters->encodings.size(), 1u);
  EXPECT_NE(parameters->encodings[0].ssrc, parameters->encodings[0].rtx_ssrc);
  for (const RtpHeaderExtension& extension : parameters->extensions)
    EXPECT_NE(extension.uri, kRid) << "is told by publishers alone";

  const auto sending = own.sending();
  ASSERT_EQ(sending.size(), 1u);
  EXPECT_EQ(sending[0].ssrc, *parameters->encodings[0].ssrc);
  EXPECT_TRUE(sending[0].nack && sending[0].transport_cc);
  EXPECT_EQ(own.attach(TrackId("cam"), Kind::Video, "ann/camera").mid, "0");
  EXPECT_EQ(own.attach(TrackId("other"), Kind::Video, "ann/camera").mid, "");
}

TEST(OrtcSession, TheSecondConsumerOfATrackEndsTheFirst) {
  OrtcSession own = session();
  const std::vector<media::Codec> produced = read_parameters(camera(), Kind::Video, {})->codecs;
  for (int i = 0; i < 10; ++i)
    ASSERT_TRUE(own.consume(TrackId("cam"), Kind::Video, produced, device(), "a/camera"));
  ASSERT_EQ(own.sending().size(), 1u);
  EXPECT_EQ(own.sending()[0].mid, "9");
  own.end_consumer(TrackId("cam"));
  EXPECT_TRUE(own.sending().empty());
}

TEST(OrtcSession, ConsumersAreBounded) {
  OrtcSession own = session();
  const std::vector<media::Codec> produced = read_parameters(camera(), Kind::Video, {})->codecs;
  const auto consume = [&](const char* track) {
    return own.consume(TrackId(track), Kind::Video, produced, device(), "a/camera");
  };
  EXPECT_TRUE(consume("1") && consume("2") && consume("3"));
  EXPECT_EQ(consume("4").error().code, "consumer_limit");
  EXPECT_TRUE(consume("3")) << "takes the place of the one before";
}

TEST(OrtcSession, WhoLacksTheCodecCannotConsume) {
  OrtcSession own = session();
  const std::vector<media::Codec> produced = read_parameters(camera(), Kind::Video, {})->codecs;
  RtpCapabilities capabilities = device();
  std::erase_if(capabilities.codecs,
                [](const RtpCodec& codec) { return codec.mime_type == "video/VP8"; });
  for (const RtpCapabilities& lacking : {capabilities, RtpCapabilities{}})
    EXPECT_EQ(own.consume(TrackId("cam"), Kind::Video, produced, lacking, "a/camera").error().code,
              "cannot_consume");
  EXPECT_TRUE(own.sending().empty());
}

TEST(OrtcSession, WhatComesRedundantIsSentAsOpus) {
  OrtcSession own = session();
  const std::vector<media::Codec> produced{
      {CodecName::Red, 63, std::nullopt, 48000, 2, "111/111"},
      {CodecName::Opus, 111, std::nullopt, 48000, 2, "minptime=10"}};
  const auto parameters = own.consume(TrackId("mic"), Kind::Audio, produced, device(), "a/camera");
  ASSERT_TRUE(parameters);
  ASSERT_EQ(parameters->codecs.size(), 1u);
  EXPECT_EQ(parameters->codecs[0].mime_type, "audio/opus");
}

TEST(OrtcSession, WithoutRtxOrFeedbackInTheCapabilitiesThereIsNone) {
  OrtcSession own = session();
  const std::vector<media::Codec> produced = read_parameters(camera(), Kind::Video, {})->codecs;
  const RtpCapabilities bare{{{"video/VP8", 0, 90000, 0, "", {}}}, {}};
  const auto parameters = own.consume(TrackId("cam"), Kind::Video, produced, bare, "a/camera");
  ASSERT_TRUE(parameters);
  EXPECT_EQ(parameters->codecs.size(), 1u);
  EXPECT_FALSE(parameters->encodings[0].rtx_ssrc);
  EXPECT_FALSE(own.sending()[0].nack || own.sending()[0].transport_cc);
}

TEST(OrtcSession, ACodecThatThePublisherMayChangeToIsListedBehind) {
  OrtcSession own = session();
  const std::vector<media::Codec> produced{
      {CodecName::Vp9, 35, std::nullopt, 90000, 0, "profile-id=0"},
      {CodecName::Vp8, 36, std::nullopt, 90000, 0, ""}};
  const auto parameters = own.consume(TrackId("cam"), Kind::Video, produced, device(), "a/camera");
  ASSERT_TRUE(parameters);
  ASSERT_EQ(parameters->codecs.size(), 4u);
  EXPECT_EQ(parameters->codecs[0].mime_type, "video/VP9");
  EXPECT_EQ(parameters->codecs[2].mime_type, "video/VP8");
}

}  // namespace
}  // namespace parley::sdp::test
