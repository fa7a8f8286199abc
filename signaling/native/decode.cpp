#include "signaling/native/decode.hpp"

#include <array>

#include "signaling/json/document.hpp"
#include "signaling/native/requests.hpp"

namespace parley::signaling::native {
namespace {

struct Decoder {
  std::string_view type;
  Command (*decode)(json::Fields&);
};

constexpr std::array kDecoders{
    Decoder{"join", decode_join},           Decoder{"leave", decode_leave},
    Decoder{"publish", decode_publish},     Decoder{"unpublish", decode_unpublish},
    Decoder{"subscribe", decode_subscribe}, Decoder{"mute", decode_mute},
    Decoder{"chat", decode_chat},           Decoder{"offer", decode_offer},
    Decoder{"answer", decode_answer},       Decoder{"candidate", decode_candidate},
    Decoder{"ping", decode_ping},
};

/// Longer than any client needs, short enough to be repeated.
constexpr std::size_t kMaxId = 64;

MessageId id_of(json::Fields& in) {
  JsonNode* node = in.node("id");
  if (node == nullptr) return {};
  if (const auto number = json::integer(node)) return *number;
  if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_STRING) return {};
  std::string text = json_node_get_string(node);
  if (text.empty() || text.size() > kMaxId) return {};
  return text;
}

Result<Command> command_of(json::Fields& in, const std::optional<Error>& problem) {
  const std::string type = in.text("type");
  if (problem) return Error{"bad_request", problem->message};
  for (const Decoder& decoder : kDecoders) {
    if (decoder.type != type) continue;
    Command command = decoder.decode(in);
    if (problem) return *problem;
    return command;
  }
  return Error{"unknown_type", "type is not one of parley.v1's requests; see docs/signaling.md"};
}

}  // namespace

Message decode(std::string_view text) {
  const auto document = json::parse_object(text);
  if (!document) return {{}, document.error()};
  std::optional<Error> problem;
  json::Fields in(json_node_get_object(document->get()), problem);
  MessageId id = id_of(in);
  if (std::holds_alternative<std::monostate>(id))
    return {{},
            Error{"bad_request",
                  in.has("id") ? "id must be an integer up to 2^53 or a string of 1 to 64 bytes"
                               : "id is missing; send an integer or a string"}};
  return {std::move(id), command_of(in, problem)};
}

}  // namespace parley::signaling::native
