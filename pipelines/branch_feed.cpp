#include "pipelines/branch_feed.hpp"

#include <utility>

#include "forwarding/payload_descriptor.hpp"
#include "forwarding/peer.hpp"
#include "forwarding/rtp_packet.hpp"
#include "support/time.hpp"

namespace parley::pipelines {
namespace {

/// A branch takes a packet at a time; more are out only while it is behind.
constexpr unsigned kRecycled = 512;

bool starts_keyframe(const forwarding::RtpPacket& packet) {
  const auto codec = forwarding::local_codec(packet.payload_type);
  return codec && forwarding::read_descriptor(*codec, packet.payload).starts_keyframe;
}

}  // namespace

BranchFeed::BranchFeed(std::shared_ptr<plugins::Isolator> isolator, media::Kind kind,
                       std::uint32_t ssrc, GstClockTime base_time)
    : isolator_(std::move(isolator)),
      base_time_(base_time),
      pool_(0, kRecycled),
      subscriber_(*this, kind, ssrc) {}

std::span<std::uint8_t> BranchFeed::rtp_buffer() {
  if (!buffer_) buffer_ = pool_.get();
  return buffer_.bytes();
}

void BranchFeed::send_rtp(std::size_t size) {
  const auto bytes = buffer_.bytes().first(size);
  const auto packet = forwarding::RtpPacket::parse(bytes);
  if (!packet) return;
  const Time time = now();
  const bool boundary = starts_keyframe(*packet);
  const bool lost = losses_.on_packet(packet->sequence, time);
  GstBuffer* buffer = buffer_.take(bytes);
  buffer_ = {};
  const auto at = static_cast<GstClockTime>(time.time_since_epoch().count());
  GST_BUFFER_PTS(buffer) = GST_BUFFER_DTS(buffer) = at > base_time_ ? at - base_time_ : 0;
  if (isolator_->push(plugins::Packet(buffer), boundary, time) || lost)
    subscriber_.request_keyframe(time);
}

void feed_from(transport::Transport& transport, unsigned shard, std::shared_ptr<BranchFeed> feed,
               Published track, std::string max_layer) {
  transport.post(shard, [feed = std::move(feed), track,
                         max_layer = std::move(max_layer)](transport::Shard& on) {
    forwarding::Peer* publisher = on.find(track.publisher);
    forwarding::Track* source = publisher != nullptr ? publisher->find_track(track.key) : nullptr;
    if (source == nullptr) return feed->subscriber().detach();
    feed->subscriber().set_max_layer(max_layer, now());
    feed->subscriber().attach(*source, now());
  });
}

void feed_nothing(transport::Transport& transport, unsigned shard,
                  std::shared_ptr<BranchFeed> feed) {
  transport.post(shard,
                 [feed = std::move(feed)](transport::Shard&) { feed->subscriber().detach(); });
}

void release(transport::Transport& transport, unsigned shard, std::shared_ptr<BranchFeed> feed) {
  transport.post(shard, [feed = std::move(feed)](transport::Shard&) mutable { feed.reset(); });
}

}  // namespace parley::pipelines
