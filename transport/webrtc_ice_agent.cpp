#include "transport/webrtc_ice_agent.hpp"

#include <new>
#include <utility>

#include "transport/webrtc_ice_gst.hpp"
#include "transport/webrtc_ice_transport.hpp"

// GstWebRTCICE asserts that nearly every virtual function is there, so those without a meaning for
// an agent that is lite and has one host address per candidate are here too, and do nothing.

namespace {

using parley::transport::IceLink;

// --- the stream: one, with one transport
// -------------------------------------------------------------

struct ParleyIceStream {
  GstWebRTCICEStream parent;
  std::shared_ptr<IceLink> link;
  GstWebRTCICETransport* transport;  ///< made when first asked for, under the object lock
};
struct ParleyIceStreamClass {
  GstWebRTCICEStreamClass parent;
};
DEFINE_ICE_TYPE(ParleyIceStream, parley_ice_stream, GST_TYPE_WEBRTC_ICE_STREAM)

ParleyIceStream* as_stream(gpointer object) {
  return static_cast<ParleyIceStream*>(object);
}

/// Always the same transport, as a new reference. Also after the connection was closed: webrtcbin
/// asks when a description is set while its participant leaves.
GstWebRTCICETransport* stream_find_transport(GstWebRTCICEStream* stream, GstWebRTCICEComponent) {
  ParleyIceStream* self = as_stream(stream);
  GST_OBJECT_LOCK(self);
  if (self->transport == nullptr)
    self->transport = parley::transport::new_ice_transport(self->link);
  auto* transport = GST_WEBRTC_ICE_TRANSPORT(gst_object_ref(self->transport));
  GST_OBJECT_UNLOCK(self);
  return transport;
}

gboolean stream_gather(GstWebRTCICEStream*) {
  return TRUE;
}

void parley_ice_stream_finalize(GObject* object) {
  ParleyIceStream* self = as_stream(object);
  gst_clear_object(&self->transport);
  std::destroy_at(&self->link);
  G_OBJECT_CLASS(parley_ice_stream_parent_class)->finalize(object);
}

void parley_ice_stream_class_init(ParleyIceStreamClass* klass) {
  G_OBJECT_CLASS(klass)->finalize = parley_ice_stream_finalize;
  klass->parent.find_transport = stream_find_transport;
  klass->parent.gather_candidates = stream_gather;
}

void parley_ice_stream_init(ParleyIceStream* self) {
  new (&self->link) std::shared_ptr<IceLink>;
}

// --- the agent
// ---------------------------------------------------------------------------------------

struct ParleyIceAgent {
  GstWebRTCICE parent;
  std::shared_ptr<IceLink> link;
  ParleyIceStream* stream;
  guint session;
  GstWebRTCICEOnCandidateFunc on_candidate;
  gpointer on_candidate_data;
  GDestroyNotify on_candidate_destroy;
};
struct ParleyIceAgentClass {
  GstWebRTCICEClass parent;
};
DEFINE_ICE_TYPE(ParleyIceAgent, parley_ice_agent, GST_TYPE_WEBRTC_ICE)

ParleyIceAgent* as_agent(gpointer object) {
  return static_cast<ParleyIceAgent*>(object);
}

/// webrtcbin takes no reference of the stream: it stays ours.
GstWebRTCICEStream* agent_add_stream(GstWebRTCICE* ice, guint session) {
  ParleyIceAgent* self = as_agent(ice);
  self->session = session;
  return &self->stream->parent;
}

GstWebRTCICETransport* agent_find_transport(GstWebRTCICE*, GstWebRTCICEStream* stream,
                                            GstWebRTCICEComponent component) {
  return stream_find_transport(stream, component);
}

gboolean agent_gather(GstWebRTCICE* ice, GstWebRTCICEStream* stream) {
  ParleyIceAgent* self = as_agent(ice);
  const auto transport = parley::Ref<GstWebRTCICETransport>::adopt(
      stream_find_transport(stream, GST_WEBRTC_ICE_COMPONENT_RTP));
  if (transport.get()->gathering_state == GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE) return TRUE;
  gst_webrtc_ice_transport_gathering_state_change(transport.get(),
                                                  GST_WEBRTC_ICE_GATHERING_STATE_GATHERING);
  if (self->on_candidate != nullptr) {
    for (const std::string& candidate : self->link->candidates())
      self->on_candidate(ice, self->session, ("a=" + candidate).c_str(), self->on_candidate_data);
  }
  gst_webrtc_ice_transport_gathering_state_change(transport.get(),
                                                  GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE);
  return TRUE;
}

gboolean agent_set_local_credentials(GstWebRTCICE* ice, GstWebRTCICEStream*, const gchar* ufrag,
                                     const gchar* password) {
  if (ufrag == nullptr || password == nullptr) return FALSE;
  as_agent(ice)->link->set_local(ufrag, password);
  return TRUE;
}

/// Lite: the peer's credentials are for checks that we never send.
gboolean agent_set_remote_credentials(GstWebRTCICE*, GstWebRTCICEStream*, const gchar*,
                                      const gchar*) {
  return TRUE;
}

// The peer's candidates too. GStreamer 1.24 added a promise, to be answered.
#if GST_CHECK_VERSION(1, 24, 0)
void agent_add_candidate(GstWebRTCICE*, GstWebRTCICEStream*, const gchar*, GstPromise* promise) {
  if (promise != nullptr) gst_promise_reply(promise, nullptr);
}
#else
void agent_add_candidate(GstWebRTCICE*, GstWebRTCICEStream*, const gchar*) {}
#endif

#if GST_CHECK_VERSION(1, 28, 0)
/// The promise is ours to let go. What ends the connection is Transport::close().
void agent_close(GstWebRTCICE*, GstPromise* promise) {
  if (promise == nullptr) return;
  gst_promise_reply(promise, nullptr);
  gst_promise_unref(promise);
}
#endif

void agent_set_on_candidate(GstWebRTCICE* ice, GstWebRTCICEOnCandidateFunc function, gpointer data,
                            GDestroyNotify destroy) {
  ParleyIceAgent* self = as_agent(ice);
  if (self->on_candidate_destroy != nullptr) self->on_candidate_destroy(self->on_candidate_data);
  self->on_candidate = function;
  self->on_candidate_data = data;
  self->on_candidate_destroy = destroy;
}

gboolean agent_add_turn_server(GstWebRTCICE*, const gchar*) {
  return FALSE;
}
void agent_set_is_controller(GstWebRTCICE*, gboolean) {}
gboolean agent_get_is_controller(GstWebRTCICE*) {
  return FALSE;
}
void agent_set_force_relay(GstWebRTCICE*, gboolean) {}
void agent_set_server(GstWebRTCICE*, const gchar*) {}
gchar* agent_get_server(GstWebRTCICE*) {
  return nullptr;
}
void agent_set_tos(GstWebRTCICE*, GstWebRTCICEStream*, guint) {}
GstWebRTCICECandidateStats** agent_get_candidates(GstWebRTCICE*, GstWebRTCICEStream*) {
  return nullptr;
}
gboolean agent_get_selected_pair(GstWebRTCICE*, GstWebRTCICEStream*, GstWebRTCICECandidateStats**,
                                 GstWebRTCICECandidateStats**) {
  return FALSE;
}

void parley_ice_agent_finalize(GObject* object) {
  ParleyIceAgent* self = as_agent(object);
  if (self->on_candidate_destroy != nullptr) self->on_candidate_destroy(self->on_candidate_data);
  gst_clear_object(&self->stream);
  std::destroy_at(&self->link);
  G_OBJECT_CLASS(parley_ice_agent_parent_class)->finalize(object);
}

void parley_ice_agent_class_init(ParleyIceAgentClass* klass) {
  G_OBJECT_CLASS(klass)->finalize = parley_ice_agent_finalize;
  GstWebRTCICEClass* ice = &klass->parent;
  ice->add_stream = agent_add_stream;
  ice->find_transport = agent_find_transport;
  ice->gather_candidates = agent_gather;
  ice->add_candidate = agent_add_candidate;
  ice->set_local_credentials = agent_set_local_credentials;
  ice->set_remote_credentials = agent_set_remote_credentials;
  ice->add_turn_server = agent_add_turn_server;
  ice->set_is_controller = agent_set_is_controller;
  ice->get_is_controller = agent_get_is_controller;
  ice->set_force_relay = agent_set_force_relay;
  ice->set_stun_server = agent_set_server;
  ice->get_stun_server = agent_get_server;
  ice->set_turn_server = agent_set_server;
  ice->get_turn_server = agent_get_server;
  ice->set_http_proxy = agent_set_server;
  ice->get_http_proxy = agent_get_server;
  ice->set_tos = agent_set_tos;
  ice->set_on_ice_candidate = agent_set_on_candidate;
  ice->get_local_candidates = agent_get_candidates;
  ice->get_remote_candidates = agent_get_candidates;
  ice->get_selected_pair = agent_get_selected_pair;
#if GST_CHECK_VERSION(1, 28, 0)
  ice->close = agent_close;
#endif
}

void parley_ice_agent_init(ParleyIceAgent* self) {
  new (&self->link) std::shared_ptr<IceLink>;
}

}  // namespace

namespace parley::transport {

Ref<GstWebRTCICE> new_ice_agent(std::shared_ptr<IceLink> link) {
  // GstObjects begin floating, but nobody sinks these: what g_object_new() returns is made ours.
  auto* agent = as_agent(gst_object_ref_sink(g_object_new(parley_ice_agent_get_type(), nullptr)));
  agent->stream = as_stream(
      gst_object_ref_sink(g_object_new(parley_ice_stream_get_type(), "stream-id", 1, nullptr)));
  agent->stream->link = link;
  agent->link = std::move(link);
  return Ref<GstWebRTCICE>::adopt(&agent->parent);
}

}  // namespace parley::transport
