// Reads typed members of a JSON object and keeps the first error, which names the field.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <json-glib/json-glib.h>

#include "support/result.hpp"

namespace parley::signaling::native {

/// Getters return a neutral value once something was wrong; look at error() when all is read.
/// Borrows the object. Not thread-safe.
class Fields {
 public:
  /// `prefix` is put before names in messages: "resume." for a nested object.
  explicit Fields(JsonObject* object, std::string prefix = "") : object_(object), prefix_(std::move(prefix)) {}

  [[nodiscard]] bool has(const char* name) const;  ///< there, and not null
  std::string text(const char* name, std::size_t max_bytes);
  std::optional<std::string> optional_text(const char* name, std::size_t max_bytes);
  bool boolean(const char* name);
  bool boolean_or(const char* name, bool fallback);
  /// One of the words; `words` is "a, b or c" for the message.
  void fail_unless(bool good, const char* name, std::string_view expected);
  unsigned number_or(const char* name, unsigned fallback);
  JsonObject* object(const char* name);
  JsonArray* array(const char* name);

  [[nodiscard]] const std::optional<Error>& error() const { return error_; }
  /// Takes over another reader's error, if it has one and this has none.
  void adopt(const Fields& nested);

 private:
  JsonNode* member(const char* name, std::string_view expected);
  void fail(const char* code, const char* name, std::string_view what);

  JsonObject* object_;
  std::string prefix_;
  std::optional<Error> error_;
};

}  // namespace parley::signaling::native
