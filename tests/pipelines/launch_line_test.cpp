// Where in a gst-launch line something is wrong.
#include "pipelines/launch_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::pipelines {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> texts(std::string_view line) {
  std::vector<std::string> all;
  for (const LaunchWord& word : launch_words(line)) all.emplace_back(word.text);
  return all;
}

TEST(LaunchLine, IsSplitAtSpacesThatStandInNoQuotes) {
  EXPECT_THAT(texts("  a ! b name=\"x ! y\"  c=d\\ e 'f g' "),
              ElementsAre("a", "!", "b", "name=\"x ! y\"", "c=d\\ e", "'f g'"));
  EXPECT_EQ(launch_words("a  bc")[1].column, 4u);
  EXPECT_THAT(texts(""), ElementsAre());
  EXPECT_THAT(texts("open \"quote ! b"), ElementsAre("open", "\"quote ! b"));
}

TEST(LaunchLine, KnowsTheWordsThatNameElements) {
  for (const char* word : {"queue", "rtp-x", "x264enc"}) EXPECT_TRUE(names_element(word)) << word;
  for (const char* word : {"!", "a.", "video/x-raw", "a=b", "(", "0", ""})
    EXPECT_FALSE(names_element(word)) << word;
}

TEST(LaunchLine, FindsWhatTheParserComplainsOf) {
  EXPECT_EQ(column_of_error("videotestsrc ! nosuch ! fakesink", "no element \"nosuch\""), 16u);
  EXPECT_EQ(column_of_error("videotestsrc patern=ball ! fakesink",
                            "no property \"patern\" in element \"videotestsrc\""),
            14u);
  EXPECT_EQ(column_of_error("videotestsrc ! audioconvert ! fakesink",
                            "could not link videotestsrc0 to audioconvert0"),
            1u);
  EXPECT_EQ(column_of_error("fakesrc ! video/x-raw,width= ! fakesink",
                            "could not parse caps \"video/x-raw,width=\""),
            11u);
  EXPECT_EQ(column_of_error("a. ! fakesink", "No src-element named \"a\" - omitting link"), 1u);
  EXPECT_EQ(column_of_error("a ! b", "something else"), std::nullopt);
}

TEST(LaunchLine, FindsThePlaceOfASyntaxError) {
  EXPECT_EQ(column_of_error("a ! ! b", "syntax error"), 5u);
  EXPECT_EQ(column_of_error("! b", "syntax error"), 1u);
  EXPECT_EQ(column_of_error("a ! b !", "syntax error"), 7u);
  EXPECT_EQ(column_of_error("a ! ( b ! c", "syntax error"), 5u);
  EXPECT_EQ(column_of_error("a ! b x=\"y", "syntax error"), 7u);
}

}  // namespace
}  // namespace parley::pipelines
