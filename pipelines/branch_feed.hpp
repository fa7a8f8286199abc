// The way of a track into a branch: a subscriber on the shard whose packets go into an isolator.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <gst/gst.h>

#include "forwarding/local_subscriber.hpp"
#include "forwarding/loss_watch.hpp"
#include "pipelines/links.hpp"
#include "plugins/isolator.hpp"
#include "transport/packet_buffer.hpp"
#include "transport/transport.hpp"

namespace parley::pipelines {

/// Made anywhere; bound to the shard's thread from the first task on, and destroyed there by
/// release().
class BranchFeed final : public forwarding::Egress {
 public:
  BranchFeed(std::shared_ptr<plugins::Isolator> isolator, media::Kind kind, std::uint32_t ssrc,
             GstClockTime base_time);

  [[nodiscard]] forwarding::LocalSubscriber& subscriber() { return subscriber_; }

  // --- forwarding::Egress
  [[nodiscard]] bool ready() const override { return true; }
  [[nodiscard]] std::span<std::uint8_t> rtp_buffer() override;
  void send_rtp(std::size_t size) override;
  void send_rtcp(std::span<const std::uint8_t>) override {}

 private:
  std::shared_ptr<plugins::Isolator> isolator_;
  GstClockTime base_time_;
  transport::PacketPool pool_;
  transport::PacketBuffer buffer_;
  forwarding::LossWatch losses_;
  forwarding::LocalSubscriber subscriber_;  ///< last: it refers to this
};

// All of these post to the shard and return. Main-bound or not.

/// From now on the branch gets `track`, at most in the layer of that rid. One that is gone:
/// nothing.
void feed_from(transport::Transport& transport, unsigned shard, std::shared_ptr<BranchFeed> feed,
               Published track, std::string max_layer);
void feed_nothing(transport::Transport& transport, unsigned shard,
                  std::shared_ptr<BranchFeed> feed);
/// Takes the caller's share to the shard, for it to end there.
void release(transport::Transport& transport, unsigned shard, std::shared_ptr<BranchFeed> feed);

}  // namespace parley::pipelines
