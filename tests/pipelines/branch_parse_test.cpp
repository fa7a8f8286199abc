// What may run as a branch.
#include "pipelines/branch_parse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipelines/branch_policy.hpp"
#include "plugins/fan_out_element.hpp"
#include "plugins/track_element.hpp"

namespace parley::pipelines {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

const BranchPolicy kSafe(BranchMode::Safe, {});
const BranchPolicy kAny(BranchMode::Any, {});

class BranchParse : public ::testing::Test {
 protected:
  BranchParse() {
    gst_init(nullptr, nullptr);
    plugins::register_elements();
  }
  static Error refused(const std::string& launch, const BranchPolicy& policy = kSafe) {
    const auto parsed = parse_branch(launch, policy);
    return parsed ? Error{"none", "it was taken"} : parsed.error();
  }
};

TEST_F(BranchParse, GivesThePipelineAndTheTracksInIt) {
  const auto parsed = parse_branch(
      "parleytrack participant=Ann ! fakesink parleytrack kind=audio ! fakesink", kSafe);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_TRUE(GST_IS_PIPELINE(parsed->pipeline.get()));
  EXPECT_THAT(parsed->tracks, SizeIs(2));
}

TEST_F(BranchParse, MakesAPipelineOfASingleElementToo) {
  const auto parsed = parse_branch("videotestsrc", kSafe);
  ASSERT_TRUE(parsed);
  EXPECT_THAT(elements_of(parsed->pipeline.get()), SizeIs(1));
}

TEST_F(BranchParse, NamesTheElementAndTheColumn) {
  const Error error = refused("videotestsrc ! nosuch ! fakesink");
  EXPECT_EQ(error.code, "bad_launch");
  EXPECT_EQ(error.message, "launch, column 16: no element \"nosuch\"");
}

TEST_F(BranchParse, RefusesWhatReachesFilesNetworkOrPrograms) {
  for (const char* launch :
       {"filesrc location=/etc/passwd ! fakesink", "videotestsrc ! filesink location=/tmp/x",
        "videotestsrc ! multifilesink", "videotestsrc ! tcpserversink", "udpsrc ! fakesink",
        "souphttpsrc location=http://127.0.0.1/ ! fakesink", "playbin uri=file:///etc/passwd",
        "uridecodebin uri=file:///etc/passwd ! fakesink",
        "videotestsrc ! ( filesink location=/tmp/x )", "fakesrc ! decodebin ! fakesink",
        "file:///etc/passwd ! fakesink", "videotestsrc ! splitmuxsink location=/tmp/x",
        "videotestsrc ! queue2 ! fakesink", "videotestsrc ! autovideosink",
        "videotestsrc ! shmsink socket-path=/tmp/x", "v4l2src ! fakesink"}) {
    const Error error = refused(launch);
    // What this machine does not have is no element at all.
    EXPECT_TRUE(error.code == "element_forbidden" ||
                error.message.find("no element") != std::string::npos)
        << launch << ": " << error.message;
  }
}

TEST_F(BranchParse, SaysHowToAllowAnElement) {
  const Error error = refused("videotestsrc ! filesink location=/tmp/x");
  EXPECT_EQ(error.code, "element_forbidden");
  EXPECT_THAT(error.message, HasSubstr("launch, column 16: the element 'filesink'"));
  EXPECT_THAT(error.message, HasSubstr("--branch-elements filesink"));
}

TEST_F(BranchParse, RefusesPropertiesThatLeadToFiles) {
  for (const char* launch : {"videotestsrc ! vp8enc multipass-mode=first-pass ! fakesink",
                             "videotestsrc ! vp8enc multipass-cache-file=/tmp/x ! fakesink",
                             "videotestsrc ! vp9enc multipass-mode = 1 ! fakesink"})
    EXPECT_EQ(refused(launch).code, "element_forbidden") << launch;
  EXPECT_EQ(refused("videotestsrc ! vp8enc deadline=1 ! fakesink").code, "none");
}

TEST_F(BranchParse, TakesWhatTheOperatorAdds) {
  const BranchPolicy widened(BranchMode::Safe, {"filesink"});
  EXPECT_TRUE(parse_branch("videotestsrc ! filesink location=/tmp/x", widened));
  EXPECT_FALSE(parse_branch("filesrc location=/tmp/x ! fakesink", widened));
  EXPECT_TRUE(parse_branch("filesrc location=/tmp/x ! fakesink", kAny));
}

TEST_F(BranchParse, RefusesEverythingWhereBranchesAreOff) {
  EXPECT_EQ(refused("fakesrc ! fakesink", BranchPolicy(BranchMode::Off, {})).code, "branches_off");
}

TEST_F(BranchParse, IsBounded) {
  std::string many = "videotestsrc";
  for (std::size_t i = 0; i < kMaxBranchElements; ++i) many += " ! tee";
  EXPECT_THAT(refused(many).message, HasSubstr("more than 100 elements"));
  EXPECT_THAT(refused(std::string(kMaxLaunchLength + 1, ' ')).message,
              HasSubstr("longer than 4096 bytes"));
}

TEST_F(BranchParse, EveryElementOfTheSafeListThatIsHereHasNoPropertyForFiles) {
  GList* features = gst_registry_get_feature_list(gst_registry_get(), GST_TYPE_ELEMENT_FACTORY);
  for (GList* item = features; item != nullptr; item = item->next) {
    auto* factory = GST_ELEMENT_FACTORY(item->data);
    const std::string name = GST_OBJECT_NAME(factory);
    if (!kSafe.allows(name)) continue;
    const auto element = Ref<GstElement>::sink(gst_element_factory_create(factory, nullptr));
    if (!element) continue;
    EXPECT_FALSE(GST_IS_URI_HANDLER(element.get())) << name;
    guint count = 0;
    GParamSpec** specs = g_object_class_list_properties(G_OBJECT_GET_CLASS(element.get()), &count);
    for (guint i = 0; i < count; ++i) {
      const std::string property = specs[i]->name;
      const auto guarded = kSafe.guarded(name);
      if (std::find(guarded.begin(), guarded.end(), property) != guarded.end()) continue;
      if (property == "drop-allocation") continue;
      for (const char* word : {"file-", "-file", "location", "uri", "device", "socket", "command"})
        EXPECT_EQ(property.find(word), std::string::npos) << name << " has " << property;
      EXPECT_FALSE(g_type_is_a(specs[i]->value_type, GST_TYPE_ELEMENT)) << name << ' ' << property;
    }
    g_free(specs);
  }
  gst_plugin_feature_list_free(features);
}

}  // namespace
}  // namespace parley::pipelines
