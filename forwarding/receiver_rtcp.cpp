#include <algorithm>
#include <array>

#include "forwarding/receiver.hpp"

namespace parley::forwarding {
namespace {

// What a publisher may send until bandwidth is estimated: good 720p per video track, bounded.
constexpr std::uint64_t kVideoBitrate = 2'500'000;
constexpr std::uint64_t kAudioBitrate = 128'000;
// The layers below the highest, where there are some.
constexpr std::uint64_t kLowerLayersBitrate = 1'000'000;

}  // namespace

void Receiver::on_sender_report(const rtcp::SenderInfo& info, Time now) {
  const Source* source = find_source(info.ssrc);
  if (source == nullptr || source->repair || info.ntp == 0) return;
  const Duration step = clock_.on_report(from_ntp(info.ntp), now);
  if (step != Duration{})
    for (const auto& stream : streams_) stream->move_report(step);
  source->stream->on_sender_report(info, now);
}

void Receiver::on_bye(std::uint32_t ssrc) {
  const Source* source = find_source(ssrc);
  if (source == nullptr) return;
  if (source->repair)
    std::erase_if(sources_, [&](const Source& other) { return other.ssrc == ssrc; });
  else
    drop_stream(source->stream);
}

void Receiver::tick(Compound& compound, Time now) {
  for (const auto& track : tracks_) {
    track->tick(now);
    if (const auto speech = track->speech_.tick(now)) observer_.on_speaking(track->key(), *speech);
    if (track->codec_ && track->codec_news_.due(*track->codec_, now))
      observer_.on_codec(track->key(), *track->codec_);
  }
  for (const auto& stream : streams_)
    if (is_taken(*stream)) ask_for_missing(*stream, compound, now);
}

// Of several layers only those are worth their publisher's uplink twice that somebody gets.
bool Receiver::is_taken(const ReceiveStream& stream) {
  const Track& track = stream.track();
  return track.layer_count() == 1 || !track.layer(stream.layer()).subscribers().empty();
}

void Receiver::ask_for_missing(ReceiveStream& stream, Compound& compound, Time now) {
  if (const auto rtt = stream.take_rtt()) rtt_.on_sample(*rtt);
  std::array<std::uint16_t, NackGenerator::kMaxMissing> numbers;
  std::span<const std::uint16_t> missing =
      std::span(numbers).first(stream.collect_nacks(rtt_.value(), now, numbers));
  while (!missing.empty()) {
    std::size_t taken = 0;
    compound.feedback([&](rtcp::Writer& writer) {
      taken = writer.nack(compound.ssrc(), stream.ssrc(), missing);
      return taken > 0;
    });
    missing = missing.subspan(taken);
  }
}

void Receiver::report(Compound& compound, Time now) {
  constexpr std::size_t kMaxBlocks = 31;  // five bits of count
  std::array<rtcp::ReportBlock, kMaxBlocks> blocks;
  std::size_t count = 0;
  const auto write = [&] {
    compound.feedback([&](rtcp::Writer& writer) {
      return writer.receiver_report(compound.ssrc(), std::span(blocks).first(count));
    });
    count = 0;
  };
  for (const auto& stream : streams_) {
    if (!stream->has_news()) continue;
    blocks[count++] = stream->report(now);
    if (count == kMaxBlocks) write();
  }
  if (count > 0) write();
  write_remb(compound);
}

std::uint64_t Receiver::bitrate_of(const Track& track) {
  if (track.kind() == media::Kind::Audio) return kAudioBitrate;
  return kVideoBitrate + (track.layer_count() > 1 ? kLowerLayersBitrate : 0);
}

void Receiver::write_remb(Compound& compound) {
  std::array<std::uint32_t, kMaxSources> ssrcs;
  std::size_t count = 0;
  std::uint64_t bitrate = 0;
  for (const Line& line : lines_) {
    const Track* track = find_track(line.track);
    const bool wanted = line.receive.remb && !line.receive.transport_cc;
    if (!wanted || track == nullptr || !track->smallest_layer()) continue;
    bitrate += bitrate_of(*track);
    for (const auto& stream : streams_)
      if (&stream->track() == track && count < ssrcs.size()) ssrcs[count++] = stream->ssrc();
  }
  if (count == 0) return;
  compound.feedback([&](rtcp::Writer& writer) {
    return writer.remb(compound.ssrc(), bitrate, std::span(ssrcs).first(count));
  });
}

}  // namespace parley::forwarding
