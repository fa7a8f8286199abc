#include "signaling/socketio/engine_payload.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "signaling/socketio/utf8.hpp"

namespace parley::signaling::socketio {
namespace {

constexpr char kSeparator = '\x1e';
/// Digits of a length in version 3: ten billion bytes are past any limit.
constexpr std::size_t kMaxDigits = 10;
constexpr char kEndOfLength = '\xff';

Error bad(const char* what) {
  return {"bad_packet", what};
}

/// A packet's own bytes and what is left of the payload behind it.
struct Cut {
  bool binary = false;
  std::string_view packet;
  std::string_view rest;
};

std::optional<std::size_t> to_length(std::string_view digits) {
  std::size_t length = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (code != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return length;
}

/// "<length>:<packet>", the length in UTF-16 code units.
std::optional<Cut> cut_text_v3(std::string_view payload) {
  const auto colon = payload.substr(0, kMaxDigits + 1).find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto units = to_length(payload.substr(0, colon));
  payload.remove_prefix(colon + 1);
  const auto size = units ? utf16_prefix(payload, *units) : std::nullopt;
  if (!size) return std::nullopt;
  return Cut{false, payload.substr(0, *size), payload.substr(*size)};
}

/// <0 for text, 1 for binary> <digits as bytes 0 to 9> <255> <packet>, the length in bytes.
std::optional<Cut> cut_binary_v3(std::string_view payload) {
  const bool binary = payload.front() == 1;
  if (!binary && payload.front() != 0) return std::nullopt;
  payload.remove_prefix(1);
  const auto end = payload.substr(0, kMaxDigits + 1).find(kEndOfLength);
  if (end == std::string_view::npos || end == 0) return std::nullopt;
  std::size_t size = 0;
  for (const char digit : payload.substr(0, end)) {
    const auto value = static_cast<unsigned char>(digit);
    if (value > 9) return std::nullopt;
    size = size * 10 + value;
  }
  payload.remove_prefix(end + 1);
  if (size > payload.size()) return std::nullopt;
  return Cut{binary, payload.substr(0, size), payload.substr(size)};
}

std::optional<Cut> cut_v4(std::string_view payload) {
  const auto end = payload.find(kSeparator);
  if (end == std::string_view::npos) return Cut{false, payload, {}};
  // A separator with nothing behind it stands before an empty packet, which is none.
  if (end + 1 == payload.size()) return std::nullopt;
  return Cut{false, payload.substr(0, end), payload.substr(end + 1)};
}

std::optional<Cut> cut(bool binary, std::string_view payload, Version version) {
  if (version == Version::V4) return cut_v4(payload);
  return binary ? cut_binary_v3(payload) : cut_text_v3(payload);
}

void append_binary_v3(const Frame& frame, std::string& out) {
  out += frame.binary ? '\1' : '\0';
  for (const char digit : std::to_string(frame.data.size())) out += static_cast<char>(digit - '0');
  out += kEndOfLength;
  out += frame.data;
}

}  // namespace

Payload encode_payload(const std::vector<Packet>& packets, Version version, bool base64) {
  const bool binary = version == Version::V3 && !base64 &&
                      std::any_of(packets.begin(), packets.end(),
                                  [](const Packet& packet) { return packet.body.binary; });
  Payload payload{binary, {}};
  for (const Packet& packet : packets) {
    const Frame frame = encode_frame(packet, version, version == Version::V4 || !binary);
    if (binary) {
      append_binary_v3(frame, payload.data);
    } else if (version == Version::V3) {
      payload.data += std::to_string(utf16_length(frame.data)) + ':' + frame.data;
    } else {
      if (!payload.data.empty()) payload.data += kSeparator;
      payload.data += frame.data;
    }
  }
  return payload;
}

Result<std::vector<Packet>> decode_payload(bool binary, std::string_view data, Version version,
                                           std::size_t max_packets) {
  if (binary && version == Version::V4) return bad("version 4 has no binary payloads");
  if (!binary && !is_utf8(data)) return bad("a payload is not valid UTF-8");
  if (data.empty()) return bad("a payload is empty");
  std::vector<Packet> packets;
  while (!data.empty()) {
    const auto piece = cut(binary, data, version);
    if (!piece) return bad("a payload is not cut into packets as it should be");
    if (packets.size() >= max_packets) return bad("a payload has too many packets");
    auto packet = decode_frame(piece->binary, piece->packet, version);
    if (!packet) return packet.error();
    packets.push_back(std::move(packet).value());
    data = piece->rest;
  }
  return packets;
}

}  // namespace parley::signaling::socketio
