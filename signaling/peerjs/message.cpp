#include "signaling/peerjs/message.hpp"

#include <optional>

#include "signaling/json/document.hpp"
#include "signaling/json/fields.hpp"
#include "support/glib/ref.hpp"

namespace parley::signaling::peerjs {

Result<Message> decode(std::string_view text) {
  const auto document = json::parse_object(text);
  if (!document) return document.error();
  std::optional<Error> problem;
  json::Fields in(json_node_get_object(document->get()), problem);
  Message message{in.text("type"), in.text_or("dst", {}), {}};
  if (problem) return *problem;
  if (JsonNode* payload = in.node("payload"))
    message.payload = GString_(json_to_string(payload, FALSE)).get();
  return message;
}

}  // namespace parley::signaling::peerjs
