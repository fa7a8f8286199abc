// One decoder a type of request. Private to signaling/native.
#pragma once

#include "signaling/json/fields.hpp"
#include "signaling/native/decode.hpp"

namespace parley::signaling::native {

Command decode_join(json::Fields& in);
Command decode_leave(json::Fields& in);
Command decode_chat(json::Fields& in);

Command decode_publish(json::Fields& in);
Command decode_unpublish(json::Fields& in);
Command decode_subscribe(json::Fields& in);
Command decode_mute(json::Fields& in);

Command decode_offer(json::Fields& in);
Command decode_answer(json::Fields& in);
Command decode_candidate(json::Fields& in);
Command decode_ping(json::Fields& in);

/// What the protocol's strings look like; docs/parley.v1.schema.json says the same.
namespace shape {

constexpr bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}
/// token-char of RFC 8866, section 9.
constexpr bool is_token(char c) {
  return c > ' ' && c < '\x7f' &&
         std::string_view("\"(),/:;<=>?@[\\]").find(c) == std::string_view::npos;
}

inline constexpr json::Text kWord{1, 64, is_word, "1 to 64 of A-Z, a-z, 0-9, _ and -"};
inline constexpr json::Text kSecret{1, 1024, nullptr, "1 to 1024 bytes"};
/// RFC 8851, section 10. Empty asks for whichever layer fits.
inline constexpr json::Text kLayer{0, 32, is_word, "empty or up to 32 of A-Z, a-z, 0-9, _ and -"};
/// identification-tag of RFC 5888, section 4.
inline constexpr json::Text kMid{1, 32, is_token, "an m-line's mid, 1 to 32 characters"};
inline constexpr json::Text kSdp{1, SIZE_MAX, nullptr, "a session description"};

}  // namespace shape

}  // namespace parley::signaling::native
