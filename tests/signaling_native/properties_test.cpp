// What fuzzing would find in the first second, in every test run.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "signaling/native/encode.hpp"
#include "tests/signaling_native/support/files.hpp"

namespace parley::signaling::native::test {
namespace {

/// Whatever came in, the reply is strict JSON that repeats the id.
void answerable(const std::string& text) {
  const Message message = decode(text);
  const std::string reply =
      message.command.ok() ? encode_reply(message.id, rooms::reply::Done{}, std::chrono::seconds(5))
                           : encode_error(message.id, message.command.error());
  RC_ASSERT(json::parse_object(reply).ok());
  if (!message.command.ok()) RC_ASSERT(!message.command.error().message.empty());
  if (message.command.ok()) RC_ASSERT(message.id != MessageId());
}

RC_GTEST_PROP(CodecProperties, AnyBytesAreAnswerable, (const std::string& text)) {
  answerable(text);
}

RC_GTEST_PROP(CodecProperties, MangledMessagesAreAnswerable, ()) {
  static const auto document = parse_json(read_file("tests/signaling_native/client_messages.json"));
  JsonArray* list = json_node_get_array(document.get());
  const auto index = *rc::gen::inRange(0U, json_array_get_length(list));
  std::string text =
      to_text(json_object_get_member(json_array_get_object_element(list, index), "message"));
  const auto edits = *rc::gen::container<std::vector<std::tuple<std::uint16_t, char, bool>>>(
      rc::gen::tuple(rc::gen::arbitrary<std::uint16_t>(),
                     rc::gen::oneOf(rc::gen::arbitrary<char>(),
                                    rc::gen::elementOf(std::string("{}[]\",:\\u0019.eE-\x1f\xff"))),
                     rc::gen::arbitrary<bool>()));
  for (const auto& [at, to, insert] : edits) {
    const std::size_t position = at % (text.size() + 1);
    if (insert || position == text.size())
      text.insert(position, 1, to);
    else
      text[position] = to;
  }
  answerable(text);
}

}  // namespace
}  // namespace parley::signaling::native::test
