#include "pipelines/data_channels.hpp"

#define GST_USE_UNSTABLE_API
#include <algorithm>
#include <atomic>
#include <string>
#include <utility>

#include <gst/webrtc/webrtc.h>
#include <spdlog/spdlog.h>

namespace parley::pipelines {

struct DataChannels::Inbox {
  explicit Inbox(const Postbox& box) : postbox(box) {}
  Postbox postbox;
  std::atomic<std::uint64_t> dropped{0};
  std::atomic<std::size_t> unread{0};  ///< bytes posted to main and not yet handled there
  std::atomic<unsigned> of_client{0};  ///< channels the client has opened
};

namespace {

using Inbox = DataChannels::Inbox;

/// The user data of a channel's message handlers.
struct Receiver {
  std::shared_ptr<Inbox> inbox;
  bool ordered;
};

void receive(const Receiver& receiver, const char* data, std::size_t size, bool binary) {
  const auto& inbox = receiver.inbox;
  const bool malformed =
      !binary && g_utf8_validate(data, static_cast<gssize>(size), nullptr) == FALSE;
  // SCTP's own flow control ends at webrtcbin, so what waits for the main thread is bounded here.
  if (malformed || size > kMaxMessage || inbox->unread.load() + size > kMaxBuffered) {
    ++inbox->dropped;
    return;
  }
  // The message frees its share when handled, and also when nobody was left to handle it.
  inbox->unread += size;
  const std::shared_ptr<void> share(nullptr, [inbox, size](void*) { inbox->unread -= size; });
  inbox->postbox.post(
      [share, message = DataMessage{receiver.ordered, binary, std::string(data, size)}](
          SessionEvents& events) mutable { events.on_message(std::move(message)); });
}

void on_message_data(GObject*, GBytes* bytes, gpointer data) {
  gsize size = 0;
  const void* content = bytes != nullptr ? g_bytes_get_data(bytes, &size) : nullptr;
  receive(*static_cast<const Receiver*>(data),
          content != nullptr ? static_cast<const char*>(content) : "", size, true);
}

void on_message_string(GObject*, const char* text, gpointer data) {
  const std::string_view content = text != nullptr ? text : "";
  receive(*static_cast<const Receiver*>(data), content.data(), content.size(), false);
}

std::array<Signal, 2> listen(GObject* channel, const Receiver& receiver) {
  return {Signal(channel, "on-message-data", G_CALLBACK(on_message_data), new Receiver(receiver),
                 delete_closure_data<Receiver>),
          Signal(channel, "on-message-string", G_CALLBACK(on_message_string),
                 new Receiver(receiver), delete_closure_data<Receiver>)};
}

void on_prepare_channel(GstElement*, GObject*, gboolean is_local, gpointer data) {
  const auto& inbox = *static_cast<const std::shared_ptr<Inbox>*>(data);
  if (is_local == TRUE || ++inbox->of_client != kMaxChannels + 1) return;
  inbox->postbox.post([](SessionEvents& events) { events.on_fatal("too_many_channels"); });
}

void on_data_channel(GstElement*, GObject* channel, gpointer data) {
  const auto& inbox = *static_cast<const std::shared_ptr<Inbox>*>(data);
  char* label = nullptr;
  gboolean ordered = TRUE;
  g_object_get(channel, "label", &label, "ordered", &ordered, nullptr);
  const GString_ owner(label);
  if (g_strcmp0(label, kRoomLabel) != 0) return;
  // Here and not on main: the first message may follow at once. The handlers hold no reference to
  // the channel, so they may stay for its life.
  const auto connect = [&](const char* signal, GCallback handler) {
    g_signal_connect_data(channel, signal, handler, new Receiver{inbox, ordered == TRUE},
                          delete_closure_data<Receiver>, GConnectFlags(0));
  };
  connect("on-message-data", G_CALLBACK(on_message_data));
  connect("on-message-string", G_CALLBACK(on_message_string));
  inbox->postbox.post([object = Ref<GObject>::retain(channel), is_ordered = ordered == TRUE](
                          SessionEvents& events) { events.on_channel(object, is_ordered); });
}

/// A channel's appsrc and appsink report errors to a bin that drops them, and in GStreamer 1.22
/// leaks each with the element it came from. Without a bus they report nothing.
void on_element_added(GstBin*, GstBin*, GstElement* element, gpointer) {
  GstElementFactory* factory = gst_element_get_factory(element);
  const std::string_view name = factory != nullptr ? GST_OBJECT_NAME(factory) : "";
  if (name == "appsrc" || name == "appsink") gst_element_set_bus(element, nullptr);
}

GstWebRTCDataChannelState state_of(GObject* channel) {
  auto state = GST_WEBRTC_DATA_CHANNEL_STATE_CLOSED;
  g_object_get(channel, "ready-state", &state, nullptr);
  return state;
}

void free_inbox_share(gpointer data, GClosure*) {
  delete static_cast<std::shared_ptr<Inbox>*>(data);
}

void flush(const GValue* item, gpointer) {
  auto* element = static_cast<GstElement*>(g_value_get_object(item));
  GstElementFactory* factory = gst_element_get_factory(element);
  if (factory == nullptr || g_strcmp0(GST_OBJECT_NAME(factory), "sctpenc") != 0) return;
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(element, "src"));
  gst_pad_send_event(pad.get(), gst_event_new_flush_start());
}

}  // namespace

