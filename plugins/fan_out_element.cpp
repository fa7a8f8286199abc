#include "plugins/fan_out_element.hpp"

#include <atomic>
#include <new>
#include <utility>

#include "plugins/elements.hpp"
#include "support/time.hpp"

namespace parley::plugins {
namespace {

using forwarding::FanOut;

/// The C++ half of the element, made and destroyed with the GObject.
struct State {
  std::shared_ptr<FanOut> fan_out;
  std::atomic<std::uint64_t> packets{0};
};

struct ParleyFanOut {
  GstElement element;
  State state;
};

enum { kPropPackets = 1 };

GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
                                                             GST_STATIC_CAPS("application/x-rtp"));

ParleyFanOut* self_of(gpointer object) {
  return static_cast<ParleyFanOut*>(object);
}

void forward(State& state, GstBuffer* buffer, Time now) {
  state.packets.fetch_add(1, std::memory_order_relaxed);
  if (!state.fan_out) return;
  GstMapInfo map;
  if (!gst_buffer_map(buffer, &map, GST_MAP_READ)) return;
  state.fan_out->forward({map.data, map.size}, now);
  gst_buffer_unmap(buffer, &map);
}

GstFlowReturn chain(GstPad*, GstObject* parent, GstBuffer* buffer) {
  forward(self_of(parent)->state, buffer, now());
  gst_buffer_unref(buffer);
  return GST_FLOW_OK;
}

GstFlowReturn chain_list(GstPad*, GstObject* parent, GstBufferList* list) {
  const Time time = now();
  const guint length = gst_buffer_list_length(list);
  for (guint i = 0; i < length; ++i)
    forward(self_of(parent)->state, gst_buffer_list_get(list, i), time);
  gst_buffer_list_unref(list);
  return GST_FLOW_OK;
}

gboolean on_event(GstPad*, GstObject* parent, GstEvent* event) {
  // A sink has to say when it is through, or a pipeline around it never ends.
  if (GST_EVENT_TYPE(event) == GST_EVENT_EOS) {
    GstMessage* message = gst_message_new_eos(parent);
    gst_message_set_seqnum(message, gst_event_get_seqnum(event));
    gst_element_post_message(GST_ELEMENT_CAST(parent), message);
  }
  gst_event_unref(event);
  return TRUE;
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec* spec) {
  if (id == kPropPackets) {
    g_value_set_uint64(value, self_of(object)->state.packets.load(std::memory_order_relaxed));
  } else {
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  }
}

void finalize(GObject* object) {
  self_of(object)->state.~State();
  G_OBJECT_CLASS(parent_class())->finalize(object);
}

void class_init(GstElementClass* klass) {
  auto* object_class = G_OBJECT_CLASS(klass);
  object_class->finalize = finalize;
  object_class->get_property = get_property;
  g_object_class_install_property(
      object_class, kPropPackets,
      g_param_spec_uint64("packets", "Packets", "RTP packets handed to the subscribers so far", 0,
                          G_MAXUINT64, 0,
                          static_cast<GParamFlags>(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS)));

  gst_element_class_add_static_pad_template(klass, &sink_template);
  gst_element_class_set_static_metadata(
      klass, "Parley fan-out", "Sink/Network/RTP",
      "Rewrites a track's RTP packets for every subscriber of the track and sends them; never "
      "holds up or fails its publisher",
      kAuthor);
}

void init(ParleyFanOut* self) {
  new (&self->state) State;
  GstPad* sink = gst_pad_new_from_static_template(&sink_template, "sink");
  gst_pad_set_chain_function(sink, chain);
  gst_pad_set_chain_list_function(sink, chain_list);
  gst_pad_set_event_function(sink, on_event);
  gst_element_add_pad(&self->element, sink);
  GST_OBJECT_FLAG_SET(self, GST_ELEMENT_FLAG_SINK);
}

}  // namespace

GType fan_out_element_type() {
  static const GType type = register_element_type<ParleyFanOut, class_init, init>("ParleyFanOut");
  return type;
}

void set_fan_out(GstElement* element, std::shared_ptr<forwarding::FanOut> fan_out) {
  g_return_if_fail(G_TYPE_CHECK_INSTANCE_TYPE(element, fan_out_element_type()));
  self_of(element)->state.fan_out = std::move(fan_out);
}

}  // namespace parley::plugins
