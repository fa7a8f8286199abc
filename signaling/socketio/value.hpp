// The values that Socket.IO events carry: JSON (RFC 8259) in which binary data may stand anywhere.
// Not json-glib's tree, which has no place for bytes, cuts strings at U+0000 and looks through all
// members of an object for each new one.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "support/result.hpp"

namespace parley::signaling::socketio {

/// Bytes that many receivers share. Never null.
using Bytes = std::shared_ptr<const std::string>;
Bytes make_bytes(std::string data);

class Value;
using Array = std::vector<Value>;
using Member = std::pair<std::string, Value>;

/// In the order of the text. A name that comes twice stands twice, and the last one counts.
using Object = std::vector<Member>;

/// Numbers are doubles, as in the language the clients are written in. Strings are valid UTF-8.
/// Thread-safe as any value type is.
class Value {
 public:
  Value() = default;  ///< null
  Value(std::nullptr_t) {}
  Value(bool value) : held_(value) {}
  Value(double value) : held_(value) {}
  Value(int value) : held_(static_cast<double>(value)) {}
  Value(std::string value) : held_(std::move(value)) {}
  Value(std::string_view value) : held_(std::string(value)) {}
  Value(const char* value) : held_(std::string(value)) {}
  Value(Array value) : held_(std::move(value)) {}
  Value(Object value) : held_(std::move(value)) {}
  Value(Bytes value) : held_(std::move(value)) {}

  [[nodiscard]] bool is_null() const { return std::holds_alternative<std::nullptr_t>(held_); }
  // Null when it is something else.
  [[nodiscard]] const bool* boolean() const { return std::get_if<bool>(&held_); }
  [[nodiscard]] const double* number() const { return std::get_if<double>(&held_); }
  [[nodiscard]] const std::string* string() const { return std::get_if<std::string>(&held_); }
  [[nodiscard]] const Array* array() const { return std::get_if<Array>(&held_); }
  [[nodiscard]] const Object* object() const { return std::get_if<Object>(&held_); }
  [[nodiscard]] const Bytes* binary() const { return std::get_if<Bytes>(&held_); }
  [[nodiscard]] Array* array() { return std::get_if<Array>(&held_); }
  [[nodiscard]] Object* object() { return std::get_if<Object>(&held_); }

  /// The member of that name; null when there is none, and when this is no object.
  [[nodiscard]] const Value* find(std::string_view name) const;
  /// The string in the member of that name; empty when there is none.
  [[nodiscard]] std::string_view text(std::string_view name) const;

  /// Equal content; binary is compared byte by byte, members in their order.
  bool operator==(const Value& other) const;

 private:
  std::variant<std::nullptr_t, bool, double, std::string, Array, Object, Bytes> held_;
};

/// {{"name", value}, …}
Value object(std::initializer_list<Member> members);

/// What a text may cost.
struct JsonLimits {
  int depth = 64;                ///< nesting of arrays and objects
  std::size_t values = 250'000;  ///< in all; each takes some fifty bytes
};

/// Reads JSON text (RFC 8259, strictly). Lone surrogates, which UTF-8 cannot hold, become U+FFFD;
/// numbers past a double's range are refused. Error: bad_json, with the byte at which it is wrong.
Result<Value> parse_json(std::string_view text, const JsonLimits& limits = {});

/// Appends `value` as JSON without spaces. Binary becomes {"_placeholder":true,"num":n} and is
/// appended to `attachments`. Numbers that JSON cannot say (NaN, infinities) become null.
void write_json(const Value& value, std::string& out, std::vector<Bytes>& attachments);
/// For values without binary.
std::string to_json(const Value& value);

}  // namespace parley::signaling::socketio
