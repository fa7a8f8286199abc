// Any messages are packets or an error; what is a packet is written and read again as the same. The
// first byte says how many bytes after it are text, the rest is an attachment.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "signaling/socketio/packet.hpp"

namespace sio = parley::signaling::socketio;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string text(rest.substr(0, data[0]));
  rest.remove_prefix(text.size());
  sio::SocketDecoder decoder({});
  auto packet = decoder.add(sio::Message::text(text));
  for (int i = 0; packet && !*packet && i < 70; ++i)
    packet = decoder.add(sio::Message::bytes(std::string(rest)));
  if (!packet) {
    if (packet.error().message.empty()) std::abort();
    return 0;
  }
  sio::SocketDecoder second({});
  std::optional<sio::SocketPacket> again;
  for (const sio::Message& message : sio::encode(**packet)) {
    auto read = second.add(message);
    // An attachment that is used many times is written as often, which may be too many.
    if (!read) return 0;
    again = *std::move(read);
  }
  if (again != *packet) std::abort();
  return 0;
}
