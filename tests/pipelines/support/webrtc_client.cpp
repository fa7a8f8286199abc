#include "tests/pipelines/support/webrtc_client.hpp"

#define GST_USE_UNSTABLE_API
#include <atomic>
#include <functional>

#include <gst/sdp/sdp.h>
#include <gst/webrtc/webrtc.h>

namespace parley::pipelines::testing {
namespace {

using Reply = std::function<void(const GstStructure*)>;

/// `reply` runs on webrtcbin's thread.
GstPromise* promise(Reply reply) {
  return gst_promise_new_with_change_func(
      [](GstPromise* done, gpointer data) {
        (*static_cast<Reply*>(data))(gst_promise_get_reply(done));
      },
      new Reply(std::move(reply)), [](gpointer data) { delete static_cast<Reply*>(data); });
}

/// webrtcbin reads these from m-lines alone, where a browser also takes the session's.
void copy_to_media(GstSDPMessage* message) {
  for (const char* key : {"ice-ufrag", "ice-pwd", "fingerprint", "setup"}) {
    const char* value = gst_sdp_message_get_attribute_val(message, key);
    for (guint i = 0; value && i < gst_sdp_message_medias_len(message); ++i) {
      auto* media = const_cast<GstSDPMedia*>(gst_sdp_message_get_media(message, i));
      if (!gst_sdp_media_get_attribute_val(media, key))
        gst_sdp_media_add_attribute(media, key, value);
    }
  }
}

using Description = Handle<GstWebRTCSessionDescription, gst_webrtc_session_description_free>;

}  // namespace

struct WebrtcClient::Impl : std::enable_shared_from_this<Impl> {
  struct Channel {
    Ref<GObject> object;
    std::string label;
    bool ordered = true;
  };
  /// User data of a channel's handlers.
  struct Sink {
    std::weak_ptr<Impl> client;
    MainLoop* main_loop;
    bool ordered, own;
    void deliver(bool binary, std::string payload) const {
      main_loop->post([sink = *this, binary, payload = std::move(payload)] {
        const auto self = sink.client.lock();
        if (!self) return;
        if (payload == kPing) return static_cast<void>(++self->pings);
        self->received.push_back({sink.ordered, binary, payload});
        self->on_own.push_back(sink.own);
      });
    }
  };

  explicit Impl(MainLoop& loop) : main_loop(loop) {}

  void keep(GObject* channel, bool own);
  void open(const char* label, bool ordered);
  void request(const char* action, const GstWebRTCSessionDescription* description,
               std::function<void(Impl&, Description)> then);

