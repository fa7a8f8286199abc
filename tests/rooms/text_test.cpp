#include "rooms/text.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/rooms/support/meeting.hpp"

namespace parley::rooms::test {
namespace {

using ::testing::HasSubstr;

std::string code(const Status& status) {
  return status.ok() ? "" : status.error().code;
}
std::string times(int count, std::string_view text) {
  std::string result;
  for (int i = 0; i < count; ++i) result += text;
  return result;
}

TEST(Text, LengthIsCountedInCodePoints) {
  EXPECT_TRUE(check_name(times(64, "a"), 64).ok());
  EXPECT_TRUE(check_name(times(64, "é"), 64).ok());
  EXPECT_TRUE(check_name(times(64, "\U0001F600"), 64).ok());
  EXPECT_EQ(code(check_name(times(65, "a"), 64)), "name_too_long");
  EXPECT_EQ(code(check_message(times(11, "\U0001F600"), 10)), "message_too_long");
}

TEST(Text, TooLongSaysHowLongAndWhatIsAllowed) {
  EXPECT_EQ(check_name("abcd", 3).error().message, "name has 4 characters; use at most 3");
  EXPECT_EQ(check_message("abcd", 3).error().message, "text has 4 characters; use at most 3");
}

TEST(Text, BlankIsRefused) {
  for (std::string_view blank : {"", " ", "  \u00A0 ", "\u3000"}) {
    EXPECT_EQ(code(check_name(blank, 64)), "invalid_field") << blank;
    EXPECT_EQ(code(check_message(blank, 64)), "empty_message") << blank;
  }
  EXPECT_EQ(code(check_message("\n\t\r\n", 64)), "empty_message");
}

TEST(Text, ControlCharactersAreRefused) {
  using namespace std::string_view_literals;
  for (std::string_view bad : {"a\0b"sv, "a\x1b[31m"sv, "a\x7f"sv, "a\u0085"sv, "a\u009Fz"sv}) {
    EXPECT_EQ(code(check_name(bad, 64)), "invalid_field");
    EXPECT_EQ(code(check_message(bad, 64)), "invalid_field");
    EXPECT_THAT(check_name(bad, 64).error().message, HasSubstr("control character"));
  }
}

TEST(Text, LineBreaksAreForMessagesOnly) {
  EXPECT_TRUE(check_message("a\nb\tc\r\n", 64).ok());
  EXPECT_EQ(code(check_name("a\nb", 64)), "invalid_field");
}

TEST(Text, InvalidUtf8IsRefused) {
  const std::string_view invalid[] = {
      "\x80",              // continuation without a lead
      "a\xC3",             // cut off
      "\xE2\x82",          // cut off
      "\xC0\xAF",          // overlong in two bytes
      "\xC1\xBF",          //
      "\xE0\x9F\xBF",      // overlong in three
      "\xF0\x8F\xBF\xBF",  // overlong in four
      "\xED\xA0\x80",      // a surrogate
      "\xED\xBF\xBF",      //
      "\xF4\x90\x80\x80",  // past U+10FFFF
      "\xF5\x80\x80\x80",  //
      "\xFF",              //
      "\xC3(",             // no continuation
      "\xF0\x9F\x98z",     //
  };
  for (std::string_view text : invalid) {
    EXPECT_EQ(code(check_name(text, 64)), "invalid_field") << ::testing::PrintToString(text);
    EXPECT_THAT(check_message(text, 64).error().message, HasSubstr("UTF-8"));
  }
}

TEST(Text, EdgesOfUtf8AreTaken) {
  for (std::string_view text :
       {"\u00A1", "\u07FF", "\u0800", "\uD7FF", "\uE000", "\uFFFD", "\U00010000", "\U0010FFFF"})
    EXPECT_TRUE(check_name(text, 1).ok()) << text;
}

TEST(Text, RoomHoldsNamesToItsLimit) {
  Meeting m({.name_length = 3});
  EXPECT_THAT(m.join_as("ann", "Anna"), Contains("answer: name_too_long"));
  EXPECT_THAT(m.join_as("ann", "Ann"), Contains("open transport ann"));
  EXPECT_EQ(m.room.participants().at(0).name, "Ann");
}

TEST(Text, SourcesAreParsedBackFromTheirNames) {
  for (Source source : {Source::Microphone, Source::Camera, Source::Screen, Source::ScreenAudio})
    EXPECT_EQ(parse_source(to_string(source)), source);
  EXPECT_EQ(parse_source("webcam"), std::nullopt);
  EXPECT_EQ(parse_source(""), std::nullopt);
}

}  // namespace
}  // namespace parley::rooms::test
