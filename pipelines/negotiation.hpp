// webrtcbin's one negotiation: create-offer, set-local, and later set-remote.
#pragma once

#define GST_USE_UNSTABLE_API
#include <functional>
#include <memory>

#include <gst/webrtc/webrtc.h>

#include "pipelines/participant.hpp"
#include "pipelines/transport_sdp.hpp"
#include "support/glib/main_loop.hpp"
#include "support/glib/ref.hpp"
#include "support/result.hpp"

namespace parley::pipelines {

/// Main-bound. webrtcbin works on a thread of its own and replies to promises there; what it says
/// is posted back to main, where it is dropped once the Negotiation is gone.
class Negotiation : public std::enable_shared_from_this<Negotiation> {
 public:
  using OnLocal = std::function<void(const Result<LocalParameters>&)>;
  using OnError = std::function<void(const Error&)>;

  /// Both callbacks run on the main thread, and only while the Negotiation lives.
  static std::shared_ptr<Negotiation> start(Ref<GstElement> webrtcbin, MainLoop& main_loop,
                                            OnLocal on_local, OnError on_error);

  /// After `on_local`, once.
  void set_remote(const RemoteParameters& remote);

  /// What webrtcbin was asked last. Its tasks run in order, so when this has been replied to none
  /// of ours is left; a pipeline set to NULL before that leaves half-made transports behind.
  [[nodiscard]] std::shared_ptr<GstPromise> last_request() const { return last_; }

 private:
  struct Reply {
    std::shared_ptr<GstWebRTCSessionDescription> offer;
    std::string error;
  };
  using OnReply = void (Negotiation::*)(const Reply&);

  Negotiation(Ref<GstElement> webrtcbin, MainLoop& main_loop, OnLocal on_local, OnError on_error);
  void request(const char* action, const GstWebRTCSessionDescription* description,
               OnReply on_reply);
  void on_offer(const Reply& reply);
  void on_local_set(const Reply& reply);
  void on_remote_set(const Reply& reply);
  static Reply read_reply(GstPromise* promise);

  Ref<GstElement> webrtcbin_;
  MainLoop& main_loop_;
  OnLocal on_local_;
  OnError on_error_;
  std::shared_ptr<GstWebRTCSessionDescription> offer_;
  std::shared_ptr<GstPromise> last_;
};

}  // namespace parley::pipelines
