#include "examples/whip_publish/publisher.hpp"

#include <utility>

#define GST_USE_UNSTABLE_API
#include <gst/webrtc/webrtc.h>

namespace whip_publish {
namespace {

using parley::GString_;
using parley::Handle;
using parley::Ref;
using Description = Handle<GstWebRTCSessionDescription, gst_webrtc_session_description_free>;
using Promise = Handle<GstPromise, gst_promise_unref>;

std::string launch_line(const Options& options) {
  std::string line = "webrtcbin name=webrtc bundle-policy=max-bundle";
  for (const std::string& media : {options.video, options.audio})
    if (!media.empty()) line += ' ' + media + " ! webrtc.";
  return line;
}

/// libnice leaves the loopback device out unless it is told otherwise.
void gather_loopback(GstElement* webrtc) {
  GObject* agent = nullptr;
  gboolean added = FALSE;
  g_object_get(webrtc, "ice-agent", &agent, nullptr);
  g_signal_emit_by_name(agent, "add-local-ip-address", "127.0.0.1", &added);
  g_object_unref(agent);
}

bool is_loopback(const std::string& url) {
  const Handle<GUri, g_uri_unref> uri(
      g_uri_parse(url.c_str(), GUriFlags(SOUP_HTTP_URI_FLAGS), nullptr));
  if (!uri) return false;
  const std::string host = g_uri_get_host(uri.get());
  return host == "localhost" || host == "127.0.0.1" || host == "::1";
}

/// Asks webrtcbin and waits; `description` may be null.
Promise ask(GstElement* webrtc, const char* action,
            const GstWebRTCSessionDescription* description) {
  Promise promise(gst_promise_new());
  g_signal_emit_by_name(webrtc, action, description, promise.get());
  gst_promise_wait(promise.get());
  return promise;
}

}  // namespace

Publisher::Publisher(Options options, parley::MainLoop& main_loop,
                     std::function<void(const std::string&)> failed)
    : options_(std::move(options)),
      main_loop_(main_loop),
      failed_(std::move(failed)),
      http_(Ref<SoupSession>::adopt(soup_session_new())) {}

Publisher::~Publisher() {
  if (pipeline_) gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
}

std::optional<std::string> Publisher::start() {
  GError* error = nullptr;
  GstElement* parsed = gst_parse_launch(launch_line(options_).c_str(), &error);
  const Handle<GError, g_error_free> owned(error);
  if (parsed == nullptr || error != nullptr) {
    if (parsed != nullptr) gst_object_unref(gst_object_ref_sink(parsed));
    return std::string("--video, --audio: ") + error->message;
  }
  pipeline_ = Ref<GstElement>::sink(parsed);
  webrtc_ = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(parsed), "webrtc"));
  set_directions();
  if (is_loopback(options_.url)) gather_loopback(webrtc_.get());
  // Both come on webrtcbin's own thread.
  g_signal_connect(webrtc_.get(), "on-negotiation-needed",
                   G_CALLBACK(+[](GstElement*, gpointer self) {
                     auto* publisher = static_cast<Publisher*>(self);
                     publisher->main_loop_.post([publisher] { publisher->make_offer(); });
                   }),
                   this);
  g_signal_connect(webrtc_.get(), "notify::ice-gathering-state",
                   G_CALLBACK(+[](GstElement*, GParamSpec*, gpointer self) {
                     auto* publisher = static_cast<Publisher*>(self);
                     publisher->main_loop_.post([publisher] { publisher->post_when_gathered(); });
                   }),
                   this);
  if (gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
    return "The pipeline does not start; GST_DEBUG=2 tells why.";
  return std::nullopt;
}

/// webrtcbin makes its transceivers sendrecv; a WHIP client only sends (RFC 9725 section 4.2).
void Publisher::set_directions() {
  if (options_.sendrecv) return;
  for (guint i = 0;; ++i) {
    GObject* transceiver = nullptr;
    g_signal_emit_by_name(webrtc_.get(), "get-transceiver", i, &transceiver);
    if (transceiver == nullptr) return;
    g_object_set(transceiver, "direction", GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDONLY, nullptr);
    g_object_unref(transceiver);
  }
}

