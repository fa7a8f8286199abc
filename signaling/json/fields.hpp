// Reading the members of a JSON object into values, with errors that name the field.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include <json-glib/json-glib.h>

#include "support/result.hpp"

namespace parley::signaling::json {

/// What a string has to look like. `rule` completes "<field> must be …".
struct Text {
  std::size_t min = 0;  ///< bytes
  std::size_t max = SIZE_MAX;
  bool (*allowed)(char) = nullptr;  ///< any character when null
  const char* rule = "a string";
};

/// Reads one object's members. The first thing wrong is kept in the shared `problem` and everything
/// read afterwards is a default: a decoder reads all it wants and looks at `problem` once, at the
/// end. Errors: missing_field, invalid_field. Members nobody asks for are ignored. Borrows the
/// object.
class Fields {
 public:
  /// `path` is put in front of names in errors: "resume." or "tracks[2].".
  Fields(JsonObject* object, std::optional<Error>& problem, std::string path = {})
      : object_(object), problem_(problem), path_(std::move(path)) {}

  [[nodiscard]] bool has(const char* name) const;

  // Without a fallback a member is required; a fallback is taken as it is when the member is
  // absent.
  std::string text(const char* name, const Text& shape = {});
  std::string text_or(const char* name, std::string fallback, const Text& shape = {});
  std::optional<std::string> optional_text(const char* name, const Text& shape = {});
  bool boolean(const char* name);
  bool boolean_or(const char* name, bool fallback);
  std::uint32_t uint32_or(const char* name, std::uint32_t fallback);
  std::string choice(const char* name, std::initializer_list<std::string_view> choices);
  std::string choice_or(const char* name, std::string fallback,
                        std::initializer_list<std::string_view> choices);

  /// The object in a member; an empty one where there is none.
  [[nodiscard]] Fields object(const char* name);
  /// Every object of the list in a member, at most `max` of them.
  void each(const char* name, std::size_t max, const std::function<void(Fields&)>& read);

  /// For rules of a decoder's own. `what` completes "<name> …".
  void invalid(std::string_view name, std::string_view what);

  /// The member as it is; null when absent.
  [[nodiscard]] JsonNode* node(const char* name) const;

 private:
  JsonNode* required(const char* name, std::string_view type);
  void fail(const char* code, std::string_view name, std::string_view what);

  JsonObject* object_;  ///< null stands for {}
  std::optional<Error>& problem_;
  std::string path_;
};

/// The node's whole number: 7, and 7.0 or 7e0, which say the same (RFC 8259, section 6). Nothing
/// when it is something else, or past what is exact.
std::optional<std::int64_t> integer(JsonNode* node);

}  // namespace parley::signaling::json
