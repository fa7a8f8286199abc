#include "signaling/json/syntax.hpp"

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "signaling/json/document.hpp"
#include "signaling/json/fields.hpp"

namespace parley::signaling::json {
namespace {

using ::testing::HasSubstr;

TEST(JsonSyntax, JsonIsTaken) {
  for (std::string_view text :
       {"{}", "[]", "0", "-0", "1.5e-3", "true", "false", "null", "\"\"",
        " {\t\"a\" :\r\n[1 , 2] } ", R"({"a":{"b":[{"c":null}]}})",
        R"("\"\\\/\b\f\n\r\t\u00e9\uD83D\ude00")", "\"é😀\"", "1E+5", "9007199254740992",
        "-9007199254740992", "123456789012345678901234.5", "1e400"})
    EXPECT_TRUE(check_syntax(text, 16).ok()) << text;
}

TEST(JsonSyntax, WhatIsNotJsonIsRefused) {
  for (std::string_view text : {"",
                                " ",
                                "{",
                                "}",
                                "[",
                                "[1",
                                "[1,]",
                                "[,1]",
                                "[1 2]",
                                "{,}",
                                "{\"a\"}",
                                "{\"a\":}",
                                "{\"a\" 1}",
                                "{\"a\":1,}",
                                "{a:1}",
                                "{'a':1}",
                                "{\"a\":1}{}",
                                "{} x",
                                "var a = {}",
                                "/* */{}",
                                "{}//",
                                "tru",
                                "True",
                                "nul",
                                "NaN",
                                "Infinity",
                                "01",
                                "-",
                                "-a",
                                "+1",
                                ".5",
                                "1.",
                                "1e",
                                "1e+",
                                "0x10",
                                "1a",
                                "\"",
                                "\"a",
                                "\"\\\"",
                                "\"\\q\"",
                                "\"\\u12\"",
                                "\"\\u12g4\"",
                                "\"\\u-123\"",
                                "\"a\nb\"",
                                "\"a\tb\"",
                                "\xEF\xBB\xBF{}"}) {
    const auto status = check_syntax(text, 16);
    ASSERT_FALSE(status.ok()) << text;
    EXPECT_EQ(status.error().code, "bad_request");
    EXPECT_THAT(status.error().message, HasSubstr("at byte "));
  }
}

TEST(JsonSyntax, ErrorSaysWhere) {
  EXPECT_EQ(check_syntax("{\"a\":1,}", 16).error().message,
            "message is not usable JSON: a member's name is expected at byte 7");
}

TEST(JsonSyntax, InvalidUtf8IsRefusedWithItsPlace) {
  EXPECT_EQ(check_syntax("{\"a\":\"\xff\"}", 16).error().message,
            "message is not valid UTF-8 at byte 6; send it as UTF-8");
  using namespace std::string_view_literals;
  EXPECT_FALSE(check_syntax("{\"a\":\"\0\"}"sv, 16).ok());
  EXPECT_FALSE(check_syntax("\0"sv, 16).ok());
  EXPECT_FALSE(check_syntax("{}\0"sv, 16).ok());
}

TEST(JsonSyntax, WhatJsonGlibWouldCutOrWrapIsRefused) {
  EXPECT_THAT(check_syntax("\"a\\u0000b\"", 16).error().message, HasSubstr("\\u0000"));
  for (std::string_view lone : {R"("\ud800")", R"("\udc00")", R"("\ud83dx")", R"("\ud83d\u0041")"})
    EXPECT_THAT(check_syntax(lone, 16).error().message, HasSubstr("surrogate")) << lone;
  for (std::string_view big : {"9007199254740993", "-9007199254740993", "99999999999999999999999"})
    EXPECT_THAT(check_syntax(big, 16).error().message, HasSubstr("2^53")) << big;
}

TEST(JsonSyntax, NestingIsBoundedWhateverItsLength) {
  const auto nested = [](std::size_t depth, char open, char close) {
    return std::string(depth, open) + std::string(depth, close);
  };
  EXPECT_TRUE(check_syntax(nested(16, '[', ']'), 16).ok());
  EXPECT_FALSE(check_syntax(nested(17, '[', ']'), 16).ok());
  EXPECT_FALSE(check_syntax(std::string(10'000'000, '['), 16).ok());
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  EXPECT_THAT(check_syntax(objects, 16).error().message, HasSubstr("too deep"));
}

TEST(JsonSyntax, MembersOfAnObjectAreBounded) {
  const auto object_of = [](int members) {
    std::string text = "{";
    for (int i = 0; i < members; ++i) text += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":0";
    return text + "}";
  };
  EXPECT_TRUE(check_syntax(object_of(kMaxMembers), 16).ok());
  EXPECT_THAT(check_syntax(object_of(kMaxMembers + 1), 16).error().message,
              HasSubstr("an object has too many members"));
}

TEST(JsonDocument, MembersThatComeAgainCostNoMoreThanOthers) {
  // Without the bound json-glib takes the square of these: minutes.
  std::string text = "[";
  while (text.size() < 600'000) {
    text += text.size() > 1 ? ",{" : "{";
    for (int i = 0; i < kMaxMembers; ++i)
      text += (i == 0 ? "\"m" : ",\"m") + std::to_string(i % (kMaxMembers / 2)) + "\":0";
    text += "}";
  }
  text = "{\"a\":" + text + "]}";
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(parse_object(text).ok());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST(JsonSyntax, BracketsInStringsAreNoNesting) {
  EXPECT_TRUE(check_syntax("\"" + std::string(1000, '[') + "\"", 16).ok());
}

TEST(JsonDocument, RootIsAnObject) {
  EXPECT_TRUE(parse_object("{\"a\":1}").ok());
  for (std::string_view text : {"[]", "1", "null", "\"{}\""}) {
    const auto document = parse_object(text);
    ASSERT_FALSE(document.ok()) << text;
    EXPECT_THAT(document.error().message, HasSubstr("object"));
  }
}

TEST(JsonDocument, WhateverPassesTheSyntaxIsReadAsWritten) {
  const auto document = parse_object(
      R"({"s":"a\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00b","i":-9007199254740992,"d":1.5e2,"t":true,"n":null})");
  ASSERT_TRUE(document.ok());
  JsonObject* object = json_node_get_object(document->get());
  EXPECT_STREQ(json_object_get_string_member(object, "s"), "a\"\\/\b\f\n\r\té😀b");
  EXPECT_EQ(json_object_get_int_member(object, "i"), -kMaxInteger);
  EXPECT_DOUBLE_EQ(json_object_get_double_member(object, "d"), 150);
  EXPECT_TRUE(json_object_get_boolean_member(object, "t"));
  EXPECT_TRUE(json_object_get_null_member(object, "n"));
}

TEST(JsonDocument, WholeNumbersAreIntegersHoweverWritten) {
  const auto document =
      parse_object(R"({"a":[7, 7.0, 70e-1, 7.5, 1e300, "7", true, null, [], {}]})");
  ASSERT_TRUE(document.ok());
  JsonArray* list = json_object_get_array_member(json_node_get_object(document->get()), "a");
  for (guint i = 0; i < 3; ++i) EXPECT_EQ(integer(json_array_get_element(list, i)), 7);
  for (guint i = 3; i < json_array_get_length(list); ++i)
    EXPECT_EQ(integer(json_array_get_element(list, i)), std::nullopt) << i;
}

}  // namespace
}  // namespace parley::signaling::json
