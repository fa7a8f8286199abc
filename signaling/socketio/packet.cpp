#include "signaling/socketio/packet.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace parley::signaling::socketio {
namespace {

using Type = SocketPacketType;

/// Integers up to here are exact for clients that count in doubles.
constexpr std::uint64_t kMaxId = std::uint64_t{1} << 53;

Error bad(std::string what) {
  return {"bad_packet", std::move(what)};
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// What stands before a packet's JSON.
struct Head {
  Type type = Type::Event;
  std::size_t attachments = 0;
  std::string nsp = "/";
  std::optional<std::uint64_t> id;
  std::string_view json;
};

/// Takes the number that `text` begins with.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || value > kMaxId) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

Result<Head> read_head(std::string_view text, const DecoderLimits& limits) {
  Head head;
  if (text.empty() || text.front() < '0' || text.front() > '6')
    return bad("a packet is of no known type");
  head.type = Type(text.front());
  text.remove_prefix(1);
  if (head.type == Type::BinaryEvent || head.type == Type::BinaryAck) {
    const auto count = take_number(text);
    if (!count || !text.starts_with('-')) return bad("a packet's attachments are not counted");
    if (*count > limits.attachments) return bad("a packet has too many attachments");
    head.attachments = *count;
    text.remove_prefix(1);
  }
  if (text.starts_with('/')) {
    const auto comma = text.find(',');
    head.nsp = text.substr(0, comma);
    if (head.nsp.size() > limits.nsp_length) return bad("a namespace's name is too long");
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  if (!text.empty() && is_digit(text.front())) {
    head.id = take_number(text);
    if (!head.id) return bad("a packet's id is too large");
  }
  head.json = text;
  return head;
}

bool is_event_name(const Value& value) {
  return value.number() != nullptr ||
         (value.string() != nullptr && !is_reserved_event(*value.string()));
}

bool fits(Type type, const std::optional<Value>& data) {
  switch (type) {
    case Type::Connect:
      return !data || data->object() != nullptr;
    case Type::Disconnect:
      return !data;
    case Type::ConnectError:
      return data && (data->object() != nullptr || data->string() != nullptr);
    case Type::Event:
    case Type::BinaryEvent:
      return data && data->array() != nullptr && !data->array()->empty() &&
             is_event_name(data->array()->front());
    case Type::Ack:
    case Type::BinaryAck:
      return data && data->array() != nullptr;
  }
  return false;
}

bool is_placeholder(const Value& value) {
  const Value* mark = value.find("_placeholder");
  return mark != nullptr && mark->boolean() != nullptr && *mark->boolean();
}

/// Puts attachments where their placeholders stand; false for one that there is not.
bool fill(Value& value, const std::vector<Bytes>& attachments) {
  if (is_placeholder(value)) {
    const Value* which = value.find("num");
    const double* number = which == nullptr ? nullptr : which->number();
    if (number == nullptr || *number < 0 || std::trunc(*number) != *number ||
        *number >= static_cast<double>(attachments.size()))
      return false;
    value = attachments[static_cast<std::size_t>(*number)];
    return true;
  }
  if (Array* items = value.array())
    return std::all_of(items->begin(), items->end(),
                       [&](Value& item) { return fill(item, attachments); });
  if (Object* members = value.object())
    return std::all_of(members->begin(), members->end(),
                       [&](Member& member) { return fill(member.second, attachments); });
  return true;
}

}  // namespace

bool is_reserved_event(std::string_view name) {
  static constexpr std::array<std::string_view, 6> kReserved{
      "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"};
  return std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end();
}

std::vector<Message> encode(const SocketPacket& packet) {
  std::string json;
  std::vector<Bytes> attachments;
  if (packet.data) write_json(*packet.data, json, attachments);
  Type type = packet.type;
  if (!attachments.empty()) type = type == Type::Ack ? Type::BinaryAck : Type::BinaryEvent;
  std::string text(1, static_cast<char>(type));
  if (!attachments.empty()) text += std::to_string(attachments.size()) + '-';
  if (packet.nsp != "/") text += packet.nsp + ',';
  if (packet.id) text += std::to_string(*packet.id);
  std::vector<Message> messages{Message::text(text + json)};
  for (Bytes& attachment : attachments) messages.push_back({true, std::move(attachment)});
  return messages;
}

Result<std::optional<SocketPacket>> SocketDecoder::add(const Message& message) {
  if (!message.binary)
    return pending_ ? bad("text came where an attachment was expected") : begin(*message.data);
  if (!pending_) return bad("binary came that no packet announced");
  attachment_bytes_ += message.data->size();
  if (attachment_bytes_ > limits_.attachment_bytes) return bad("attachments are too large");
  attachments_.push_back(message.data);
  if (attachments_.size() < expected_) return std::optional<SocketPacket>();
  return complete();
}

Result<std::optional<SocketPacket>> SocketDecoder::begin(std::string_view text) {
  auto head = read_head(text, limits_);
  if (!head) return head.error();
  SocketPacket packet{head->type, std::move(head->nsp), head->id, {}};
  if (!head->json.empty()) {
    auto data = parse_json(head->json, limits_.json);
    if (!data) return bad(data.error().message);
    packet.data = std::move(data).value();
  }
  if (!fits(packet.type, packet.data)) return bad("a packet's payload does not fit its type");
  const bool binary = packet.type == Type::BinaryEvent || packet.type == Type::BinaryAck;
  if (!binary) return std::optional(std::move(packet));
  packet.type = packet.type == Type::BinaryEvent ? Type::Event : Type::Ack;
  pending_ = std::move(packet);
  expected_ = head->attachments;
  attachment_bytes_ = 0;
  if (expected_ == 0) return complete();
  return std::optional<SocketPacket>();
}

Result<std::optional<SocketPacket>> SocketDecoder::complete() {
  auto packet = std::exchange(pending_, std::nullopt);
  const auto attachments = std::exchange(attachments_, {});
  if (!fill(*packet->data, attachments)) return bad("a placeholder names no attachment");
  return packet;
}

}  // namespace parley::signaling::socketio
