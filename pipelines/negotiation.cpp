#include "pipelines/negotiation.hpp"

#include <cassert>
#include <string>
#include <utility>

namespace parley::pipelines {
namespace {

using Description = Handle<GstWebRTCSessionDescription, gst_webrtc_session_description_free>;

std::string error_text(const GstStructure* reply) {
  GError* error = nullptr;
  if (reply == nullptr || !gst_structure_get(reply, "error", G_TYPE_ERROR, &error, nullptr))
    return {};
  std::string text = error->message;
  g_error_free(error);
  return text;
}

}  // namespace

std::shared_ptr<Negotiation> Negotiation::start(Ref<GstElement> webrtcbin, MainLoop& main_loop,
                                                OnLocal on_local, OnError on_error) {
  std::shared_ptr<Negotiation> self(
      new Negotiation(std::move(webrtcbin), main_loop, std::move(on_local), std::move(on_error)));
  self->request("create-offer", nullptr, &Negotiation::on_offer);
  return self;
}

Negotiation::Negotiation(Ref<GstElement> webrtcbin, MainLoop& main_loop, OnLocal on_local,
                         OnError on_error)
    : webrtcbin_(std::move(webrtcbin)),
      main_loop_(main_loop),
      on_local_(std::move(on_local)),
      on_error_(std::move(on_error)) {}

void Negotiation::set_remote(const RemoteParameters& remote) {
  assert(offer_ && "set_remote() comes after on_local_parameters()");
  const Description answer(gst_webrtc_session_description_new(
      GST_WEBRTC_SDP_TYPE_ANSWER, make_answer(*offer_->sdp, remote).release()));
  request("set-remote-description", answer.get(), &Negotiation::on_remote_set);
}

void Negotiation::request(const char* action, const GstWebRTCSessionDescription* description,
                          OnReply on_reply) {
  struct Call {
    MainLoop* main_loop;
    std::weak_ptr<Negotiation> negotiation;
    OnReply on_reply;
  };
  // On webrtcbin's thread: reads the reply, leaves the rest to main.
  const auto replied = [](GstPromise* promise, gpointer data) {
    const auto* call = static_cast<const Call*>(data);
    call->main_loop->post([call = *call, reply = read_reply(promise)] {
      if (const auto alive = call.negotiation.lock()) ((*alive).*call.on_reply)(reply);
    });
  };
  last_ = std::shared_ptr<GstPromise>(
      gst_promise_new_with_change_func(replied, new Call{&main_loop_, weak_from_this(), on_reply},
                                       [](gpointer data) { delete static_cast<Call*>(data); }),
      gst_promise_unref);
  // create-offer takes options where the others take a description; both are given as a pointer.
  g_signal_emit_by_name(webrtcbin_.get(), action, description, last_.get());
}

Negotiation::Reply Negotiation::read_reply(GstPromise* promise) {
  if (gst_promise_wait(promise) != GST_PROMISE_RESULT_REPLIED)
    return {nullptr, "webrtcbin gave no reply"};
  const GstStructure* reply = gst_promise_get_reply(promise);
  GstWebRTCSessionDescription* offer = nullptr;
  if (reply != nullptr)
    gst_structure_get(reply, "offer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &offer, nullptr);
  return {std::shared_ptr<GstWebRTCSessionDescription>(offer,
                                                       [](auto* d) {
                                                         if (d != nullptr)
                                                           gst_webrtc_session_description_free(d);
                                                       }),
          error_text(reply)};
}

void Negotiation::on_offer(const Reply& reply) {
  if (!reply.offer) return on_error_({"pipeline_error", "create-offer: " + reply.error});
  offer_ = reply.offer;
  request("set-local-description", offer_.get(), &Negotiation::on_local_set);
}

void Negotiation::on_local_set(const Reply& reply) {
  if (!reply.error.empty())
    return on_error_({"pipeline_error", "set-local-description: " + reply.error});
  on_local_(local_parameters(*offer_->sdp));
}

void Negotiation::on_remote_set(const Reply& reply) {
  if (!reply.error.empty()) on_error_({"pipeline_error", "set-remote-description: " + reply.error});
}

}  // namespace parley::pipelines