void Publisher::make_offer() {
  if (posted_) return;
  const Promise promise = ask(webrtc_.get(), "create-offer", nullptr);
  GstWebRTCSessionDescription* offer = nullptr;
  gst_structure_get(gst_promise_get_reply(promise.get()), "offer",
                    GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &offer, nullptr);
  if (offer == nullptr) return fail("webrtcbin makes no offer of these lines.");
  const Description owned(offer);
  ask(webrtc_.get(), "set-local-description", offer);
  post_when_gathered();
}

/// The offer is posted once, with all candidates in it: no trickle.
void Publisher::post_when_gathered() {
  GstWebRTCICEGatheringState state{};
  GstWebRTCSessionDescription* local = nullptr;
  g_object_get(webrtc_.get(), "ice-gathering-state", &state, "local-description", &local, nullptr);
  const Description owned(local);
  if (posted_ || local == nullptr || state != GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE) return;
  posted_ = true;
  post_offer(GString_(gst_sdp_message_as_text(local->sdp)).get());
}

Ref<SoupMessage> Publisher::request(const char* method, const std::string& url) const {
  auto message = Ref<SoupMessage>::adopt(soup_message_new(method, url.c_str()));
  if (message && !options_.token.empty())
    soup_message_headers_append(soup_message_get_request_headers(message.get()), "Authorization",
                                ("Bearer " + options_.token).c_str());
  return message;
}

void Publisher::post_offer(const std::string& sdp) {
  const auto message = request("POST", options_.url);
  if (!message) return fail("URL: write http://host/whip/room.");
  const Handle<GBytes, g_bytes_unref> body(g_bytes_new(sdp.data(), sdp.size()));
  soup_message_set_request_body_from_bytes(message.get(), "application/sdp", body.get());
  GError* error = nullptr;
  const Handle<GBytes, g_bytes_unref> reply(
      soup_session_send_and_read(http_.get(), message.get(), nullptr, &error));
  const Handle<GError, g_error_free> owned(error);
  if (error != nullptr) return fail(error->message);
  gsize size = 0;
  const void* data = g_bytes_get_data(reply.get(), &size);
  const std::string text = data ? std::string(static_cast<const char*>(data), size) : "";
  const auto status = soup_message_get_status(message.get());
  if (status != SOUP_STATUS_CREATED)
    return fail("The server answers " + std::to_string(status) + ": " + text);
  const char* location =
      soup_message_headers_get_one(soup_message_get_response_headers(message.get()), "Location");
  location_ = GString_(g_uri_resolve_relative(options_.url.c_str(), location ? location : "",
                                              GUriFlags(SOUP_HTTP_URI_FLAGS), nullptr))
                  .get();
  take_answer(text);
}

void Publisher::take_answer(const std::string& text) {
  GstSDPMessage* sdp = nullptr;
  if (gst_sdp_message_new_from_text(text.c_str(), &sdp) != GST_SDP_OK)
    return fail("The server's answer is no SDP.");
  const Description answer(gst_webrtc_session_description_new(GST_WEBRTC_SDP_TYPE_ANSWER, sdp));
  const Promise promise = ask(webrtc_.get(), "set-remote-description", answer.get());
  const GstStructure* reply = gst_promise_get_reply(promise.get());
  GError* error = nullptr;
  if (reply != nullptr) gst_structure_get(reply, "error", G_TYPE_ERROR, &error, nullptr);
  const Handle<GError, g_error_free> owned(error);
  if (error != nullptr) return fail(std::string("webrtcbin: ") + error->message);
}

void Publisher::fail(const std::string& why) {
  if (const auto failed = std::exchange(failed_, nullptr)) failed(why);
}

void Publisher::stop() {
  if (location_.empty()) return;
  const auto message = request("DELETE", location_);
  const Handle<GBytes, g_bytes_unref> reply(
      soup_session_send_and_read(http_.get(), message.get(), nullptr, nullptr));
  location_.clear();
}

}  // namespace whip_publish
