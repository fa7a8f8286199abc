// What flows to whom: tasks for the shard that carry out links and negotiated descriptions.
// Main-bound or not: all of these post and return.
#pragma once

#include <string>
#include <vector>

#include "forwarding/layer.hpp"
#include "forwarding/track.hpp"
#include "support/media.hpp"
#include "transport/transport.hpp"

namespace parley::pipelines {

/// One outgoing m-line of a subscriber.
struct Slot {
  transport::ConnectionId subscriber = 0;
  std::string mid;
};

/// A track and the connection of its publisher, which lives on the subscriber's shard.
struct Published {
  transport::ConnectionId publisher = 0;
  forwarding::TrackKey key = 0;
};

/// An m-line the peer sends on, and the track it carries.
struct Receiving {
  media::Receive media;
  forwarding::TrackKey key = 0;
};

/// Gives the connection what its last description settled. Links to m-lines that are new in it come
/// after this.
void apply_negotiated(transport::Transport& transport, unsigned shard,
                      transport::ConnectionId connection, std::vector<Receiving> receiving,
                      std::vector<media::Send> sending);

/// Those m-lines have ended for good, where a description names them no more.
void end_receiving(transport::Transport& transport, unsigned shard,
                   transport::ConnectionId connection, std::string mid);
void end_sending(transport::Transport& transport, unsigned shard, Slot slot);

/// How a subscriber wants a track.
struct Delivery {
  bool paused = false;
  std::string max_layer{};  ///< a rid; empty: the best that fits
  forwarding::Priority priority = forwarding::Priority::Normal;
};

/// Has the slot carry the track from its next keyframe on. Nothing happens where either is gone or
/// the slot's m-line was not applied yet.
void link_track(transport::Transport& transport, unsigned shard, Slot slot, Published track,
                Delivery delivery);
void update_track(transport::Transport& transport, unsigned shard, Slot slot, Delivery delivery);
void unlink_track(transport::Transport& transport, unsigned shard, Slot slot);

}  // namespace parley::pipelines
