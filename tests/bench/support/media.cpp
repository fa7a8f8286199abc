#include "tests/bench/support/media.hpp"

#include "tests/bench/support/load.hpp"

namespace parley::bench {
namespace {

media::Codec codec_of(media::Kind kind) {
  const bool audio = kind == media::Kind::Audio;
  media::Codec codec;
  codec.name = audio ? media::CodecName::Opus : media::CodecName::Vp8;
  codec.payload_type = audio ? kOpus : kVp8;
  codec.clock_rate = audio ? 48000 : 90000;
  return codec;
}

std::string mid_of(media::Kind kind) {
  return kind == media::Kind::Audio ? "0" : "1";
}

}  // namespace

forwarding::Track& describe_track(forwarding::Peer& publisher, media::Kind kind) {
  forwarding::Track& track = publisher.add_track(track_of(kind), kind);
  media::Receive receive;
  receive.mid = mid_of(kind);
  receive.kind = kind;
  receive.codecs = {codec_of(kind)};
  receive.ssrcs = {kind == media::Kind::Audio ? kAudioSsrc : kVideoSsrc};
  publisher.set_receive(receive, track_of(kind));
  return track;
}

media::Send send_line(media::Kind kind, std::uint32_t ssrc) {
  media::Send send;
  send.mid = mid_of(kind);
  send.kind = kind;
  send.codecs = {codec_of(kind)};
  send.ssrc = ssrc + static_cast<std::uint32_t>(kind);
  send.cname = "cname";
  send.extensions.set(media::Extension::Mid, 4);
  send.extensions.set(media::Extension::AbsSendTime, 2);
  return send;
}

}  // namespace parley::bench
