#include "load/signaling/websocket_client.hpp"

#include <utility>

namespace parley::load {
namespace {

constexpr guint64 kMaxMessage = 4 << 20;  // bytes; the SDP of a large room is long

}  // namespace

WebSocketClient::WebSocketClient(const SignalingContext& context, const std::string& url,
                                 const char* protocol, Handlers handlers)
    : url_(url),
      handlers_(std::move(handlers)),
      session_(Ref<SoupSession>::retain(context.session)),
      connecting_(Ref<GCancellable>::adopt(g_cancellable_new())),
      pending_(new WebSocketClient*(this)) {
  const auto message = Ref<SoupMessage>::adopt(soup_message_new(SOUP_METHOD_GET, url.c_str()));
  if (context.insecure)
    g_signal_connect(message.get(), "accept-certificate",
                     G_CALLBACK(+[](SoupMessage*, GTlsCertificate*, GTlsCertificateFlags,
                                    gpointer) -> gboolean { return TRUE; }),
                     nullptr);
  const char* protocols[] = {protocol, nullptr};
  soup_session_websocket_connect_async(
      context.session, message.get(), nullptr, const_cast<char**>(protocols), G_PRIORITY_DEFAULT,
      connecting_.get(),
      [](GObject* session, GAsyncResult* result, gpointer data) {
        auto* pending = static_cast<WebSocketClient**>(data);
        if (*pending != nullptr)
          (*pending)->on_connected(result);
        else  // nobody waits for it any more
          Ref<SoupWebsocketConnection>::adopt(
              soup_session_websocket_connect_finish(SOUP_SESSION(session), result, nullptr));
        delete pending;
      },
      pending_);
}

WebSocketClient::~WebSocketClient() {
  if (pending_ == nullptr) return;
  *pending_ = nullptr;
  g_cancellable_cancel(connecting_.get());
}

void WebSocketClient::on_connected(GAsyncResult* result) {
  pending_ = nullptr;
  GError* problem = nullptr;
  connection_ = Ref<SoupWebsocketConnection>::adopt(
      soup_session_websocket_connect_finish(session_.get(), result, &problem));
  const Handle<GError, g_error_free> owner(problem);
  if (!connection_) {
    end("connect_failed", "cannot open " + url_ + ": " + problem->message);
    return;
  }
  soup_websocket_connection_set_max_incoming_payload_size(connection_.get(), kMaxMessage);
  message_ = Signal(
      connection_.get(), "message",
      G_CALLBACK(+[](SoupWebsocketConnection*, int type, GBytes* bytes, WebSocketClient* self) {
        if (type != SOUP_WEBSOCKET_DATA_TEXT) return;
        gsize size = 0;
        const auto* text = static_cast<const char*>(g_bytes_get_data(bytes, &size));
        self->handlers_.text({text, size});
      }),
      this);
  closed_ = Signal(connection_.get(), "closed",
                   G_CALLBACK(+[](SoupWebsocketConnection* connection, WebSocketClient* self) {
                     const int code = soup_websocket_connection_get_close_code(connection);
                     const char* why = soup_websocket_connection_get_close_data(connection);
                     self->end("server_gone",
                               "the server ended the WebSocket" +
                                   (code != 0 ? " with " + std::to_string(code) : std::string()) +
                                   (why != nullptr && *why != '\0' ? std::string(": ") + why : ""));
                   }),
                   this);
  if (!ended_) handlers_.open();
}

void WebSocketClient::end(const char* code, const std::string& message) {
  if (!std::exchange(ended_, true)) handlers_.ended({code, message});
}

void WebSocketClient::send(const std::string& text) {
  if (connection_ && !ended_ &&
      soup_websocket_connection_get_state(connection_.get()) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_text(connection_.get(), text.c_str());
}

void WebSocketClient::close() {
  ended_ = true;
  if (connection_ &&
      soup_websocket_connection_get_state(connection_.get()) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close(connection_.get(), SOUP_WEBSOCKET_CLOSE_NORMAL, nullptr);
}

}  // namespace parley::load
