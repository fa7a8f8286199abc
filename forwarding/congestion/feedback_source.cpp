#include "forwarding/congestion/feedback_source.hpp"

#include "forwarding/rtp_packet.hpp"

namespace parley::forwarding::congestion {

void FeedbackSource::set_line(const media::Receive& line) {
  if (!line.transport_cc) return;
  extension_ = line.extensions.id(media::Extension::TransportCc);
  if (!recorder_) recorder_.emplace();
}

void FeedbackSource::on_packet(Bytes bytes, Time now) {
  if (!recorder_) return;
  const auto packet = RtpPacket::parse(bytes);
  if (!packet) return;
  const Bytes number = find_extension(*packet, extension_);
  if (number.size() != 2) return;
  media_ssrc_ = packet->ssrc;
  recorder_->on_packet(read_u16(number, 0), bytes.size(), now);
}

void FeedbackSource::tick(Compound& compound, Time now) {
  if (!recorder_ || !recorder_->due(now)) return;
  std::array<std::uint8_t, ArrivalRecorder::kMaxMessage> message;
  for (std::size_t size = recorder_->write(message); size > 0; size = recorder_->write(message))
    compound.feedback([&](rtcp::Writer& writer) {
      return writer.transport_feedback(compound.ssrc(), media_ssrc_, Bytes(message).first(size));
    });
  recorder_->end(now);
}

}  // namespace parley::forwarding::congestion
