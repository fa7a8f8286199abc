#include "rooms/types.hpp"

namespace parley::rooms {

std::optional<Source> parse_source(std::string_view text) {
  for (Source source : {Source::Microphone, Source::Camera, Source::Screen, Source::ScreenAudio})
    if (text == to_string(source)) return source;
  return std::nullopt;
}

}  // namespace parley::rooms
