// The tracks a participant publishes: source → tee → fan-out in its own pipeline.
#pragma once

#include <map>
#include <memory>
#include <string>

#include <gst/gst.h>

#include "forwarding/track.hpp"
#include "pipelines/live_pipeline.hpp"
#include "support/glib/ref.hpp"
#include "support/ids.hpp"
#include "support/media.hpp"
#include "transport/transport.hpp"

namespace parley::pipelines {

/// The names of a track's elements, for whoever looks for them in a pipeline.
[[nodiscard]] std::string source_name(const TrackId& track);
[[nodiscard]] std::string tee_name(const TrackId& track);
[[nodiscard]] std::string fan_out_name(const TrackId& track);

/// Main-bound. A track has two halves: the elements, made here, and the forwarding::Track, made on
/// the shard by a posted task that then joins the two.
class Tracks {
 public:
  Tracks(std::shared_ptr<LivePipeline> pipeline, transport::Transport& transport, unsigned shard,
         transport::ConnectionId connection);

  forwarding::TrackKey add(const TrackId& track, media::Kind kind);
  /// The shard lets go of the pad first, so that no push is under way when the elements stop.
  void remove(const TrackId& track);
  /// 0 when there is no such track.
  [[nodiscard]] forwarding::TrackKey key_of(const TrackId& track) const;

 private:
  struct Branch {
    forwarding::TrackKey key = 0;
    Ref<GstElement> source, tee, fan_out;
  };

  [[nodiscard]] Branch make_branch(const TrackId& track, media::Kind kind) const;

  std::shared_ptr<LivePipeline> pipeline_;
  transport::Transport& transport_;
  unsigned shard_;
  transport::ConnectionId connection_;
  std::map<TrackId, Branch> branches_;
};

}  // namespace parley::pipelines
