// Noticing that a peer went away while nobody reads from it. Main-bound.
#pragma once

#include <functional>
#include <memory>

#include <gio/gio.h>

#include "support/glib/ref.hpp"

namespace parley::signaling::http {

/// Ends with its holder.
class HangupWatch {
 public:
  HangupWatch() = default;
  /// Calls `gone` once, from the main loop, when the peer of `socket` has closed its end, whatever
  /// bytes of it still wait to be read.
  HangupWatch(GSocket* socket, std::function<void()> gone);
  HangupWatch(HangupWatch&&) noexcept = default;
  HangupWatch& operator=(HangupWatch&& other) noexcept;
  ~HangupWatch();

 private:
  Handle<GSource, g_source_unref> source_;
};

}  // namespace parley::signaling::http
