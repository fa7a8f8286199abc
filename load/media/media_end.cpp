#include "load/media/media_end.hpp"

#include <algorithm>
#include <array>

#include "forwarding/demux.hpp"
#include "forwarding/rtx.hpp"

namespace parley::load {
namespace {

using forwarding::RtpPacket;
namespace rtcp = forwarding::rtcp;

constexpr Duration kReportInterval = std::chrono::seconds(1);
constexpr Duration kNackInterval = std::chrono::milliseconds(10);
constexpr std::size_t kBlocks = 31;  ///< of one report (RFC 3550 6.4.2)

/// Of all streams of a client: two kinds, and up to three layers of video.
StreamId stream_id(std::size_t client, media::Kind kind, std::size_t layer) {
  const std::size_t slot = kind == media::Kind::Audio ? 0 : 1 + layer;
  return static_cast<StreamId>(client << 3 | slot);
}

std::optional<std::uint32_t> primary_of(const media::Receive& line, std::uint32_t repair) {
  for (const auto& [primary, rtx] : line.rtx)
    if (rtx == repair) return primary;
  if (line.ssrcs.size() == 1) return line.ssrcs.front();
  return std::nullopt;
}

const media::Codec* repaired_codec(const media::Receive& line, std::uint8_t payload_type) {
  const auto codec = std::ranges::find_if(line.codecs, [&](const media::Codec& candidate) {
    return candidate.rtx_payload_type == payload_type;
  });
  return codec == line.codecs.end() ? nullptr : &*codec;
}

}  // namespace

void Totals::merge(const Totals& other) {
  latency.merge(other.latency);
  packets += other.packets;
  bytes += other.bytes;
  recovered += other.recovered;
  repeated += other.repeated;
  unauthentic += other.unauthentic;
  nacks += other.nacks;
  sent += other.sent;
  sent_bytes += other.sent_bytes;
  send_failures += other.send_failures;
  keyframe_requests += other.keyframe_requests;
}

MediaEnd::MediaEnd(forwarding::Egress& egress, const MediaContext& context, const Place& place)
    : egress_(egress),
      context_(context),
      place_(place),
      cname_("load-" + std::to_string(place.client)),
      ssrc_(static_cast<std::uint32_t>(place.client + 1)) {}

void MediaEnd::update(const Session& session, Time now) {
  lines_ = session.receives;
  // An SSRC that belonged to nothing may do so now.
  std::erase_if(sources_, [](const auto& entry) { return entry.second.stream == nullptr; });
  for (const SendLine& line : session.sends) {
    for (std::size_t layer = 0; layer < line.layers.size(); ++layer) {
      const std::uint32_t ssrc = line.layers[layer].ssrc;
      const auto known = std::ranges::find(outbound_, ssrc, &OutboundStream::ssrc);
      if (known != outbound_.end()) {
        (*known)->update(line);
        continue;
      }
      const OutboundStream::Environment environment{egress_, context_.window, context_.totals,
                                                    transport_sequence_, place_};
      outbound_.push_back(std::make_unique<OutboundStream>(
          stream_id(place_.client, line.kind, layer), line, layer,
          context_.make_source(line.kind, layer, line.layers.size(), now), environment));
    }
  }
  if (next_report_ == Time::max()) next_report_ = now + kReportInterval / 4;
}

Time MediaEnd::due() const {
  if (!egress_.ready()) return Time::max();
  Time due = std::min(next_report_, next_nack_);
  for (const auto& stream : outbound_) due = std::min(due, stream->due());
  return due;
}

void MediaEnd::tick(Time now) {
  if (!egress_.ready()) return;
  for (const auto& stream : outbound_)
    if (stream->due() <= now) stream->produce(now);
  if (next_nack_ <= now) ask_again(now);
  if (next_report_ <= now) report(now);
}

MediaEnd::Source MediaEnd::find(const RtpPacket& packet) {
  const auto known = sources_.find(packet.ssrc);
  if (known != sources_.end()) return known->second;
  const Source source = bind(packet);
  sources_.emplace(packet.ssrc, source);
  return source;
}

MediaEnd::Source MediaEnd::bind(const RtpPacket& packet) {
  std::vector<const media::Receive*> lines;
  for (const media::Receive& line : lines_) lines.push_back(&line);
  const auto binding = forwarding::bind(packet, lines);
  if (!binding) return {};
  const media::Receive& line = lines_[binding->line];
  if (!binding->repair) return {&stream_of(packet.ssrc, line), false};
  const auto primary = primary_of(line, packet.ssrc);
  if (!primary) return {};
  return {&stream_of(*primary, line), true};
}

InboundStream& MediaEnd::stream_of(std::uint32_t ssrc, const media::Receive& line) {
  const auto known = std::ranges::find(inbound_, ssrc, &InboundStream::ssrc);
  if (known != inbound_.end()) return **known;
  const std::uint32_t clock = line.codecs.empty() ? 90'000 : line.codecs.front().clock_rate;
  return *inbound_.emplace_back(std::make_unique<InboundStream>(ssrc, line.kind, clock));
}

bool MediaEnd::is_repair(const RtpPacket& packet) {
  return find(packet).repair;
}

void MediaEnd::on_sealed(const RtpPacket& packet, std::size_t size, Time at) {
  if (InboundStream* stream = find(packet).stream) take(*stream, packet, size, at);
}

void MediaEnd::on_packet(forwarding::MutableBytes bytes, Time at) {
  auto packet = RtpPacket::parse(bytes);
  if (!packet) return;
  const std::size_t size = bytes.size();
  const Source source = find(*packet);
  if (source.stream == nullptr) return;
  if (source.repair) {
    const media::Codec* codec = nullptr;
    for (const media::Receive& line : lines_)
      if (codec == nullptr) codec = repaired_codec(line, packet->payload_type);
    if (codec == nullptr) return;
    bytes = forwarding::restore_rtx(bytes, *packet, source.stream->ssrc(), codec->payload_type);
    packet = RtpPacket::parse(bytes);
    if (!packet) return;  // padding: a probe
  }
  if (!take(*source.stream, *packet, size, at)) return;
  if (source.repair && context_.window.holds(at)) ++context_.totals.recovered;
  const auto mark = read_mark(packet->payload);
  if (!mark || !context_.window.holds(mark->sent)) return;
  if (received_[mark->stream].add(mark->counter)) context_.totals.latency.add(at - mark->sent);
}

/// Counts a packet. False for a repetition.
bool MediaEnd::take(InboundStream& stream, const RtpPacket& packet, std::size_t size, Time at) {
  if (!first_media_) first_media_ = at;
  const auto arrival =
      stream.on_packet(packet.sequence, packet.timestamp, at, context_.window,
                       context_.behaviour.nack && stream.kind() == media::Kind::Video);
  if (stream.has_missing()) next_nack_ = std::min(next_nack_, at);
  if (arrival.wants_keyframe) {
    forwarding::Compound compound(egress_, ssrc_, cname_);
    compound.feedback([&](rtcp::Writer& writer) { return writer.pli(ssrc_, stream.ssrc()); });
  }
  if (context_.window.holds(at)) {
    context_.totals.bytes += size;
    ++(arrival.fresh ? context_.totals.packets : context_.totals.repeated);
  }
  return arrival.fresh;
}

void MediaEnd::on_rtcp(forwarding::Bytes compound, Time now) {
  now_ = now;
  rtcp::read(compound, *this);
}

void MediaEnd::on_sender_report(const rtcp::SenderInfo& info) {
  const auto stream = std::ranges::find(inbound_, info.ssrc, &InboundStream::ssrc);
  if (stream != inbound_.end()) (*stream)->on_sender_report(info, now_);
}

void MediaEnd::on_nack(std::uint32_t media_ssrc, std::uint16_t sequence) {
  const auto stream = std::ranges::find(outbound_, media_ssrc, &OutboundStream::ssrc);
  if (stream != outbound_.end()) (*stream)->resend(sequence, now_);
}

void MediaEnd::on_keyframe_request(std::uint32_t media_ssrc) {
  const auto stream = std::ranges::find(outbound_, media_ssrc, &OutboundStream::ssrc);
  if (stream != outbound_.end()) (*stream)->request_keyframe();
}

void MediaEnd::report(Time now) {
  next_report_ = now + kReportInterval;
  forwarding::Compound compound(egress_, ssrc_, cname_);
  if (!outbound_.empty()) report_sent(compound, now);
  if (!inbound_.empty()) report_received(compound, now);
}

void MediaEnd::report_sent(forwarding::Compound& compound, Time now) {
  for (const auto& stream : outbound_) {
    const rtcp::SenderInfo info = stream->report(now);
    compound.report([&](rtcp::Writer& writer) {
      return writer.sender_report(info) && writer.cname(info.ssrc, cname_);
    });
  }
}

void MediaEnd::report_received(forwarding::Compound& compound, Time now) {
  std::array<rtcp::ReportBlock, kBlocks> blocks;
  std::vector<std::uint32_t> ssrcs;
  for (std::size_t at = 0; at < inbound_.size(); at += kBlocks) {
    const std::size_t count = std::min(kBlocks, inbound_.size() - at);
    for (std::size_t i = 0; i < count; ++i) {
      blocks[i] = inbound_[at + i]->report(now);
      if (ssrcs.size() < kBlocks) ssrcs.push_back(blocks[i].ssrc);
    }
    compound.report([&](rtcp::Writer& writer) {
      return writer.receiver_report(ssrc_, std::span(blocks).first(count)) &&
             writer.cname(ssrc_, cname_);
    });
  }
  if (context_.behaviour.remb)
    compound.feedback(
        [&](rtcp::Writer& writer) { return writer.remb(ssrc_, *context_.behaviour.remb, ssrcs); });
}

void MediaEnd::ask_again(Time now) {
  next_nack_ = Time::max();
  forwarding::Compound compound(egress_, ssrc_, cname_);
  std::array<std::uint16_t, forwarding::NackGenerator::kMaxMissing> missing;
  for (const auto& stream : inbound_) {
    if (!stream->has_missing()) continue;
    next_nack_ = now + kNackInterval;
    const std::size_t count = stream->collect_nacks(now, missing);
    if (count == 0) continue;
    if (context_.window.holds(now)) context_.totals.nacks += count;
    compound.feedback([&](rtcp::Writer& writer) {
      return writer.nack(ssrc_, stream->ssrc(), std::span(missing).first(count)) != 0;
    });
  }
}

Reception MediaEnd::reception() const {
  Reception reception;
  reception.room = place_.room;
  reception.client = place_.client;
  for (const auto& stream : inbound_) {
    reception.packets += stream->measured().count();
    reception.gaps += stream->measured().missing();
  }
  for (const auto& [stream, ledger] : received_)
    reception.streams.push_back({stream, ledger.first(), ledger.last(), ledger.count()});
  return reception;
}

void MediaEnd::append_sent(std::vector<SentStream>& out) const {
  for (const auto& stream : outbound_) out.push_back(stream->counts());
}

}  // namespace parley::load
