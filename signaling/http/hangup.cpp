#include "signaling/http/hangup.hpp"

#include <utility>

#include <poll.h>

namespace parley::signaling::http {
namespace {

using Task = std::function<void()>;

/// A source of our own, for GIOCondition cannot say POLLRDHUP.
struct HangupSource {
  GSource base;
  GPollFD fd;
};

constexpr gushort kClosed = POLLRDHUP | POLLHUP | POLLERR;

gboolean check(GSource* source) {
  // GLib hands us the HangupSource that it made for us, of which the GSource is the beginning.
  return (reinterpret_cast<HangupSource*>(source)->fd.revents & kClosed) != 0 ? TRUE : FALSE;
}

gboolean dispatch(GSource*, GSourceFunc callback, gpointer data) {
  callback(data);
  return G_SOURCE_REMOVE;
}

GSourceFuncs functions{nullptr, check, dispatch, nullptr, nullptr, nullptr};

}  // namespace

HangupWatch::HangupWatch(GSocket* socket, Task gone)
    : source_(g_source_new(&functions, sizeof(HangupSource))) {
  auto* own = reinterpret_cast<HangupSource*>(source_.get());
  own->fd = {.fd = g_socket_get_fd(socket), .events = POLLRDHUP, .revents = 0};
  g_source_add_poll(source_.get(), &own->fd);
  const GSourceFunc run = [](gpointer data) -> gboolean {
    // A copy, for it may end the watch and with it `data`.
    const Task task = *static_cast<Task*>(data);
    task();
    return G_SOURCE_REMOVE;
  };
  g_source_set_callback(source_.get(), run, new Task(std::move(gone)),
                        [](gpointer data) { delete static_cast<Task*>(data); });
  g_source_attach(source_.get(), nullptr);
}

HangupWatch& HangupWatch::operator=(HangupWatch&& other) noexcept {
  if (source_) g_source_destroy(source_.get());
  source_ = std::move(other.source_);
  return *this;
}

HangupWatch::~HangupWatch() {
  if (source_) g_source_destroy(source_.get());
}

}  // namespace parley::signaling::http
