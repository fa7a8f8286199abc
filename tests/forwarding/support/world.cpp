#include "tests/forwarding/support/world.hpp"

namespace parley::forwarding::test {
namespace {

bool is_rtcp(const Buffer& bytes) {
  return bytes.at(1) >= 192 && bytes.at(1) <= 223;
}  // RFC 5761 4

class AtBrowser : public rtcp::Handler {
 public:
  AtBrowser(Participant& participant, Time now) : participant_(participant), now_(now) {}

  void on_sender_report(const rtcp::SenderInfo& info) override {
    for (const auto& receiver : participant_.receivers)
      if (receiver->owns(info.ssrc)) receiver->on_sender_report(info, now_);
  }
  void on_report_block(const rtcp::ReportBlock&) override {}
  void on_bye(std::uint32_t) override {}
  void on_nack(std::uint32_t media_ssrc, std::uint16_t sequence) override {
    for (const auto& sender : participant_.senders)
      if (sender->options().ssrc == media_ssrc) sender->on_nack(sequence, now_, participant_.up);
  }
  void on_keyframe_request(std::uint32_t media_ssrc) override {
    for (const auto& sender : participant_.senders)
      if (sender->options().ssrc == media_ssrc) sender->on_keyframe_request();
  }
  void on_remb(std::uint64_t) override {}

 private:
  Participant& participant_;
  Time now_;
};

}  // namespace

SimSender& Participant::publish(std::string_view mid, TrackKey key,
                                const SimSender::Options& options, Time now) {
  server.peer.add_track(key, options.kind);
  const bool video = options.kind == media::Kind::Video;
  server.peer.set_receive(receive_line(mid, video ? vp8() : opus(), options.ssrc, options.rtx_ssrc),
                          key);
  return *senders.emplace_back(std::make_unique<SimSender>(options, ++seed_, now));
}

SimReceiver& Participant::add_slot(std::string_view mid, media::Kind kind, std::uint32_t ssrc) {
  const bool video = kind == media::Kind::Video;
  const media::Send line = send_line(mid, video ? vp8() : opus(), ssrc, video ? ssrc + 1 : 0);
  server.peer.set_send(line);
  return *receivers.emplace_back(std::make_unique<SimReceiver>(line));
}

void Participant::run(Time now, bool tick) {
  for (const auto& sender : senders) sender->run(now, up);
  up.deliver(now, [&](Buffer bytes) { take_at_server(std::move(bytes), now); });
  if (tick) server.peer.tick(now);
  for (Buffer& bytes : server.egress.rtp) down.send(std::move(bytes), now);
  for (Buffer& bytes : server.egress.rtcp) down.send(std::move(bytes), now);
  server.egress.rtp.clear();
  server.egress.rtcp.clear();
  down.deliver(now, [&](const Buffer& bytes) { take_at_browser(bytes, now); });
  if (tick)
    for (const auto& receiver : receivers) receiver->run(now, up);
}

void Participant::take_at_server(Buffer bytes, Time now) {
  if (is_rtcp(bytes))
    server.peer.on_rtcp(bytes, now);
  else
    server.take(std::move(bytes), now);
}

void Participant::take_at_browser(const Buffer& bytes, Time now) {
  AtBrowser input(*this, now);
  if (is_rtcp(bytes)) return rtcp::read(bytes, input);
  const std::uint32_t ssrc = read_u32(bytes, 8);
  for (const auto& receiver : receivers)
    if (receiver->owns(ssrc)) receiver->on_rtp(bytes, now);
}

SimSender::Options microphone(std::uint32_t ssrc, const SimClock& clock) {
  SimSender::Options options;
  options.kind = media::Kind::Audio;
  options.ssrc = ssrc;
  options.clock = clock;
  options.send_delay_jitter = std::chrono::milliseconds(2);
  options.first_report = std::chrono::milliseconds(2200);
  return options;
}

SimSender::Options camera(std::uint32_t ssrc, const SimClock& clock) {
  SimSender::Options options;
  options.kind = media::Kind::Video;
  options.ssrc = ssrc;
  options.rtx_ssrc = ssrc + 1;
  options.clock = clock;
  options.interval = std::chrono::microseconds(33333);
  options.packets_per_frame = 4;
  options.send_delay = std::chrono::milliseconds(8);
  options.send_delay_jitter = std::chrono::milliseconds(6);
  options.first_report = std::chrono::milliseconds(400);
  return options;
}

}  // namespace parley::forwarding::test
