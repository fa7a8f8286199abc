// One transport of a member: its pipeline and both ends' parameters.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "pipelines/participant.hpp"
#include "signaling/sdp/media_session.hpp"
#include "transport/transport.hpp"

namespace parley::server {

/// What members share; outlives them all.
struct MediaContext {
  transport::Transport& transport;
  MainLoop& main_loop;
  pipelines::ParticipantObserver& observer;
  GstClockTime base_time = 0;
  unsigned closing = 0;  ///< pipelines on their way to NULL
};

/// Main-bound. Members whose client negotiates by SDP have one for both ways; an ORTC client has
/// one that it sends to and one that it receives from.
class Leg {
 public:
  explicit Leg(MediaContext& context) : context_(&context) {}
  ~Leg();
  Leg(Leg&&) noexcept = default;

  /// `name` is for logs and graphs. Webrtcbin's parameters follow, by way of the context's
  /// observer.
  Status open(const std::string& name, unsigned shard, bool data_channel);
  /// Idempotent.
  void close();
  [[nodiscard]] bool is_open() const { return pipeline_ != nullptr; }

  /// 0 while it is closed.
  [[nodiscard]] transport::ConnectionId connection() const;
  /// Null while it is closed.
  [[nodiscard]] pipelines::Participant* pipeline() const { return pipeline_.get(); }

  void set_local(const pipelines::LocalParameters& local) { local_ = local; }
  [[nodiscard]] bool has_local() const { return local_.has_value(); }
  /// Only after set_local().
  [[nodiscard]] sdp::LocalTransport local_transport() const;
  /// The peer's end as it was told first; what differs later would need an ICE restart and is
  /// ignored. Only after set_local().
  void set_remote_once(const pipelines::RemoteParameters& remote);

  /// Signaling was lost: a peer that is gone should be noticed sooner than by RFC 7675's 30 s.
  void expect_soon(bool soon) const;

 private:
  MediaContext* context_;
  std::unique_ptr<pipelines::Participant> pipeline_;
  std::optional<pipelines::LocalParameters> local_;
  bool remote_set_ = false;
};

}  // namespace parley::server
