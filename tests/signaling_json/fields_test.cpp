#include "signaling/json/fields.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "signaling/json/document.hpp"

namespace parley::signaling::json {
namespace {

using ::testing::ElementsAre;

/// Reads one text with `read` and returns the problem's message, or nothing.
template <typename Read>
std::string problem_of(std::string_view text, Read read) {
  const auto document = parse_object(text);
  std::optional<Error> problem;
  Fields in(json_node_get_object(document.value().get()), problem);
  read(in);
  return problem ? problem->code + ": " + problem->message : "";
}

TEST(JsonFields, MissingFieldIsNamedWithItsType) {
  EXPECT_EQ(problem_of("{}", [](Fields& in) { in.text("name"); }),
            "missing_field: name is missing; send a string");
  EXPECT_EQ(problem_of("{}", [](Fields& in) { in.boolean("muted"); }),
            "missing_field: muted is missing; send true or false");
  EXPECT_EQ(problem_of("{}", [](Fields& in) { in.each("tracks", 9, [](Fields&) {}); }),
            "missing_field: tracks is missing; send a list");
}

TEST(JsonFields, NullIsThereButOfNoTypeThatIsAskedFor) {
  EXPECT_EQ(problem_of("{\"name\":null}", [](Fields& in) { in.text_or("name", "x"); }),
            "invalid_field: name must be a string");
}

TEST(JsonFields, FallbacksStandForAbsentMembersOnly) {
  EXPECT_EQ(problem_of(R"({"there":"a"})",
                       [](Fields& in) {
                         EXPECT_EQ(in.text_or("there", "b"), "a");
                         EXPECT_EQ(in.text_or("absent", "b"), "b");
                         EXPECT_EQ(in.optional_text("absent"), std::nullopt);
                         EXPECT_TRUE(in.boolean_or("absent", true));
                         EXPECT_EQ(in.uint32_or("absent", 7), 7U);
                         EXPECT_EQ(in.choice_or("absent", "all", {"all", "none"}), "all");
                       }),
            "");
}

TEST(JsonFields, FirstProblemIsKept) {
  EXPECT_EQ(problem_of(R"({"a":1,"b":1})",
                       [](Fields& in) {
                         in.text("a");
                         in.text("b");
                       }),
            "invalid_field: a must be a string");
}

TEST(JsonFields, NestedFieldsAreNamedByTheirPath) {
  EXPECT_EQ(problem_of(R"({"resume":{}})", [](Fields& in) { in.object("resume").text("token"); }),
            "missing_field: resume.token is missing; send a string");
  EXPECT_EQ(
      problem_of(R"({"tracks":[{"id":"a"},{"id":2}]})",
                 [](Fields& in) { in.each("tracks", 9, [](Fields& entry) { entry.text("id"); }); }),
      "invalid_field: tracks[1].id must be a string");
  EXPECT_EQ(
      problem_of(R"({"tracks":[1]})", [](Fields& in) { in.each("tracks", 9, [](Fields&) {}); }),
      "invalid_field: tracks[0] must be an object");
}

TEST(JsonFields, ObjectThatIsNoneReadsAsEmpty) {
  EXPECT_EQ(problem_of(R"({"resume":1})", [](Fields& in) { in.object("resume").text("token"); }),
            "invalid_field: resume must be an object");
}

TEST(JsonFields, ListsAreBounded) {
  EXPECT_EQ(problem_of(R"({"l":[{},{},{}]})", [](Fields& in) { in.each("l", 2, [](Fields&) {}); }),
            "invalid_field: l has 3 entries; send at most 2");
}

TEST(JsonFields, ShapesAreHeldTo) {
  constexpr Text kShape{1, 3, [](char c) { return c >= 'a' && c <= 'z'; }, "1 to 3 of a-z"};
  for (std::string_view bad : {R"({"s":""})", R"({"s":"abcd"})", R"({"s":"aB"})"})
    EXPECT_EQ(problem_of(bad, [&](Fields& in) { in.text("s", kShape); }),
              "invalid_field: s must be 1 to 3 of a-z");
  EXPECT_EQ(problem_of(R"({"s":"abc"})", [&](Fields& in) { in.text("s", kShape); }), "");
}

TEST(JsonFields, ChoicesAreListed) {
  EXPECT_EQ(problem_of(R"({"s":"some"})",
                       [](Fields& in) {
                         in.choice("s", {"all", "none"});
                       }),
            "invalid_field: s must be \"all\" or \"none\"");
}

TEST(JsonFields, Uint32IsBounded) {
  const auto read = [](Fields& in) { in.uint32_or("n", 0); };
  EXPECT_EQ(problem_of(R"({"n":4294967295})", read), "");
  for (std::string_view bad :
       {R"({"n":-1})", R"({"n":4294967296})", R"({"n":1.5})", R"({"n":"1"})"})
    EXPECT_EQ(problem_of(bad, read), "invalid_field: n must be an integer from 0 to 4294967295");
}

TEST(JsonFields, ListIsReadInOrder) {
  std::vector<std::string> seen;
  EXPECT_EQ(problem_of(R"({"l":[{"a":"x"},{"a":"y"}]})",
                       [&](Fields& in) {
                         in.each("l", 2, [&](Fields& entry) { seen.push_back(entry.text("a")); });
                       }),
            "");
  EXPECT_THAT(seen, ElementsAre("x", "y"));
}

}  // namespace
}  // namespace parley::signaling::json
