// A WebSocket to a server (RFC 6455), over libsoup.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "load/signaling/signaling.hpp"
#include "support/glib/ref.hpp"
#include "support/glib/signal.hpp"
#include "support/result.hpp"

namespace parley::load {

/// Main-bound. Destroying it drops the connection without callbacks.
class WebSocketClient {
 public:
  struct Handlers {
    std::function<void()> open;
    std::function<void(std::string_view)> text;
    /// The last; not after close(). Errors "connect_failed", "server_gone".
    std::function<void(const Error&)> ended;
  };

  WebSocketClient(const SignalingContext& context, const std::string& url, const char* protocol,
                  Handlers handlers);
  ~WebSocketClient();
  WebSocketClient(const WebSocketClient&) = delete;
  WebSocketClient& operator=(const WebSocketClient&) = delete;

  /// Does nothing unless open.
  void send(const std::string& text);
  /// Says goodbye with 1000.
  void close();

 private:
  void on_connected(GAsyncResult* result);
  void end(const char* code, const std::string& message);

  std::string url_;
  Handlers handlers_;
  Ref<SoupSession> session_;
  Ref<GCancellable> connecting_;
  WebSocketClient** pending_ = nullptr;  ///< the connecting callback's way to this
  Ref<SoupWebsocketConnection> connection_;
  Signal message_, closed_;
  bool ended_ = false;
};

}  // namespace parley::load
