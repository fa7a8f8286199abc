// What strangers write into Engine.IO: payloads, frames, queries, and whole sessions. The first
// byte chooses the protocol version and whether the rest is binary.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "signaling/socketio/engine_request.hpp"
#include "signaling/socketio/engine_session.hpp"

namespace sio = parley::signaling::socketio;

namespace {

/// Whatever was understood is written and read again as the same.
void round_trip(bool binary, std::string_view data, sio::Version version) {
  const auto packets = sio::decode_payload(binary, data, version, 64);
  if (!packets) return;
  for (const bool base64 : {false, true}) {
    const sio::Payload again = sio::encode_payload(*packets, version, base64);
    const auto read = sio::decode_payload(again.binary, again.data, version, 64);
    if (!packets->empty() && (!read || *read != *packets)) std::abort();
  }
}

/// Any order of events leaves a session that is alive or ended, and says so once.
void drive(sio::Version version, std::string_view data) {
  const sio::EngineSettings settings{.buffered_packets = 16};
  parley::Time now{};
  sio::EngineSession session("sid", version, {}, false, settings, now);
  int ended = 0;
  bool polled = true;
  const auto look = [&](const sio::Actions& actions) {
    for (const sio::Action& action : actions) {
      if (ended > 0) std::abort();
      if (std::holds_alternative<sio::action::Ended>(action)) ++ended;
      if (std::holds_alternative<sio::action::AnswerPoll>(action)) {
        if (!polled) std::abort();
        polled = false;
      }
    }
  };
  look(session.flush(now));
  for (std::size_t at = 0; at + 1 < data.size() && !session.ended(); at += 2) {
    const std::string_view body = data.substr(at + 1, 5);
    switch (data[at] % 8) {
      case 0:
        if (!session.polling()) break;
        polled = true;
        look(session.poll(now));
        break;
      case 1:
        if (session.polling()) look(session.post(false, body, now).actions);
        break;
      case 2:
        look(session.channel_opened(1, false, now));
        break;
      case 3:
        look(session.channel_received(1, false, body, now));
        break;
      case 4:
        look(session.channel_gone(1));
        break;
      case 5:
        now += std::chrono::seconds(static_cast<unsigned char>(data[at + 1]));
        look(session.tick(now));
        break;
      case 6:
        session.send(sio::Message::text("x"));
        look(session.flush(now));
        break;
      default:
        if (static_cast<unsigned char>(data[at + 1]) > 200)
          look(session.close(sio::CloseReason::ForcedClose, now));
    }
  }
  if (session.ended() != (ended == 1)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const sio::Version version = (data[0] & 1) != 0 ? sio::Version::V3 : sio::Version::V4;
  const bool binary = (data[0] & 2) != 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  round_trip(binary, text, version);
  drive(version, text);
  (void)sio::classify("GET", sio::parse_query(text), binary, sio::SessionState::Polling);
  return 0;
}
