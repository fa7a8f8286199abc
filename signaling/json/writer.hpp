// Writing JSON text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <json-glib/json-glib.h>

#include "support/glib/ref.hpp"

namespace parley::signaling::json {

/// Builds one object, member by member, in the order of the calls. Not thread-safe.
///
///   Writer w;
///   w.field("type", "offer");
///   w.list("slots", slots, [&](const SlotMapping& slot) { w.field("mid", slot.mid); });
///   send(w.text());
class Writer {
 public:
  Writer();

  /// What is not UTF-8 in a string is replaced by U+FFFD, and U+001F by a space: text from a peer
  /// may break no message.
  void field(const char* name, std::string_view value);
  void field(const char* name, const char* value) { field(name, std::string_view(value)); }
  void field(const char* name, bool value);
  void field(const char* name, std::int64_t value);
  /// Rounded to a multiple of 1/1024, which is exact and so prints without a tail of digits.
  void number(const char* name, double value);

  /// `write` adds the inner object's members.
  template <typename Write>
  void object(const char* name, Write write) {
    json_builder_set_member_name(builder_.get(), name);
    json_builder_begin_object(builder_.get());
    write();
    json_builder_end_object(builder_.get());
  }

  /// A list of objects: `write(item)` adds the members of each.
  template <typename Items, typename Write>
  void list(const char* name, const Items& items, Write write) {
    json_builder_set_member_name(builder_.get(), name);
    json_builder_begin_array(builder_.get());
    for (const auto& item : items) {
      json_builder_begin_object(builder_.get());
      write(item);
      json_builder_end_object(builder_.get());
    }
    json_builder_end_array(builder_.get());
  }

  /// A list of strings: `text(item)` is each.
  template <typename Items, typename Text>
  void strings(const char* name, const Items& items, Text text) {
    json_builder_set_member_name(builder_.get(), name);
    json_builder_begin_array(builder_.get());
    for (const auto& item : items) string(text(item));
    json_builder_end_array(builder_.get());
  }

  /// The object as text without spaces. Last call.
  [[nodiscard]] std::string text();

 private:
  void string(std::string_view value);

  Ref<JsonBuilder> builder_;
};

}  // namespace parley::signaling::json
