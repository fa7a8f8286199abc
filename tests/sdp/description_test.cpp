#include "signaling/sdp/description.hpp"

#include <filesystem>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/sdp/support/harness.hpp"

namespace parley::sdp::test {
namespace {

const std::string kSmall =
    "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=ice-lite\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\nc=IN IP4 0.0.0.0\r\na=mid:a\r\na=rtcp-mux\r\n";

std::string error_of(const std::string& text) {
  const auto description = parse_description(text);
  if (description.ok()) return "";
  EXPECT_EQ(description.error().code, "bad_sdp");
  return description.error().message;
}

TEST(Description, ReadsAttributesOfTheSessionAndOfEachSection) {
  const Description description = parsed(kSmall);
  EXPECT_EQ(description.origin, "- 1 2 IN IP4 127.0.0.1");
  EXPECT_TRUE(description.attributes.has("ice-lite"));
  ASSERT_EQ(description.sections.size(), 1u);
  const Section& section = description.sections[0];
  EXPECT_EQ(section.head.media, "audio");
  EXPECT_EQ(section.head.port, 9);
  EXPECT_EQ(section.head.formats, (std::vector<std::string>{"111", "0"}));
  EXPECT_EQ(section.line, 6u);
  EXPECT_EQ(section.attributes.find("mid")->value, "a");
  EXPECT_EQ(section.attributes.find("mid")->line, 8u);
  EXPECT_EQ(section.attributes.find("rtcp-mux")->value, "");
  EXPECT_EQ(section.attributes.find("nothing"), nullptr);
}

TEST(Description, TakesLineFeedsAloneAndAMissingLastOne) {
  std::string text = kSmall;
  std::erase(text, '\r');
  EXPECT_EQ(write_description(parsed(text)), kSmall);
  text.pop_back();
  EXPECT_EQ(write_description(parsed(text)), kSmall);
}

TEST(Description, NamesTheLineThatIsBroken) {
  EXPECT_EQ(error_of("v=1\r\n"), "sdp: line 1: v= has to be 0.");
  EXPECT_EQ(error_of(replaced(kSmall, "s=-\r\n", "")), "sdp: line 3: expected s= here.");
  EXPECT_EQ(error_of(replaced(kSmall, "a=mid:a", "a")),
            "sdp: line 8: \"a\" is not <letter>=<value>.");
  EXPECT_EQ(error_of(replaced(kSmall, "a=mid:a", "x=1")), "sdp: line 8: x= is not allowed here.");
  EXPECT_EQ(error_of(replaced(kSmall, "a=mid:a", "a=:a")),
            "sdp: line 8: \"a=:a\" has no attribute name.");
  EXPECT_EQ(error_of(replaced(kSmall, "audio 9", "audio 99999")),
            "sdp: line 6: \"m=audio 99999 UDP/TLS/RTP/SAVPF 111 0\" is not <media> <port> "
            "<protocol> <formats>.");
  EXPECT_EQ(
      error_of(replaced(kSmall, " 111 0", "")),
      "sdp: line 6: \"m=audio 9 UDP/TLS/RTP/SAVPF\" is not <media> <port> <protocol> <formats>.");
  EXPECT_EQ(error_of(replaced(kSmall, "mid:a", std::string("mid:\0", 5))),
            "sdp: line 8: control characters.");
}

TEST(Description, RefusesWhatHasNoBeginning) {
  EXPECT_EQ(error_of(""), "sdp: line 1: the description ends before its s= line.");
  EXPECT_EQ(error_of("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n"),
            "sdp: line 3: the description ends before its s= line.");
  EXPECT_NE(error_of("\r\n" + kSmall), "");
}

TEST(Description, IsBounded) {
  std::string many = kSmall.substr(0, kSmall.find("m="));
  for (std::size_t i = 0; i < kMaxSections; ++i) many += "m=audio 9 RTP/SAVPF 0\r\n";
  EXPECT_TRUE(parse_description(many).ok());
  EXPECT_NE(error_of(many + "m=audio 9 RTP/SAVPF 0\r\n").find("more than 256 m= lines"),
            std::string::npos);
  EXPECT_TRUE(parse_description(kSmall + "a=x:" + std::string(kMaxLine - 4, 'y') + "\r\n").ok());
  EXPECT_NE(error_of(kSmall + "a=x:" + std::string(kMaxLine, 'y') + "\r\n")
                .find("line 10: more than 8192"),
            std::string::npos);
  EXPECT_NE(error_of(kSmall + std::string(kMaxDescription, 'y')).find("more than 524288"),
            std::string::npos);
}

TEST(Description, EveryRecordedOneIsWrittenAsItWasRead) {
  std::size_t count = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(PARLEY_SOURCE_DIR "/tests/sdp/fixtures")) {
    const std::string once = write_description(parsed(fixture(entry.path().stem())));
    EXPECT_EQ(write_description(parsed(once)), once) << entry.path();
    ++count;
  }
  EXPECT_GE(count, 40u);
}

rc::Gen<std::string> token() {
  return rc::gen::nonEmpty(
      rc::gen::container<std::string>(rc::gen::elementOf(std::string("abcXYZ019-.+*"))));
}

rc::Gen<std::string> value() {
  return rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab 01:;=/{}\xc3\xa4\t")));
}

RC_GTEST_PROP(DescriptionProperty, WhatWasWrittenIsReadBack, ()) {
  Description description;
  description.origin = *value();
  const auto fill = [](Attributes& attributes) {
    for (const auto& [name, text] :
         *rc::gen::container<std::vector<std::pair<std::string, std::string>>>(
             rc::gen::pair(token(), value())))
      attributes.add(name.substr(0, 64), text);
  };
  fill(description.attributes);
  const auto sections = *rc::gen::inRange(0, 5);
  for (int i = 0; i < sections; ++i) {
    Section section;
    section.head = {(*token()).substr(0, 32), *rc::gen::arbitrary<std::uint16_t>(), *token(),
                    *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(token()))};
    fill(section.attributes);
    description.sections.push_back(std::move(section));
  }
  const std::string text = write_description(description);
  const auto again = parse_description(text);
  RC_ASSERT(again.ok());
  RC_ASSERT(write_description(*again) == text);
  RC_ASSERT(again->sections.size() == description.sections.size());
  for (std::size_t i = 0; i < again->sections.size(); ++i) {
    RC_ASSERT(again->sections[i].head.formats == description.sections[i].head.formats);
    RC_ASSERT(again->sections[i].head.port == description.sections[i].head.port);
  }
}

RC_GTEST_PROP(DescriptionProperty, AnyTextIsReadOrRefused, (const std::string& text)) {
  const auto description = parse_description("v=0\no=-\ns=-\n" + text);
  if (!description.ok()) RC_ASSERT(description.error().code == "bad_sdp");
}

}  // namespace
}  // namespace parley::sdp::test
