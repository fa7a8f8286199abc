#include "signaling/sdp/ortc_session.hpp"

#include <algorithm>
#include <utility>

#include "signaling/sdp/ortc_parameters.hpp"

namespace parley::sdp {
namespace {

bool uses(const media::Receive& media, std::uint32_t ssrc) {
  return std::find(media.ssrcs.begin(), media.ssrcs.end(), ssrc) != media.ssrcs.end() ||
         std::any_of(media.rtx.begin(), media.rtx.end(),
                     [ssrc](const auto& group) { return group.second == ssrc; });
}

bool share_ssrc(const media::Receive& one, const media::Receive& other) {
  return std::any_of(one.ssrcs.begin(), one.ssrcs.end(),
                     [&](std::uint32_t ssrc) { return uses(other, ssrc); }) ||
         std::any_of(one.rtx.begin(), one.rtx.end(),
                     [&](const auto& group) { return uses(other, group.second); });
}

/// A CNAME is also the name of a stream in SDP, where it has to be a token.
std::string cname_of(std::string_view seat) {
  std::string cname(seat);
  std::replace(cname.begin(), cname.end(), '/', '-');
  return cname;
}

}  // namespace

Status OrtcSession::produce(const TrackId& track, media::Kind kind, const RtpParameters& parameters,
                            const TrackId& replaced) {
  auto media = read_parameters(parameters, kind, options_.policy);
  if (!media) return media.error();
  // Packets are told by their SSRCs then; the mid is a name for this end alone.
  if (media->mid.empty()) media->mid = "track-" + track.str();
  for (const auto& [id, other] : productions_) {
    if (id == replaced) continue;
    if (other.media.mid == media->mid)
      return Error{"invalid_field", "rtpParameters.mid: another producer has it."};
    if (share_ssrc(*media, other.media))
      return Error{"invalid_field", "rtpParameters.encodings: another producer has such an ssrc."};
  }
  productions_[track] = {*std::move(media), false};
  return Nothing{};
}

std::string OrtcSession::add_receive(const TrackId& track, media::Kind,
                                     std::optional<std::string>) {
  const auto found = productions_.find(track);
  if (found == productions_.end()) return {};
  found->second.published = true;
  return found->second.media.mid;
}

std::string OrtcSession::remove_receive(const TrackId& track) {
  const auto node = productions_.extract(track);
  return node.empty() ? std::string() : node.mapped().media.mid;
}

Result<RtpParameters> OrtcSession::consume(const TrackId& track, media::Kind kind,
                                           std::span<const media::Codec> produced,
                                           const RtpCapabilities& capabilities,
                                           std::string_view seat) {
  if (consumers_.size() >= options_.max_consumers && !consumers_.contains(track))
    return Error{"consumer_limit", "producerId: no more than " +
                                       std::to_string(options_.max_consumers) +
                                       " consumers at a time."};
  auto consumption = match_capabilities(kind, produced, capabilities, options_.policy);
  if (!consumption)
    return Error{"cannot_consume", "rtpCapabilities: no codec that the producer sends is in them."};
  media::Send& send = consumption->send;
  send.mid = std::to_string(next_mid_++);
  send.ssrc = options_.next_ssrc();
  if (std::any_of(send.codecs.begin(), send.codecs.end(),
                  [](const media::Codec& codec) { return codec.rtx_payload_type.has_value(); }))
    send.rtx_ssrc = options_.next_ssrc();
  send.cname = cname_of(seat);
  consumers_[track] = send;
  return write_parameters(*consumption);
}

void OrtcSession::end_consumer(const TrackId& track) {
  consumers_.erase(track);
}

std::vector<TrackId> OrtcSession::consumed() const {
  std::vector<TrackId> tracks;
  for (const auto& [track, send] : consumers_) tracks.push_back(track);
  return tracks;
}

MediaDescription::Slot OrtcSession::attach(const TrackId& track, media::Kind, std::string_view) {
  const auto found = consumers_.find(track);
  return found == consumers_.end() ? Slot{} : Slot{found->second.mid, false};
}

std::vector<MediaDescription::Receiving> OrtcSession::receiving() const {
  std::vector<Receiving> receiving;
  for (const auto& [track, production] : productions_)
    if (production.published) receiving.push_back({track, production.media});
  return receiving;
}

std::vector<media::Send> OrtcSession::sending() const {
  std::vector<media::Send> sending;
  for (const auto& [track, send] : consumers_) sending.push_back(send);
  return sending;
}

std::optional<media::Codec> OrtcSession::codec_of(const TrackId& track) const {
  const auto found = productions_.find(track);
  if (found == productions_.end() || !found->second.published) return std::nullopt;
  return found->second.media.codecs.front();
}

}  // namespace parley::sdp
