#include "plugins/track_source_element.hpp"

#include "plugins/elements.hpp"

namespace parley::plugins {
namespace {

struct ParleyTrackSource {
  GstElement element;
  GstPad* src;
  GstCaps* caps;
  char* stream_id;
};

enum { kPropCaps = 1, kPropStreamId };

GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE("src", GST_PAD_SRC, GST_PAD_ALWAYS,
                                                            GST_STATIC_CAPS("application/x-rtp"));

ParleyTrackSource* self_of(gpointer object) {
  return static_cast<ParleyTrackSource*>(object);
}

gboolean on_query(GstPad* pad, GstObject* parent, GstQuery* query) {
  if (GST_QUERY_TYPE(query) != GST_QUERY_LATENCY) return gst_pad_query_default(pad, parent, query);
  // Packets go on as they come; a jitter buffer in a branch adds its own latency.
  gst_query_set_latency(query, TRUE, 0, GST_CLOCK_TIME_NONE);
  return TRUE;
}

gboolean on_event(GstPad*, GstObject*, GstEvent* event) {
  gst_event_unref(event);
  return TRUE;
}

void send_sticky_events(ParleyTrackSource* self) {
  const char* stream_id = self->stream_id != nullptr ? self->stream_id : GST_OBJECT_NAME(self);
  gst_pad_push_event(self->src, gst_event_new_stream_start(stream_id));
  gst_pad_push_event(self->src, gst_event_new_caps(self->caps));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_pad_push_event(self->src, gst_event_new_segment(&segment));
}

GstStateChangeReturn change_state(GstElement* element, GstStateChange transition) {
  const GstStateChangeReturn result = parent_class()->change_state(element, transition);
  if (result == GST_STATE_CHANGE_FAILURE) return result;
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) send_sticky_events(self_of(element));
  const bool live_without_preroll = transition == GST_STATE_CHANGE_READY_TO_PAUSED ||
                                    transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED;
  return live_without_preroll ? GST_STATE_CHANGE_NO_PREROLL : result;
}

void set_property(GObject* object, guint id, const GValue* value, GParamSpec* spec) {
  auto* self = self_of(object);
  if (id == kPropCaps) {
    const GstCaps* caps = gst_value_get_caps(value);
    GstCaps* wanted = caps != nullptr
                          ? GST_CAPS_CAST(gst_mini_object_copy(GST_MINI_OBJECT_CONST_CAST(caps)))
                          : gst_static_pad_template_get_caps(&src_template);
    gst_caps_take(&self->caps, wanted);
  } else if (id == kPropStreamId) {
    g_free(self->stream_id);
    self->stream_id = g_value_dup_string(value);
  } else {
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  }
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec* spec) {
  auto* self = self_of(object);
  if (id == kPropCaps) {
    gst_value_set_caps(value, self->caps);
  } else if (id == kPropStreamId) {
    g_value_set_string(value, self->stream_id);
  } else {
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  }
}

void finalize(GObject* object) {
  gst_clear_caps(&self_of(object)->caps);
  g_free(self_of(object)->stream_id);
  G_OBJECT_CLASS(parent_class())->finalize(object);
}

void class_init(GstElementClass* klass) {
  auto* object_class = G_OBJECT_CLASS(klass);
  object_class->finalize = finalize;
  object_class->set_property = set_property;
  object_class->get_property = get_property;
  const auto flags = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                              GST_PARAM_MUTABLE_READY);
  g_object_class_install_property(
      object_class, kPropCaps,
      g_param_spec_boxed("caps", "Caps", "What the packets are: application/x-rtp and its fields",
                         GST_TYPE_CAPS, flags));
  g_object_class_install_property(
      object_class, kPropStreamId,
      g_param_spec_string("stream-id", "Stream id", "The stream-start event's id; the track's id",
                          nullptr, flags));

  klass->change_state = change_state;
  gst_element_class_add_static_pad_template(klass, &src_template);
  gst_element_class_set_static_metadata(
      klass, "Parley track source", "Source/Network/RTP",
      "Brings the decrypted RTP packets of one published track into its publisher's pipeline",
      kAuthor);
}

void init(ParleyTrackSource* self) {
  self->caps = gst_static_pad_template_get_caps(&src_template);
  self->src = gst_pad_new_from_static_template(&src_template, "src");
  gst_pad_set_query_function(self->src, on_query);
  gst_pad_set_event_function(self->src, on_event);
  gst_pad_use_fixed_caps(self->src);
  gst_element_add_pad(&self->element, self->src);
  GST_OBJECT_FLAG_SET(self, GST_ELEMENT_FLAG_SOURCE);
}

}  // namespace

GType track_source_element_type() {
  static const GType type =
      register_element_type<ParleyTrackSource, class_init, init>("ParleyTrackSource");
  return type;
}

}  // namespace parley::plugins
