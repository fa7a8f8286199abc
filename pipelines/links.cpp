#include "pipelines/links.hpp"

#include <utility>

#include "forwarding/peer.hpp"
#include "forwarding/send_stream.hpp"
#include "support/time.hpp"

namespace parley::pipelines {
namespace {

using forwarding::Peer;
using forwarding::SendStream;
using transport::Shard;

SendStream* find(Shard& shard, const Slot& slot) {
  Peer* peer = shard.find(slot.subscriber);
  return peer != nullptr ? peer->find_send(slot.mid) : nullptr;
}

void deliver(SendStream& stream, const Delivery& delivery) {
  stream.set_priority(delivery.priority);
  stream.set_max_layer(delivery.max_layer, now());
  stream.set_paused(delivery.paused, now());
}

}  // namespace

void apply_negotiated(transport::Transport& transport, unsigned shard,
                      transport::ConnectionId connection, std::vector<Receiving> receiving,
                      std::vector<media::Send> sending) {
  transport.post(shard, [connection, receiving = std::move(receiving),
                         sending = std::move(sending)](Shard& on) {
    Peer* peer = on.find(connection);
    if (peer == nullptr) return;
    for (const Receiving& line : receiving) peer->set_receive(line.media, line.key);
    for (const media::Send& line : sending) peer->set_send(line);
  });
}

void end_receiving(transport::Transport& transport, unsigned shard,
                   transport::ConnectionId connection, std::string mid) {
  transport.post(shard, [connection, mid = std::move(mid)](Shard& on) {
    if (Peer* peer = on.find(connection)) peer->remove_receive(mid);
  });
}

void end_sending(transport::Transport& transport, unsigned shard, Slot slot) {
  transport.post(shard, [slot = std::move(slot)](Shard& on) {
    if (Peer* peer = on.find(slot.subscriber)) peer->remove_send(slot.mid);
  });
}

void link_track(transport::Transport& transport, unsigned shard, Slot slot, Published track,
                Delivery delivery) {
  transport.post(shard, [slot = std::move(slot), track, delivery = std::move(delivery)](Shard& on) {
    SendStream* stream = find(on, slot);
    Peer* publisher = on.find(track.publisher);
    forwarding::Track* source = publisher != nullptr ? publisher->find_track(track.key) : nullptr;
    if (stream == nullptr || source == nullptr) return;
    deliver(*stream, delivery);
    stream->attach(*source, now());
  });
}

void update_track(transport::Transport& transport, unsigned shard, Slot slot, Delivery delivery) {
  transport.post(shard, [slot = std::move(slot), delivery = std::move(delivery)](Shard& on) {
    if (SendStream* stream = find(on, slot)) deliver(*stream, delivery);
  });
}

void unlink_track(transport::Transport& transport, unsigned shard, Slot slot) {
  transport.post(shard, [slot = std::move(slot)](Shard& on) {
    if (SendStream* stream = find(on, slot)) stream->detach();
  });
}

}  // namespace parley::pipelines
