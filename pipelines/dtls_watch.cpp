#include "pipelines/dtls_watch.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace parley::pipelines {
namespace {

using transport::Direction;
using transport::SrtpKey;

// GstDtlsConnectionState, which the dtls plugin keeps to itself.
constexpr int kDtlsClosed = 1, kDtlsFailed = 2, kDtlsConnected = 4;

std::string_view factory_of(GstElement* element) {
  GstElementFactory* factory = gst_element_get_factory(element);
  return factory != nullptr ? GST_OBJECT_NAME(factory) : "";
}

std::optional<SrtpKey> read_key(GstElement* element, const char* property) {
  GstBuffer* buffer = nullptr;
  g_object_get(element, property, &buffer, nullptr);
  const Handle<GstBuffer, gst_buffer_unref> owner(buffer);
  SrtpKey key{};
  if (buffer == nullptr || gst_buffer_get_size(buffer) != key.size()) return std::nullopt;
  gst_buffer_extract(buffer, 0, key.data(), key.size());
  return key;
}

// The dtls elements emit `on-key-received` with their connection's lock held: nothing here may ask
// them for their state.

void on_decoder_key(GstElement* dtlsdec, gpointer data) {
  const auto key = read_key(dtlsdec, "decoder-key");
  char* text = nullptr;
  g_object_get(dtlsdec, "peer-pem", &text, nullptr);
  const GString_ owner(text);
  if (!key) return;
  static_cast<const Postbox*>(data)->post(
      [key = *key, pem = std::string(text != nullptr ? text : "")](SessionEvents& events) {
        events.on_key(Direction::Receive, key, pem);
      });
}

void on_encoder_key(GstElement* dtlsenc, gpointer data) {
  const auto key = read_key(dtlsenc, "encoder-key");
  if (!key) return;
  static_cast<const Postbox*>(data)->post(
      [key = *key](SessionEvents& events) { events.on_key(Direction::Send, key, {}); });
}

void on_connection_state(GstElement* dtlsenc, GParamSpec*, gpointer data) {
  int state = 0;
  g_object_get(dtlsenc, "connection-state", &state, nullptr);
  std::optional<DtlsState> news;
  if (state == kDtlsConnected) news = DtlsState::Connected;
  if (state == kDtlsClosed) news = DtlsState::Closed;
  if (state == kDtlsFailed) news = DtlsState::Failed;
  if (!news) return;
  static_cast<const Postbox*>(data)->post(
      [state = *news](SessionEvents& events) { events.on_dtls_state(state); });
}

void connect(GstElement* element, const char* signal, GCallback handler, const Postbox& postbox) {
  g_signal_connect_data(element, signal, handler, new Postbox(postbox),
                        delete_closure_data<Postbox>, GConnectFlags(0));
}

void on_element_added(GstBin*, GstBin*, GstElement* element, gpointer data) {
  const auto& postbox = *static_cast<const Postbox*>(data);
  const std::string_view factory = factory_of(element);
  if (factory == "dtlsdec") {
    connect(element, "on-key-received", G_CALLBACK(on_decoder_key), postbox);
  } else if (factory == "dtlsenc") {
    connect(element, "on-key-received", G_CALLBACK(on_encoder_key), postbox);
    connect(element, "notify::connection-state", G_CALLBACK(on_connection_state), postbox);
  }
}

}  // namespace

Signal watch_dtls(GstElement* webrtcbin, const Postbox& postbox) {
  return Signal(webrtcbin, "deep-element-added", G_CALLBACK(on_element_added), new Postbox(postbox),
                delete_closure_data<Postbox>);
}

}  // namespace parley::pipelines
