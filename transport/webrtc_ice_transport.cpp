#include "transport/webrtc_ice_transport.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include "transport/demux.hpp"
#include "transport/webrtc_ice_gst.hpp"

namespace {

using parley::Ref;
using parley::transport::IceLink;

GstStaticPadTemplate source_template =
    GST_STATIC_PAD_TEMPLATE("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

gboolean drop_event(GstPad*, GstObject*, GstEvent* event) {
  gst_event_unref(event);
  return TRUE;
}

// --- the source element: records from the peer, pushed on its pad by the shard
// ---------------------

struct ParleyIceSource {
  GstElement parent;
  GstPad* pad;  ///< the element's own
};
struct ParleyIceSourceClass {
  GstElementClass parent;
};
DEFINE_ICE_TYPE(ParleyIceSource, parley_ice_source, GST_TYPE_ELEMENT)

gboolean answer_latency(GstPad* pad, GstObject* parent, GstQuery* query) {
  if (GST_QUERY_TYPE(query) != GST_QUERY_LATENCY) return gst_pad_query_default(pad, parent, query);
  gst_query_set_latency(query, TRUE, 0, GST_CLOCK_TIME_NONE);
  return TRUE;
}

void parley_ice_source_class_init(ParleyIceSourceClass* klass) {
  GstElementClass* element = GST_ELEMENT_CLASS(klass);
  gst_element_class_add_static_pad_template(element, &source_template);
  gst_element_class_set_static_metadata(element, "Parley ICE source", "Source/Network",
                                        "DTLS records of one peer, from the server's one UDP port",
                                        "Parley");
}

void parley_ice_source_init(ParleyIceSource* self) {
  self->pad = gst_pad_new_from_static_template(&source_template, "src");
  gst_pad_set_query_function(self->pad, answer_latency);
  gst_pad_set_event_function(self->pad, drop_event);
  gst_element_add_pad(GST_ELEMENT(self), self->pad);
  GST_OBJECT_FLAG_SET(self, GST_ELEMENT_FLAG_SOURCE);
}

// --- the sink element: records for the peer
// ----------------------------------------------------------

struct ParleyIceSink {
  GstElement parent;
  std::shared_ptr<IceLink> link;
};
struct ParleyIceSinkClass {
  GstElementClass parent;
};
DEFINE_ICE_TYPE(ParleyIceSink, parley_ice_sink, GST_TYPE_ELEMENT)

ParleyIceSink* as_sink(gpointer object) {
  return static_cast<ParleyIceSink*>(object);
}

/// RTP and RTCP are the shard's business: webrtcbin's own, should it send any, ends here.
void send_record(ParleyIceSink* self, GstBuffer* buffer) {
  using namespace parley::transport;
  GstMapInfo map;
  if (!gst_buffer_map(buffer, &map, GST_MAP_READ)) return;
  const std::span<const std::uint8_t> bytes(map.data, map.size);
  if (classify(bytes) == Protocol::Dtls) self->link->send(bytes);
  gst_buffer_unmap(buffer, &map);
}

GstFlowReturn sink_chain(GstPad*, GstObject* parent, GstBuffer* buffer) {
  send_record(as_sink(parent), buffer);
  gst_buffer_unref(buffer);
  return GST_FLOW_OK;
}

GstFlowReturn sink_chain_list(GstPad*, GstObject* parent, GstBufferList* list) {
  for (guint i = 0; i < gst_buffer_list_length(list); ++i)
    send_record(as_sink(parent), gst_buffer_list_get(list, i));
  gst_buffer_list_unref(list);
  return GST_FLOW_OK;
}

void parley_ice_sink_finalize(GObject* object) {
  std::destroy_at(&as_sink(object)->link);
  G_OBJECT_CLASS(parley_ice_sink_parent_class)->finalize(object);
}

void parley_ice_sink_class_init(ParleyIceSinkClass* klass) {
  G_OBJECT_CLASS(klass)->finalize = parley_ice_sink_finalize;
  GstElementClass* element = GST_ELEMENT_CLASS(klass);
  gst_element_class_add_static_pad_template(element, &sink_template);
  gst_element_class_set_static_metadata(element, "Parley ICE sink", "Sink/Network",
                                        "DTLS records to one peer, over the server's one UDP port",
                                        "Parley");
}

void parley_ice_sink_init(ParleyIceSink* self) {
  new (&self->link) std::shared_ptr<IceLink>;
  GstPad* pad = gst_pad_new_from_static_template(&sink_template, "sink");
  gst_pad_set_chain_function(pad, sink_chain);
  gst_pad_set_chain_list_function(pad, sink_chain_list);
  gst_pad_set_event_function(pad, drop_event);
  gst_element_add_pad(GST_ELEMENT(self), pad);
  GST_OBJECT_FLAG_SET(self, GST_ELEMENT_FLAG_SINK);
}

// --- the transport
// -----------------------------------------------------------------------------------

struct ParleyIceTransport {
  GstWebRTCICETransport parent;
};
struct ParleyIceTransportClass {
  GstWebRTCICETransportClass parent;
};
DEFINE_ICE_TYPE(ParleyIceTransport, parley_ice_transport, GST_TYPE_WEBRTC_ICE_TRANSPORT)

void parley_ice_transport_finalize(GObject* object) {
  GstWebRTCICETransport* transport = GST_WEBRTC_ICE_TRANSPORT(object);
  gst_object_unref(transport->src);
  gst_object_unref(transport->sink);
  G_OBJECT_CLASS(parley_ice_transport_parent_class)->finalize(object);
}

void parley_ice_transport_class_init(ParleyIceTransportClass* klass) {
  G_OBJECT_CLASS(klass)->finalize = parley_ice_transport_finalize;
}

void parley_ice_transport_init(ParleyIceTransport* self) {
  self->parent.role = GST_WEBRTC_ICE_ROLE_CONTROLLED;
  const auto make = [](GType type) {
    return GST_ELEMENT(gst_object_ref_sink(g_object_new(type, nullptr)));
  };
  self->parent.src = make(parley_ice_source_get_type());
  self->parent.sink = make(parley_ice_sink_get_type());
}

}  // namespace

namespace parley::transport {

GstWebRTCICETransport* new_ice_transport(const std::shared_ptr<IceLink>& link) {
  auto* transport = GST_WEBRTC_ICE_TRANSPORT(gst_object_ref_sink(g_object_new(
      parley_ice_transport_get_type(), "component", GST_WEBRTC_ICE_COMPONENT_RTP, nullptr)));
  as_sink(transport->sink)->link = link;
  GstPad* records = reinterpret_cast<ParleyIceSource*>(transport->src)->pad;
  link->attach(G_OBJECT(transport), Ref<GstPad>::retain(records));
  return transport;
}

void report_ice_state(GObject* transport, IceState state) {
  GstWebRTCICEConnectionState value = GST_WEBRTC_ICE_CONNECTION_STATE_FAILED;
  if (state == IceState::Checking) value = GST_WEBRTC_ICE_CONNECTION_STATE_CHECKING;
  if (state == IceState::Connected) value = GST_WEBRTC_ICE_CONNECTION_STATE_CONNECTED;
  gst_webrtc_ice_transport_connection_state_change(GST_WEBRTC_ICE_TRANSPORT(transport), value);
}

namespace {

/// Caps and all: a queue downstream may not be there yet, and a pad that is activated anew has
/// none.
void push_sticky_events(GstPad* pad) {
  GstEvent* segment = gst_pad_get_sticky_event(pad, GST_EVENT_SEGMENT, 0);
  if (segment != nullptr) {
    gst_event_unref(segment);
    return;
  }
  gst_pad_push_event(pad, gst_event_new_stream_start("parley-ice"));
  GstCaps* caps = gst_caps_new_empty_simple("application/x-rtp");
  gst_pad_push_event(pad, gst_event_new_caps(caps));
  gst_caps_unref(caps);
  GstSegment time;
  gst_segment_init(&time, GST_FORMAT_TIME);
  gst_pad_push_event(pad, gst_event_new_segment(&time));
}

/// Counts a record out of the queue when its last buffer is gone.
struct Queued {
  std::shared_ptr<std::atomic<std::size_t>> total;
  std::size_t size;
  std::unique_ptr<std::uint8_t[]> bytes;

  static void release_queued(gpointer self) {
    const std::unique_ptr<Queued> queued(static_cast<Queued*>(self));
    queued->total->fetch_sub(queued->size, std::memory_order_relaxed);
  }
};

}  // namespace

void RecordSink::push(std::span<const std::uint8_t> record, GstClockTime running_time) {
  if (queued_->load(std::memory_order_relaxed) + record.size() > kMaxQueued) return;
  queued_->fetch_add(record.size(), std::memory_order_relaxed);
  auto* queued =
      new Queued{queued_, record.size(), std::make_unique<std::uint8_t[]>(record.size())};
  std::copy(record.begin(), record.end(), queued->bytes.get());
  GstBuffer* buffer =
      gst_buffer_new_wrapped_full(GstMemoryFlags(0), queued->bytes.get(), record.size(), 0,
                                  record.size(), queued, Queued::release_queued);
  GST_BUFFER_PTS(buffer) = GST_BUFFER_DTS(buffer) = running_time;
  push_sticky_events(pad_.get());
  gst_pad_push(pad_.get(), buffer);  // whatever it says, the next record is tried again
}

}  // namespace parley::transport
