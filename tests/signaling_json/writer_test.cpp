#include "signaling/json/writer.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "signaling/json/syntax.hpp"

namespace parley::signaling::json {
namespace {

TEST(JsonWriter, MembersStandInTheOrderOfTheCalls) {
  Writer w;
  w.field("b", "x");
  w.field("a", true);
  w.field("n", std::int64_t{-9007199254740992});
  w.object("o", [&] { w.field("i", std::int64_t{1}); });
  w.list("l", std::vector<int>{1, 2}, [&](int i) { w.field("v", std::int64_t{i}); });
  w.strings("s", std::vector<int>{1, 2}, [](int i) { return std::to_string(i); });
  EXPECT_EQ(w.text(), R"({"b":"x","a":true,"n":-9007199254740992,"o":{"i":1},)"
                      R"("l":[{"v":1},{"v":2}],"s":["1","2"]})");
}

TEST(JsonWriter, NothingWrittenIsAnEmptyObject) {
  EXPECT_EQ(Writer().text(), "{}");
}

TEST(JsonWriter, WhateverAStringHoldsTheTextIsStrictJson) {
  using namespace std::string_view_literals;
  for (std::string_view value :
       {"\"\\/\b\f\n\r\t\x01\x1f\x7f"sv, "\xff\xfe"sv, "a\0b"sv, "\xed\xa0\x80"sv,
        "\u2028\u2029</script>"sv, "😀"sv, ""sv, std::string_view()}) {
    Writer w;
    w.field("s", value);
    const std::string text = w.text();
    EXPECT_TRUE(check_syntax(text, 16).ok()) << text;
  }
}

TEST(JsonWriter, InvalidUtf8IsReplaced) {
  Writer w;
  w.field("s",
          "a\xff"
          "b");
  EXPECT_EQ(w.text(),
            "{\"s\":\"a\uFFFD"
            "b\"}");
}

}  // namespace
}  // namespace parley::signaling::json
