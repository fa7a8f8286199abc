// Holds the codec to client_messages.json, to which tests/schema holds the schema: both ends of the
// protocol take and refuse the same.
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "signaling/native/decode.hpp"
#include "tests/signaling_native/support/files.hpp"

namespace parley::signaling::native::test {
namespace {

struct Case {
  std::string what;
  std::string message;
  std::string code;   ///< empty: the message is good
  std::string names;  ///< the field that the error names
};

void PrintTo(const Case& shown, std::ostream* os) {
  *os << shown.what;
}

std::vector<Case> cases() {
  std::vector<Case> result;
  const auto document = parse_json(read_file("tests/signaling_native/client_messages.json"));
  JsonArray* list = json_node_get_array(document.get());
  for (guint i = 0; i < json_array_get_length(list); ++i) {
    JsonObject* entry = json_array_get_object_element(list, i);
    const auto text = [&](const char* name) {
      return std::string(json_object_get_string_member_with_default(entry, name, ""));
    };
    result.push_back({text("what"), to_text(json_object_get_member(entry, "message")), text("code"),
                      text("names")});
  }
  return result;
}

class Messages : public ::testing::TestWithParam<Case> {};

TEST_P(Messages, AreTakenOrRefusedByName) {
  const Case& expected = GetParam();
  const Message decoded = decode(expected.message);
  if (expected.code.empty()) {
    EXPECT_TRUE(decoded.command.ok()) << expected.message << decoded.command.error().message;
    return;
  }
  ASSERT_FALSE(decoded.command.ok()) << expected.message;
  EXPECT_EQ(decoded.command.error().code, expected.code) << expected.message;
  EXPECT_THAT(decoded.command.error().message, ::testing::StartsWith(expected.names + " "));
}

std::string test_name(const ::testing::TestParamInfo<Case>& info) {
  std::string name;
  bool upper = true;
  for (char c : info.param.what) {
    if (g_ascii_isalnum(c) != FALSE) name += upper ? g_ascii_toupper(c) : c;
    upper = g_ascii_isalnum(c) == FALSE;
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(OfClients, Messages, ::testing::ValuesIn(cases()), test_name);

TEST(MessageTable, HasGoodAndBadMessagesOfEveryType) {
  std::set<std::string> good;
  std::set<std::string> bad;
  for (const Case& entry : cases()) {
    const auto document = parse_json(entry.message);
    JsonNode* type = json_object_get_member(json_node_get_object(document.get()), "type");
    if (type == nullptr || json_node_get_value_type(type) != G_TYPE_STRING) continue;
    (entry.code.empty() ? good : bad).insert(json_node_get_string(type));
  }
  for (const char* type : {"join", "publish", "unpublish", "subscribe", "mute", "chat", "offer",
                           "answer", "candidate", "ping"}) {
    EXPECT_TRUE(good.contains(type)) << type;
    EXPECT_TRUE(bad.contains(type)) << type;
  }
  EXPECT_TRUE(good.contains("leave"));  // has nothing that could be wrong
}

}  // namespace
}  // namespace parley::signaling::native::test
