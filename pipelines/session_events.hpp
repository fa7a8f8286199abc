// What GStreamer's threads tell a participant, and how it gets to the main thread.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "pipelines/participant.hpp"
#include "support/glib/main_loop.hpp"
#include "support/glib/ref.hpp"
#include "transport/transport.hpp"

namespace parley::pipelines {

enum class DtlsState : std::uint8_t { Connected, Closed, Failed };

/// Main-bound: reached only through a Postbox.
class SessionEvents {
 public:
  virtual ~SessionEvents() = default;
  /// SRTP keys of one direction. `peer_certificate` (PEM) comes with the receiving one.
  virtual void on_key(transport::Direction, const transport::SrtpKey&,
                      const std::string& peer_certificate) = 0;
  virtual void on_dtls_state(DtlsState) = 0;
  /// The peer opened a channel labelled `room`.
  virtual void on_channel(Ref<GObject> channel, bool ordered) = 0;
  virtual void on_message(DataMessage message) = 0;
  /// An element of the pipeline reported an error.
  virtual void on_error(const std::string& factory, const std::string& text) = 0;
  virtual void on_latency() = 0;
  /// The connection cannot go on; `reason` as in ParticipantObserver::on_failed().
  virtual void on_fatal(const char* reason) = 0;
};

/// Posts calls to the main thread, where they reach the target if it still lives. Thread-safe, and
/// never the owner of its target: no other thread can be the one that destroys it.
class Postbox {
 public:
  Postbox(MainLoop& main_loop, std::weak_ptr<SessionEvents> target)
      : main_loop_(&main_loop), target_(std::move(target)) {}

  template <typename Call>
  void post(Call call) const {
    main_loop_->post([target = target_, call = std::move(call)]() mutable {
      if (const auto alive = target.lock()) call(*alive);
    });
  }

 private:
  MainLoop* main_loop_;
  std::weak_ptr<SessionEvents> target_;
};

/// For the user data of signal handlers: freed with the closure.
template <typename T>
void delete_closure_data(gpointer data, GClosure*) {
  delete static_cast<T*>(data);
}

}  // namespace parley::pipelines
