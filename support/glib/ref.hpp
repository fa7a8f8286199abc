// Ownership of GObjects, boxed values and GLib strings. None of it takes locks of its own;
// reference counts of GObjects are atomic, so a Ref may be handed to another thread.
#pragma once

#include <memory>
#include <utility>

#include <glib-object.h>

namespace parley {

/// A reference to a GObject. How it came about is always written out:
///   adopt(p)   takes over a reference the caller owns (transfer full)
///   retain(p)  adds a reference (transfer none)
///   sink(p)    takes a floating reference (a newly made GstElement, GstPad…)
template <typename T>
class Ref {
 public:
  Ref() = default;
  Ref(std::nullptr_t) {}
  static Ref adopt(T* object) { return Ref(object); }
  static Ref retain(T* object) {
    if (object != nullptr) g_object_ref(object);
    return Ref(object);
  }
  static Ref sink(T* object) {
    if (object != nullptr) g_object_ref_sink(object);
    return Ref(object);
  }

  Ref(const Ref& other) : Ref(retain(other.object_)) {}
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_ != nullptr) g_object_unref(object_);
  }

  [[nodiscard]] T* get() const { return object_; }
  /// Hands the reference to the caller (for "transfer full" parameters).
  [[nodiscard]] T* release() { return std::exchange(object_, nullptr); }
  explicit operator bool() const { return object_ != nullptr; }
  bool operator==(const Ref& other) const = default;

 private:
  explicit Ref(T* object) : object_(object) {}
  T* object_ = nullptr;
};

/// For plain C values with a free function: Handle<GstCaps, gst_caps_unref>.
template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* value) const {
    Free(value);
  }
};
template <typename T, auto Free>
using Handle = std::unique_ptr<T, Freer<Free>>;

using GString_ = Handle<char, g_free>;

}  // namespace parley
