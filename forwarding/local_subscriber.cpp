#include "forwarding/local_subscriber.hpp"

#include <utility>

namespace parley::forwarding {
namespace {

media::Send description(media::Kind kind, std::uint32_t ssrc) {
  media::Send send;
  send.kind = kind;
  send.ssrc = ssrc;
  return send;
}

}  // namespace

LocalSubscriber::LocalSubscriber(Egress& egress, media::Kind kind, std::uint32_t ssrc)
    : stream_(egress, history_, description(kind, ssrc)) {}

void LocalSubscriber::attach(Track& track, Time now) {
  media::Send send = stream_.description();
  send.codecs.clear();
  for (media::Codec codec : track.codecs()) {
    if (codec.name == media::CodecName::Red) continue;
    codec.payload_type = local_payload_type(codec.name);
    codec.rtx_payload_type.reset();
    send.codecs.push_back(std::move(codec));
  }
  stream_.set_description(std::move(send));
  stream_.attach(track, now);
}

}  // namespace parley::forwarding
