// Any bytes are either a request or an error that can be sent back.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "signaling/json/document.hpp"
#include "signaling/native/encode.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley::signaling;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const native::Message message = native::decode(text);
  const std::string reply =
      message.command.ok()
          ? native::encode_reply(message.id, parley::rooms::reply::Done{}, std::chrono::seconds(5))
          : native::encode_error(message.id, message.command.error());
  if (!json::parse_object(reply).ok()) std::abort();
  if (!message.command.ok() && message.command.error().message.empty()) std::abort();
  return 0;
}
