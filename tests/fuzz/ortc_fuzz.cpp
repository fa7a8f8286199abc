// Any JSON as a producer's parameters, a device's capabilities and a DTLS end.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "signaling/mediasoup/ortc_reader.hpp"
#include "signaling/mediasoup/ortc_writer.hpp"
#include "signaling/sdp/ortc_session.hpp"

namespace {

using namespace parley;
namespace mediasoup = parley::signaling::mediasoup;

const signaling::socketio::Value& part(const signaling::socketio::Value& json, const char* name) {
  const auto* member = json.find(name);
  return member != nullptr ? *member : json;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto json =
      signaling::socketio::parse_json(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!json) return 0;
  (void)mediasoup::read_dtls_parameters(part(*json, "dtlsParameters"));
  const auto parameters = mediasoup::read_rtp_parameters(part(*json, "rtpParameters"));
  const auto capabilities = mediasoup::read_rtp_capabilities(part(*json, "rtpCapabilities"));
  sdp::OrtcSession session(
      {.policy = {}, .next_ssrc = [next = std::uint32_t{0}]() mutable { return ++next; }});
  for (const media::Kind kind : {media::Kind::Audio, media::Kind::Video}) {
    const TrackId track(media::to_string(kind).data());
    if (!parameters || !session.produce(track, kind, *parameters)) continue;
    (void)session.add_receive(track, kind);
    if (!session.codec_of(track)) std::abort();
    if (!capabilities) continue;
    const auto consumed = session.consume(track, kind, session.receiving().back().media.codecs,
                                          *capabilities, "p/camera");
    // What we write ourselves is always good.
    if (consumed && !mediasoup::read_rtp_parameters(mediasoup::to_json(*consumed))) std::abort();
  }
  return 0;
}
