#include "signaling/mediasoup/ortc_reader.hpp"

#include <string>

#include <gtest/gtest.h>

#include "signaling/mediasoup/ortc_writer.hpp"

namespace parley::signaling::mediasoup {
namespace {

using socketio::Value;

Value json(const std::string& text) {
  return socketio::parse_json(text).value();
}

std::string mistake_in_parameters(const std::string& text) {
  const auto read = read_rtp_parameters(json(text));
  return read ? "" : read.error().message;
}

std::string codec_with(const std::string& member) {
  return R"({"codecs":[{"mimeType":"video/VP8","payloadType":96,"clockRate":90000,)" + member +
         "}]}";
}

TEST(OrtcReader, NamesTheFieldThatIsWrong) {
  EXPECT_EQ(mistake_in_parameters("null"), "rtpParameters: it has to be an object.");
  EXPECT_EQ(mistake_in_parameters("[]"), "rtpParameters: it has to be an object.");
  EXPECT_EQ(mistake_in_parameters(R"({"codecs":{}})"),
            "rtpParameters.codecs: it has to be an array.");
  EXPECT_EQ(mistake_in_parameters(R"({"codecs":[7]})"),
            "rtpParameters.codecs[0]: it has to be an object.");
  EXPECT_EQ(mistake_in_parameters(R"({"codecs":[{}]})"),
            "rtpParameters.codecs[0].mimeType: it has to be a string of at most 256 bytes.");
  const std::string number = "it has to be an integer from 0 to 4294967295.";
  for (const char* wrong : {R"("96")", "-1", "1.5", "4294967296", "true", "null"})
    EXPECT_EQ(mistake_in_parameters(R"({"codecs":[{"mimeType":"a/b","clockRate":1,"payloadType":)" +
                                    std::string(wrong) + "}]}"),
              "rtpParameters.codecs[0].payloadType: " + number)
        << wrong;
  EXPECT_EQ(mistake_in_parameters(R"({"encodings":[{"ssrc":"1"}]})"),
            "rtpParameters.encodings[0].ssrc: " + number);
  EXPECT_EQ(mistake_in_parameters(R"({"encodings":[{"rtx":{}}]})"),
            "rtpParameters.encodings[0].rtx.ssrc: " + number);
  EXPECT_EQ(mistake_in_parameters(R"({"encodings":[{"rid":5}]})"),
            "rtpParameters.encodings[0].rid: it has to be a string of at most 256 bytes.");
  EXPECT_EQ(mistake_in_parameters(R"({"rtcp":{"cname":[]}})"),
            "rtpParameters.rtcp.cname: it has to be a string of at most 256 bytes.");
  EXPECT_EQ(mistake_in_parameters(R"({"headerExtensions":[{"uri":"u","id":1,"encrypt":1}]})"),
            "rtpParameters.headerExtensions[0].encrypt: it has to be true or false.");
}

TEST(OrtcReader, BoundsEveryList) {
  const auto many = [](const std::string& item, int count) {
    std::string list = "[" + item;
    for (int i = 1; i < count; ++i) list += "," + item;
    return list + "]";
  };
  EXPECT_EQ(mistake_in_parameters(R"({"codecs":)" + many("{}", 129) + "}"),
            "rtpParameters.codecs: it has more than 128 items.");
  EXPECT_EQ(mistake_in_parameters(R"({"encodings":)" + many("{}", 17) + "}"),
            "rtpParameters.encodings: it has more than 16 items.");
  EXPECT_EQ(mistake_in_parameters(R"({"headerExtensions":)" + many("{}", 65) + "}"),
            "rtpParameters.headerExtensions: it has more than 64 items.");
  EXPECT_EQ(
      mistake_in_parameters(codec_with(R"("rtcpFeedback":)" + many(R"({"type":"nack"})", 17))),
      "rtpParameters.codecs[0].rtcpFeedback: it has more than 16 items.");
}

TEST(OrtcReader, ParametersThatNoFmtpLineHoldsAreRefused) {
  for (const char* parameters : {R"({"a":"1;b=2"})", R"({"a=b":1})", R"({"a":"x\r\ny"})",
                                 R"({"a b":1})", R"({"a":{}})", R"([1])"})
    EXPECT_EQ(mistake_in_parameters(codec_with(R"("parameters":)" + std::string(parameters)))
                  .rfind("rtpParameters.codecs[0].parameters: ", 0),
              0u)
        << parameters;
}

TEST(OrtcReader, WhatIsLeftOutOrNullCountsAsNotThere) {
  const auto read = read_rtp_parameters(
      json(R"({"mid":null,"codecs":[{"mimeType":"video/VP8","payloadType":96,"clockRate":90000,)"
           R"("channels":null,"parameters":{"x":null}}],"encodings":[{"ssrc":7,"rtx":null}]})"));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->mid, "");
  EXPECT_EQ(read->codecs[0].parameters, "x");
  EXPECT_EQ(read->encodings[0].ssrc, 7u);
  EXPECT_FALSE(read->encodings[0].rtx_ssrc);
  EXPECT_TRUE(read_rtp_capabilities(Value())->codecs.empty());
}

TEST(OrtcReader, ReadsDtlsParametersAndNamesWhatIsWrong) {
  const auto good = read_dtls_parameters(
      json(R"({"role":"server","fingerprints":[{"algorithm":"sha-256","value":"AB:CD"},)"
           R"({"algorithm":"sha-512","value":"01"}]})"));
  ASSERT_TRUE(good) << good.error().message;
  EXPECT_TRUE(good->server);
  EXPECT_EQ(good->fingerprints, (std::vector<std::string>{"sha-256 AB:CD", "sha-512 01"}));
  const auto mistake = [](const char* text) {
    const auto read = read_dtls_parameters(json(text));
    return read ? std::string() : read.error().message.substr(0, read.error().message.find(": "));
  };
  EXPECT_EQ(mistake("null"), "dtlsParameters");
  EXPECT_EQ(mistake("{}"), "dtlsParameters.fingerprints");
  EXPECT_EQ(mistake(R"({"fingerprints":[]})"), "dtlsParameters.fingerprints");
  EXPECT_EQ(mistake(R"({"role":"boss","fingerprints":[]})"), "dtlsParameters.role");
  EXPECT_EQ(mistake(R"({"fingerprints":[{"algorithm":"sha-256","value":"xx"}]})"),
            "dtlsParameters.fingerprints[0]");
  EXPECT_EQ(mistake(R"({"fingerprints":[{"algorithm":"sha-256\r\na=b","value":"AB"}]})"),
            "dtlsParameters.fingerprints[0]");
}

TEST(OrtcWriter, TellsTheTransportAsClientsReadIt) {
  const sdp::LocalTransport local{
      "ufrag", "password", "sha-256 AB:CD", {{"1", 7, "192.0.2.1", 10000}}};
  EXPECT_EQ(socketio::to_json(to_json("t1", local)),
            R"({"id":"t1","iceParameters":{"usernameFragment":"ufrag","password":"password",)"
            R"("iceLite":true},"iceCandidates":[{"foundation":"1","priority":7,)"
            R"("address":"192.0.2.1","ip":"192.0.2.1","port":10000,"protocol":"udp",)"
            R"("type":"host"}],"dtlsParameters":{"role":"auto","fingerprints":)"
            R"([{"algorithm":"sha-256","value":"AB:CD"}]}})");
}

}  // namespace
}  // namespace parley::signaling::mediasoup
