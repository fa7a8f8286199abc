// A GObject signal connection that ends with its holder.
#pragma once

#include <functional>
#include <memory>

#include "support/glib/ref.hpp"

namespace parley {

/// Disconnects when destroyed. Hold it on the thread that owns the object's holder; a handler that
/// runs on another thread at that very moment may still be finishing, so handlers carry values and
/// ids, never `this` of something that can die first.
class Signal {
 public:
  Signal() = default;
  /// Connects `handler` (a C function of the signal's own signature) with `data`.
  Signal(gpointer object, const char* name, GCallback handler, gpointer data)
      : object_(Ref<GObject>::retain(static_cast<GObject*>(object))),
        id_(g_signal_connect(object, name, handler, data)) {}
  /// As above; `data` is freed by `destroy` once the closure is gone, even when it outlives us.
  Signal(gpointer object, const char* name, GCallback handler, gpointer data,
         GClosureNotify destroy)
      : object_(Ref<GObject>::retain(static_cast<GObject*>(object))),
        id_(g_signal_connect_data(object, name, handler, data, destroy, GConnectFlags(0))) {}

  Signal(Signal&& other) noexcept
      : object_(std::move(other.object_)), id_(std::exchange(other.id_, 0)) {}
  Signal& operator=(Signal&& other) noexcept {
    disconnect();
    object_ = std::move(other.object_);
    id_ = std::exchange(other.id_, 0);
    return *this;
  }
  ~Signal() { disconnect(); }

  void disconnect() {
    if (id_ != 0) g_signal_handler_disconnect(object_.get(), id_);
    id_ = 0;
    object_ = nullptr;
  }

 private:
  Ref<GObject> object_;
  gulong id_ = 0;
};

}  // namespace parley
