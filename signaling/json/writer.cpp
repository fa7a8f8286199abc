#include "signaling/json/writer.hpp"

#include <cmath>

namespace parley::signaling::json {

Writer::Writer() : builder_(Ref<JsonBuilder>::adopt(json_builder_new())) {
  json_builder_begin_object(builder_.get());
}

void Writer::field(const char* name, std::string_view value) {
  json_builder_set_member_name(builder_.get(), name);
  string(value);
}

void Writer::field(const char* name, bool value) {
  json_builder_set_member_name(builder_.get(), name);
  json_builder_add_boolean_value(builder_.get(), value ? TRUE : FALSE);
}

void Writer::field(const char* name, std::int64_t value) {
  json_builder_set_member_name(builder_.get(), name);
  json_builder_add_int_value(builder_.get(), value);
}

void Writer::number(const char* name, double value) {
  json_builder_set_member_name(builder_.get(), name);
  json_builder_add_double_value(builder_.get(), std::round(value * 1024) / 1024);
}

void Writer::string(std::string_view value) {
  const char* bytes = value.empty() ? "" : value.data();
  const GString_ valid(g_utf8_make_valid(bytes, static_cast<gssize>(value.size())));
  // json-glib 1.6 escapes every control character but this one, and the text would not be JSON.
  g_strdelimit(valid.get(), "\x1f", ' ');
  json_builder_add_string_value(builder_.get(), valid.get());
}

std::string Writer::text() {
  json_builder_end_object(builder_.get());
  const Handle<JsonNode, json_node_unref> root(json_builder_get_root(builder_.get()));
  const GString_ text(json_to_string(root.get(), FALSE));
  return text.get();
}

}  // namespace parley::signaling::json
