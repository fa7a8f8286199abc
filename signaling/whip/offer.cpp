#include "signaling/whip/offer.hpp"

#include "signaling/sdp/description.hpp"
#include "signaling/sdp/peer_media.hpp"

namespace parley::signaling::whip {
namespace {

using media::Kind;

std::string value_of(const sdp::Attributes& attributes, std::string_view name) {
  const sdp::Attribute* found = attributes.find(name);
  return found == nullptr ? std::string() : found->value;
}

Error nothing(Role role) {
  if (role == Role::Ingest)
    return {"nothing_to_publish", "sdp: no m= line sends; offer sendonly audio, video or both."};
  return {"nothing_to_play", "sdp: no m= line receives; offer recvonly audio, video or both."};
}

}  // namespace

Result<Offer> read_offer(Role role, std::string_view text) {
  const auto description = sdp::parse_description(text);
  if (!description) return description.error();
  Offer offer;
  offer.ufrag = value_of(description->attributes, "ice-ufrag");
  bool any = false;
  for (const sdp::Section& section : description->sections) {
    if (sdp::is_rejected(section) || !sdp::is_rtp(section.head)) continue;
    if (offer.ufrag.empty()) offer.ufrag = value_of(section.attributes, "ice-ufrag");
    if (section.head.media != "audio" && section.head.media != "video") continue;
    const Kind kind = section.head.media == "audio" ? Kind::Audio : Kind::Video;
    const auto media = sdp::read_media(section, kind, description->attributes);
    if (!media) return media.error();
    if (!(role == Role::Ingest ? media->sends : media->receives)) continue;
    auto& codecs = offer.codecs[static_cast<std::size_t>(kind)];
    if (!codecs.empty() && role == Role::Ingest)
      return Error{"too_many_tracks", "sdp: more than one m=" + section.head.media +
                                          " line sends; offer one of each kind."};
    for (const sdp::OfferedCodec& codec : media->codecs) codecs.push_back(codec.codec.name);
    any = true;
  }
  if (!any) return nothing(role);
  return offer;
}

}  // namespace parley::signaling::whip
