#include "signaling/json/document.hpp"

#include <string>

#include "signaling/json/syntax.hpp"

namespace parley::signaling::json {

Result<Document> parse_object(std::string_view text, int max_depth) {
  if (const Status syntax = check_syntax(text, max_depth); !syntax) return syntax.error();
  const auto parser = Ref<JsonParser>::adopt(json_parser_new_immutable());
  GError* raw = nullptr;
  if (!json_parser_load_from_data(parser.get(), text.data(), static_cast<gssize>(text.size()),
                                  &raw)) {
    const Handle<GError, g_error_free> error(raw);
    return Error{"bad_request", std::string("message is not usable JSON: ") + error->message};
  }
  Document root(json_parser_steal_root(parser.get()));
  if (!root || !JSON_NODE_HOLDS_OBJECT(root.get()))
    return Error{"bad_request", "message is not a JSON object; send one, such as {\"id\":1,…}"};
  return root;
}

}  // namespace parley::signaling::json