void stop_sending(GstBin* bin) {
  const Handle<GstIterator, gst_iterator_free> elements(gst_bin_iterate_recurse(bin));
  while (gst_iterator_foreach(elements.get(), flush, nullptr) == GST_ITERATOR_RESYNC)
    gst_iterator_resync(elements.get());
}

DataChannels::DataChannels(GstElement* webrtcbin, const Postbox& postbox)
    : webrtcbin_(Ref<GstElement>::retain(webrtcbin)),
      inbox_(std::make_shared<Inbox>(postbox)),
      signals_{Signal(webrtcbin, "prepare-data-channel", G_CALLBACK(on_prepare_channel),
                      new std::shared_ptr<Inbox>(inbox_), free_inbox_share),
               Signal(webrtcbin, "on-data-channel", G_CALLBACK(on_data_channel),
                      new std::shared_ptr<Inbox>(inbox_), free_inbox_share),
               Signal(webrtcbin, "deep-element-added", G_CALLBACK(on_element_added), nullptr)} {}

DataChannels::~DataChannels() = default;

bool DataChannels::open() {
  return open(true) && open(false);
}

bool DataChannels::open(bool ordered) {
  const Handle<GstStructure, gst_structure_free> options(
      gst_structure_new("options", "ordered", G_TYPE_BOOLEAN, ordered ? TRUE : FALSE, nullptr));
  GObject* channel = nullptr;
  g_signal_emit_by_name(webrtcbin_.get(), "create-data-channel", kRoomLabel, options.get(),
                        &channel);
  if (channel == nullptr) return false;
  auto messages = listen(channel, Receiver{inbox_, ordered});
  channels_.push_back({Ref<GObject>::adopt(channel), ordered, std::move(messages)});
  return true;
}

void DataChannels::adopt(Ref<GObject> channel, bool ordered) {
  std::erase_if(channels_, [](const Channel& old) {
    return state_of(old.object.get()) == GST_WEBRTC_DATA_CHANNEL_STATE_CLOSED;
  });
  channels_.push_back({std::move(channel), ordered, {}});
}

GObject* DataChannels::channel_for(bool ordered) const {
  const auto open = [ordered](const Channel& channel) {
    return channel.ordered == ordered &&
           state_of(channel.object.get()) == GST_WEBRTC_DATA_CHANNEL_STATE_OPEN;
  };
  const auto found = std::find_if(channels_.rbegin(), channels_.rend(), open);
  return found != channels_.rend() ? found->object.get() : nullptr;
}

void DataChannels::send(const DataMessage& message) {
  GObject* channel = channel_for(message.ordered);
  if (channel == nullptr || message.payload.empty()) return;
  guint64 buffered = 0;
  g_object_get(channel, "buffered-amount", &buffered, nullptr);
  const std::string& payload = message.payload;
  if (payload.size() > kMaxMessage || buffered + payload.size() > kMaxBuffered) {
    ++inbox_->dropped;
    return;
  }
  if (!message.binary) {
    g_signal_emit_by_name(channel, "send-string", payload.c_str());
    return;
  }
  const Handle<GBytes, g_bytes_unref> bytes(g_bytes_new(payload.data(), payload.size()));
  g_signal_emit_by_name(channel, "send-data", bytes.get());
}

std::uint64_t DataChannels::dropped() const {
  return inbox_->dropped.load();
}

}  // namespace parley::pipelines
