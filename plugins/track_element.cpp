#include "plugins/track_element.hpp"

#include <new>
#include <utility>

#include <gst/base/gstpushsrc.h>

#include "forwarding/local_subscriber.hpp"
#include "plugins/elements.hpp"
#include "support/glib/ref.hpp"

namespace parley::plugins {
namespace {

/// The C++ half of the element, made and destroyed with the GObject. Its wish is guarded by the
/// object's lock, the rest belongs to whoever changes the element's state or streams.
struct State {
  TrackWish wish;
  std::shared_ptr<Isolator> isolator;
  std::uint32_t ssrc = 0;
  int payload_type = -1;  ///< that the caps tell of
};

struct ParleyTrack {
  GstPushSrc element;
  State state;
};

enum { kPropParticipant = 1, kPropKind, kPropLayer, kPropSource, kPropIn, kPropOut, kPropDropped };

GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE(
    "src", GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS("application/x-rtp, media=(string){ audio, video }, payload=(int)[ 96, 127 ], "
                    "clock-rate=(int){ 48000, 90000 }, "
                    "encoding-name=(string){ OPUS, VP8, VP9, H264, AV1 }"));

ParleyTrack* self_of(gpointer object) {
  return static_cast<ParleyTrack*>(object);
}

GObjectClass* base_class() {
  return G_OBJECT_CLASS(g_type_class_peek(GST_TYPE_PUSH_SRC));
}

class ObjectLock {
 public:
  explicit ObjectLock(gpointer object) : object_(object) { GST_OBJECT_LOCK(object_); }
  ~ObjectLock() { GST_OBJECT_UNLOCK(object_); }
  ObjectLock(const ObjectLock&) = delete;
  ObjectLock& operator=(const ObjectLock&) = delete;

