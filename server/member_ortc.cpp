// A member whose client produces and consumes by RTP parameters.
#include <algorithm>
#include <cassert>
#include <utility>

#include "server/member.hpp"

namespace parley::server {

Status Member::produce(const TrackId& track, rooms::Kind kind, const sdp::RtpParameters& parameters,
                       const TrackId& replaced) {
  return ortc_->produce(track, kind, parameters, replaced);
}

/// What a publication may come in, first what it comes in just now.
std::vector<media::Codec> Member::produced_codecs(const rooms::Track& track) const {
  for (auto& [id, media] : description_->receiving()) {
    if (id != track.id) continue;
    std::stable_partition(media.codecs.begin(), media.codecs.end(), [&](const media::Codec& codec) {
      return media::to_string(codec.name) == track.codec;
    });
    return std::move(media.codecs);
  }
  return {};
}

Result<sdp::RtpParameters> Member::consume(const Member& publisher, const rooms::Track& track,
                                           const sdp::RtpCapabilities& capabilities) {
  const std::string before = ortc_->attach(track.id, track.kind, {}).mid;
  auto parameters = ortc_->consume(track.id, track.kind, publisher.produced_codecs(track),
                                   capabilities, seat_of(publisher.id(), track.source));
  if (!parameters) return parameters;
  const auto link = links_.find(track.id);
  if (link != links_.end()) unseat(link->second);
  if (!before.empty()) pipelines::end_sending(context_->transport, options_.shard, slot_of(before));
  apply_negotiated();
  if (link == links_.end()) return parameters;
  link->second.how.paused = true;  // until the room says otherwise
  seat(link->second);
  return parameters;
}

bool Member::has_line_for(const TrackId& track) const {
  return ortc_ == nullptr || !ortc_->attach(track, {}, {}).mid.empty();
}

void Member::end_consumer(const TrackId& track) {
  const std::string mid = ortc_->attach(track, {}, {}).mid;
  if (mid.empty()) return;
  assert(!links_.contains(track) && "the room unlinks it first");
  ortc_->end_consumer(track);
  pipelines::end_sending(context_->transport, options_.shard, slot_of(mid));
}

std::vector<TrackId> Member::consumed() const {
  return ortc_ != nullptr ? ortc_->consumed() : std::vector<TrackId>{};
}

}  // namespace parley::server
