// Result<T>: a value, or an Error that a user can act on.
// A peer's fault is a Result; a programmer's fault is an assertion. Thread-safe as any value type
// is.
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace parley {

/// What went wrong, in the form it is shown to clients: `code` is a stable snake_case word
/// ("room_not_found"), `message` a sentence that names the field and the remedy.
struct Error {
  std::string code;
  std::string message;

  bool operator==(const Error&) const = default;
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  [[nodiscard]] T& value() & { return assert(ok()), std::get<0>(state_); }
  [[nodiscard]] const T& value() const& { return assert(ok()), std::get<0>(state_); }
  [[nodiscard]] T value() && { return assert(ok()), std::get<0>(std::move(state_)); }
  [[nodiscard]] const Error& error() const { return assert(!ok()), std::get<1>(state_); }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  std::variant<T, Error> state_;
};

struct Nothing {
  bool operator==(const Nothing&) const = default;
};

/// The result of something that has no value to return.
using Status = Result<Nothing>;

}  // namespace parley