 private:
  gpointer object_;
};

Handle<GstCaps, gst_caps_unref> caps_of(media::CodecName codec, std::uint32_t ssrc) {
  const bool sound = codec == media::CodecName::Opus;
  Handle<GstCaps, gst_caps_unref> caps(gst_caps_new_simple(
      "application/x-rtp", "media", G_TYPE_STRING, sound ? "audio" : "video", "payload", G_TYPE_INT,
      static_cast<int>(forwarding::local_payload_type(codec)), "clock-rate", G_TYPE_INT,
      sound ? 48000 : 90000, "encoding-name", G_TYPE_STRING,
      sound ? "OPUS" : media::to_string(codec).data(), "ssrc", G_TYPE_UINT, ssrc, nullptr));
  if (codec == media::CodecName::H264)
    gst_caps_set_simple(caps.get(), "packetization-mode", G_TYPE_STRING, "1", nullptr);
  return caps;
}

/// -1 for what is no RTP.
int payload_type_of(GstBuffer* packet) {
  std::uint8_t byte = 0;
  return gst_buffer_extract(packet, 1, &byte, 1) == 1 ? byte & 0x7f : -1;
}

bool follow_codec(ParleyTrack* self, int payload_type) {
  if (payload_type == self->state.payload_type) return true;
  const auto codec = forwarding::local_codec(static_cast<std::uint8_t>(payload_type));
  if (payload_type < 0 || !codec) return false;
  self->state.payload_type = payload_type;
  return gst_base_src_set_caps(GST_BASE_SRC(self), caps_of(*codec, self->state.ssrc).get()) !=
         FALSE;
}

// --- GstBaseSrc ---

gboolean start(GstBaseSrc* src) {
  State& state = self_of(src)->state;
  state.payload_type = -1;
  if (state.isolator) return TRUE;
  GST_ELEMENT_ERROR(src, RESOURCE, NOT_FOUND,
                    ("parleytrack is for branches of a Parley server: there is no room here"),
                    (nullptr));
  return FALSE;
}

gboolean unlock(GstBaseSrc* src) {
  if (const auto& isolator = self_of(src)->state.isolator) isolator->set_flushing(true);
  return TRUE;
}

gboolean unlock_stop(GstBaseSrc* src) {
  if (const auto& isolator = self_of(src)->state.isolator) isolator->set_flushing(false);
  return TRUE;
}

/// The caps come with the first packet.
gboolean negotiate(GstBaseSrc*) {
  return TRUE;
}

gboolean is_seekable(GstBaseSrc*) {
  return FALSE;
}

gboolean on_event(GstBaseSrc* src, GstEvent* event) {
  const GstStructure* structure = gst_event_get_structure(event);
  if (GST_EVENT_TYPE(event) == GST_EVENT_CUSTOM_UPSTREAM && structure != nullptr &&
      gst_structure_has_name(structure, "GstForceKeyUnit")) {
    if (const auto& isolator = self_of(src)->state.isolator) isolator->request_keyframe();
    return TRUE;
  }
  return GST_BASE_SRC_CLASS(g_type_class_peek(GST_TYPE_PUSH_SRC))->event(src, event);
}

GstFlowReturn create(GstPushSrc* src, GstBuffer** out) {
  auto* self = self_of(src);
  while (auto read = self->state.isolator->read()) {
    if (!follow_codec(self, payload_type_of(read->packet.get()))) continue;
    if (read->after_gap) {
      Packet marked(gst_buffer_make_writable(read->packet.release()));
      GST_BUFFER_FLAG_SET(marked.get(), GST_BUFFER_FLAG_DISCONT);
      read->packet = std::move(marked);
    }
    *out = read->packet.release();
    return GST_FLOW_OK;
  }
  return GST_FLOW_FLUSHING;
}

// --- GObject ---

std::string text_of(const GValue* value) {
  const char* text = g_value_get_string(value);
  return text != nullptr ? text : "";
}

void set_property(GObject* object, guint id, const GValue* value, GParamSpec* spec) {
  const ObjectLock lock(object);
  TrackWish& wish = self_of(object)->state.wish;
  switch (id) {
    case kPropParticipant:
      wish.participant = text_of(value);
      return;
    case kPropKind:
      wish.kind = g_value_get_enum(value) == 0 ? media::Kind::Audio : media::Kind::Video;
      return;
    case kPropLayer:
      wish.layer = text_of(value);
      return;
    case kPropSource:
      wish.source = text_of(value);
      return;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  }
}

QueueCounters counters_of(const State& state) {
  return state.isolator ? state.isolator->stats().packets : QueueCounters{};
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec* spec) {
  const ObjectLock lock(object);
  const State& state = self_of(object)->state;
  switch (id) {
    case kPropParticipant:
      return g_value_set_string(value, state.wish.participant.c_str());
    case kPropKind:
      return g_value_set_enum(value, state.wish.kind == media::Kind::Audio ? 0 : 1);
    case kPropLayer:
      return g_value_set_string(value, state.wish.layer.c_str());
    case kPropSource:
      return g_value_set_string(value, state.wish.source.c_str());
    case kPropIn:
      return g_value_set_uint64(value, counters_of(state).in);
    case kPropOut:
      return g_value_set_uint64(value, counters_of(state).out);
    case kPropDropped:
      return g_value_set_uint64(value, counters_of(state).dropped);
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  }
}

void finalize(GObject* object) {
  self_of(object)->state.~State();
  base_class()->finalize(object);
}

GType kind_type() {
  static const GEnumValue kValues[] = {
      {0, "Sound", "audio"}, {1, "Pictures", "video"}, {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("ParleyTrackKind", kValues);
  return type;
}

void install_properties(GObjectClass* klass) {
  const auto settable = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                 GST_PARAM_MUTABLE_READY);
  const auto text = [&](guint id, const char* name, const char* nick, const char* about) {
    g_object_class_install_property(klass, id,
                                    g_param_spec_string(name, nick, about, nullptr, settable));
  };
  text(kPropParticipant, "participant", "Participant",
       "Id or name of whose track it is; without one, that of whoever has the floor");
  g_object_class_install_property(
      klass, kPropKind,
      g_param_spec_enum("kind", "Kind", "Sound or pictures", kind_type(), 1, settable));
  text(kPropLayer, "layer", "Layer",
       "The best simulcast layer to take, by rid; without one, the best there is");
  text(kPropSource, "source", "Source",
       "microphone, camera, screen or screen-audio; without one, the first of its kind");
  const auto count = [&](guint id, const char* name, const char* nick, const char* about) {
    g_object_class_install_property(
        klass, id,
        g_param_spec_uint64(name, nick, about, 0, G_MAXUINT64, 0,
                            static_cast<GParamFlags>(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS)));
  };
  count(kPropIn, "packets-in", "Packets in", "RTP packets that came from the track");
  count(kPropOut, "packets-out", "Packets out", "RTP packets that the pipeline took");
  count(kPropDropped, "packets-dropped", "Packets dropped",
        "RTP packets left out because the pipeline was too slow");
}

void class_init(gpointer klass, gpointer) {
  auto* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  install_properties(object_class);

  auto* base = GST_BASE_SRC_CLASS(klass);
  base->start = start;
  base->unlock = unlock;
  base->unlock_stop = unlock_stop;
  base->negotiate = negotiate;
  base->is_seekable = is_seekable;
  base->event = on_event;
  GST_PUSH_SRC_CLASS(klass)->create = create;

  auto* element = GST_ELEMENT_CLASS(klass);
  gst_element_class_add_static_pad_template(element, &src_template);
  gst_element_class_set_static_metadata(
      element, "Parley track", "Source/Network/RTP",
      "The RTP packets of a participant's track, or of whoever has the floor, for a branch of the "
      "room",
      kAuthor);
}

void init(GTypeInstance* instance, gpointer) {
  auto* self = self_of(instance);
  new (&self->state) State;
  gst_base_src_set_live(GST_BASE_SRC(self), TRUE);
  gst_base_src_set_format(GST_BASE_SRC(self), GST_FORMAT_TIME);
}

}  // namespace

GType track_element_type() {
  static const GType type =
      g_type_register_static_simple(GST_TYPE_PUSH_SRC, "ParleyTrack", sizeof(GstPushSrcClass),
                                    class_init, sizeof(ParleyTrack), init, G_TYPE_FLAG_FINAL);
  return type;
}

bool is_track_element(GstElement* element) {
  return G_TYPE_CHECK_INSTANCE_TYPE(element, track_element_type()) != FALSE;
}

TrackWish track_wish(GstElement* element) {
  const ObjectLock lock(element);
  return self_of(element)->state.wish;
}

void set_isolator(GstElement* element, std::shared_ptr<Isolator> isolator, std::uint32_t ssrc) {
  const ObjectLock lock(element);
  self_of(element)->state.isolator = std::move(isolator);
  self_of(element)->state.ssrc = ssrc;
}

}  // namespace parley::plugins