  MainLoop& main_loop;
  Ref<GstElement> pipeline, webrtcbin;
  std::string answer;
  std::vector<Channel> channels;
  std::vector<DataMessage> received;
  std::vector<bool> on_own;
  unsigned pings = 0;
  std::shared_ptr<std::atomic<unsigned>> media = std::make_shared<std::atomic<unsigned>>(0);
};

void WebrtcClient::Impl::keep(GObject* channel, bool own) {
  char* text = nullptr;
  gboolean ordered = TRUE;
  g_object_get(channel, "label", &text, "ordered", &ordered, nullptr);
  const GString_ label(text);
  const auto free_sink = [](gpointer data, GClosure*) { delete static_cast<Sink*>(data); };
  const auto connect = [&](const char* signal, GCallback handler) {
    g_signal_connect_data(channel, signal, handler,
                          new Sink{weak_from_this(), &main_loop, ordered == TRUE, own}, free_sink,
                          GConnectFlags(0));
  };
  connect("on-message-data", G_CALLBACK(+[](GObject*, GBytes* bytes, gpointer data) {
            gsize size = 0;
            const void* content = bytes ? g_bytes_get_data(bytes, &size) : nullptr;
            static_cast<Sink*>(data)->deliver(
                true, content ? std::string(static_cast<const char*>(content), size) : "");
          }));
  connect("on-message-string", G_CALLBACK(+[](GObject*, char* content, gpointer data) {
            static_cast<Sink*>(data)->deliver(false, content ? content : "");
          }));
  main_loop.post([weak = weak_from_this(), object = Ref<GObject>::retain(channel),
                  name = std::string(label.get()), ordered] {
    if (const auto self = weak.lock()) self->channels.push_back({object, name, ordered == TRUE});
  });
}

void WebrtcClient::Impl::open(const char* label, bool ordered) {
  const Handle<GstStructure, gst_structure_free> options(
      gst_structure_new("options", "ordered", G_TYPE_BOOLEAN, ordered, nullptr));
  GObject* channel = nullptr;
  g_signal_emit_by_name(webrtcbin.get(), "create-data-channel", label, options.get(), &channel);
  keep(channel, true);
  g_object_unref(channel);
}

void WebrtcClient::Impl::request(const char* action, const GstWebRTCSessionDescription* description,
                                 std::function<void(Impl&, Description)> then) {
  const auto done = promise([weak = weak_from_this(), loop = &main_loop,
                             then = std::move(then)](const GstStructure* reply) {
    GstWebRTCSessionDescription* made = nullptr;
    if (reply)
      gst_structure_get(reply, "answer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &made, nullptr);
    GError* error = nullptr;
    if (reply && gst_structure_get(reply, "error", G_TYPE_ERROR, &error, nullptr))
      g_error("the test's client: %s", error->message);
    loop->post([weak, then, made] {
      Description owner(made);
      if (const auto self = weak.lock()) then(*self, std::move(owner));
    });
  });
  g_signal_emit_by_name(webrtcbin.get(), action, description, done);
  gst_promise_unref(done);
}

WebrtcClient::WebrtcClient(MainLoop& main_loop, const Options& options)
    : impl_(std::make_shared<Impl>(main_loop)) {
  Impl& self = *impl_;
  self.pipeline = Ref<GstElement>::sink(gst_pipeline_new("client"));
  self.webrtcbin = Ref<GstElement>::sink(gst_element_factory_make_full(
      "webrtcbin", "name", "peer", "bundle-policy", 3, "latency", 0U, nullptr));
  gst_bin_add(GST_BIN(self.pipeline.get()), self.webrtcbin.get());
  // libnice gathers no loopback by itself; tests stay on it.
  GObject* agent = nullptr;
  gboolean added = FALSE;
  g_object_get(self.webrtcbin.get(), "ice-agent", &agent, nullptr);
  g_signal_emit_by_name(agent, "add-local-ip-address", "127.0.0.1", &added);
  g_object_unref(agent);
  if (options.send_audio) {
    GstElement* audio = gst_parse_bin_from_description(
        "audiotestsrc is-live=true ! opusenc ! rtpopuspay pt=111 ! capsfilter "
        "caps=application/x-rtp,media=audio,encoding-name=OPUS,payload=111,clock-rate=48000",
        TRUE, nullptr);
    gst_bin_add(GST_BIN(self.pipeline.get()), audio);
    gst_element_link(audio, self.webrtcbin.get());
  }
  g_signal_connect_data(
      self.webrtcbin.get(), "on-data-channel",
      G_CALLBACK(+[](GstElement*, GObject* channel, gpointer data) {
        if (const auto alive = static_cast<std::weak_ptr<Impl>*>(data)->lock())
          alive->keep(channel, false);
      }),
      new std::weak_ptr<Impl>(impl_),
      [](gpointer data, GClosure*) { delete static_cast<std::weak_ptr<Impl>*>(data); },
      GConnectFlags(0));
  g_signal_connect_data(
      self.webrtcbin.get(), "pad-added",
      G_CALLBACK(+[](GstElement* element, GstPad* pad, gpointer data) {
        if (gst_pad_get_direction(pad) != GST_PAD_SRC) return;
        GstElement* sink = gst_element_factory_make("fakesink", nullptr);
        g_object_set(sink, "signal-handoffs", TRUE, "async", FALSE, "sync", FALSE, nullptr);
        using Count = std::shared_ptr<std::atomic<unsigned>>;
        g_signal_connect_data(
            sink, "handoff", G_CALLBACK(+[](GstElement*, GstBuffer*, GstPad*, gpointer count) {
              ++**static_cast<Count*>(count);
            }),
            new Count(*static_cast<Count*>(data)),
            [](gpointer count, GClosure*) { delete static_cast<Count*>(count); }, GConnectFlags(0));
        GstObject* parent = gst_object_get_parent(GST_OBJECT(element));
        gst_bin_add(GST_BIN(parent), sink);
        gst_object_unref(parent);
        gst_element_sync_state_with_parent(sink);
        GstPad* target = gst_element_get_static_pad(sink, "sink");
        gst_pad_link(pad, target);
        gst_object_unref(target);
      }),
      new std::shared_ptr<std::atomic<unsigned>>(self.media),
      [](gpointer data, GClosure*) {
        delete static_cast<std::shared_ptr<std::atomic<unsigned>>*>(data);
      },
      GConnectFlags(0));
  gst_element_set_state(self.pipeline.get(), GST_STATE_PLAYING);
  if (!options.open_channels) return;
  self.open("room", true);
  self.open("room", false);
  self.open("other", true);
}

WebrtcClient::~WebrtcClient() {
  gst_element_set_state(impl_->pipeline.get(), GST_STATE_NULL);
}

void WebrtcClient::say_goodbye() {
  const Handle<GstIterator, gst_iterator_free> elements(
      gst_bin_iterate_recurse(GST_BIN(impl_->pipeline.get())));
  gst_iterator_foreach(
      elements.get(),
      [](const GValue* item, gpointer) {
        auto* element = static_cast<GstElement*>(g_value_get_object(item));
        if (g_strcmp0(G_OBJECT_TYPE_NAME(element), "GstDtlsEnc") != 0 ||
            GST_STATE(element) < GST_STATE_PAUSED)
          return;
        const auto pads = element->sinkpads;
        if (pads != nullptr) gst_pad_send_event(GST_PAD(pads->data), gst_event_new_eos());
      },
      nullptr);
}

void WebrtcClient::take_offer(const std::string& sdp) {
  GstSDPMessage* message = nullptr;
  gst_sdp_message_new_from_text(sdp.c_str(), &message);
  copy_to_media(message);
  const Description offer(gst_webrtc_session_description_new(GST_WEBRTC_SDP_TYPE_OFFER, message));
  impl_->request("set-remote-description", offer.get(), [](Impl& self, const Description&) {
    self.request("create-answer", nullptr, [](Impl& client, Description answer) {
      const GString_ text(gst_sdp_message_as_text(answer->sdp));
      client.request(
          "set-local-description", answer.get(),
          [sdp = std::string(text.get())](Impl& last, const Description&) { last.answer = sdp; });
    });
  });
}

const std::string& WebrtcClient::answer() const {
  return impl_->answer;
}

void WebrtcClient::send(const std::string& label, bool ordered, const DataMessage& message) {
  for (const auto& channel : impl_->channels) {
    if (channel.label != label || channel.ordered != ordered) continue;
    if (message.binary) {
      const Handle<GBytes, g_bytes_unref> bytes(
          g_bytes_new(message.payload.data(), message.payload.size()));
      g_signal_emit_by_name(channel.object.get(), "send-data", bytes.get());
    } else {
      g_signal_emit_by_name(channel.object.get(), "send-string", message.payload.c_str());
    }
  }
}

std::size_t WebrtcClient::open_channels() const {
  std::size_t open = 0;
  for (const auto& channel : impl_->channels) {
    auto state = GST_WEBRTC_DATA_CHANNEL_STATE_CLOSED;
    g_object_get(channel.object.get(), "ready-state", &state, nullptr);
    open += state == GST_WEBRTC_DATA_CHANNEL_STATE_OPEN;
  }
  return open;
}

const std::vector<DataMessage>& WebrtcClient::received() const {
  return impl_->received;
}
const std::vector<bool>& WebrtcClient::received_on_own() const {
  return impl_->on_own;
}
unsigned WebrtcClient::pings() const {
  return impl_->pings;
}
unsigned WebrtcClient::media_buffers() const {
  return impl_->media->load();
}

}  // namespace parley::pipelines::testing
