// A room on fake time, spoken to in one line per input.
#pragma once

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rooms/room.hpp"
#include "tests/rooms/support/script.hpp"

namespace parley::rooms::test {

using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

inline Subscription wish(const std::string& track, bool paused = false, std::string layer = {}) {
  return {TrackId(track), paused, std::move(layer)};
}
inline Subscription pin(const std::string& track, bool pinned = true) {
  return {TrackId(track), false, {}, pinned};
}

class Meeting {
 public:
  explicit Meeting(Limits limits = {}, Settings settings = {})
      : room(RoomId("room"), limits, settings) {}

  /// What the last input brought about, effect by effect.
  std::vector<Effect> effects;

  Script apply(const Input& input) {
    effects = room.apply(input, now);
    return script(effects);
  }
  Script after(Duration passed) {
    now += passed;
    return apply(Tick{});
  }

  Script join(const std::string& who, bool subscribe_all = true) {
    return apply(Join{next(), ParticipantId(who), who, "token of " + who, subscribe_all});
  }
  Script join_as(const std::string& who, const std::string& name) {
    return apply(Join{next(), ParticipantId(who), name, "token of " + who});
  }
  /// Without a token: its seat is not kept.
  Script join_for_now(const std::string& who) {
    return apply(Join{next(), ParticipantId(who), who, "", false});
  }
  Script resume(const std::string& who, bool media_alive) {
    return resume(who, media_alive, "token of " + who);
  }
  Script resume(const std::string& who, bool media_alive, const std::string& token) {
    return apply(Resume{next(), ParticipantId(who), token, media_alive});
  }
  Script leave(const std::string& who) { return apply(Leave{next(), ParticipantId(who)}); }
  Script lose_signaling(const std::string& who) { return apply(SignalingLost{ParticipantId(who)}); }
  Script lose_transport(const std::string& who) {
    return apply(TransportLost{ParticipantId(who), "consent_expired"});
  }
  Script publish(const std::string& who, const std::string& track, Source source = Source::Camera,
                 bool muted = false) {
    return apply(Publish{next(), ParticipantId(who), TrackId(track), source, muted});
  }
  Script appear(const std::string& who, const std::string& track,
                const std::string& codec = "VP8") {
    return apply(TrackAppeared{ParticipantId(who), TrackId(track), codec});
  }
  /// Publishes a track and has it negotiated.
  Script live(const std::string& who, const std::string& track, Source source = Source::Camera) {
    publish(who, track, source);
    return appear(who, track, kind_of(source) == Kind::Audio ? "opus" : "VP8");
  }
  Script refuse(const std::string& who, const std::string& track) {
    return apply(TrackRefused{ParticipantId(who), TrackId(track)});
  }
  Script unpublish(const std::string& who, const std::string& track) {
    return apply(Unpublish{next(), ParticipantId(who), TrackId(track)});
  }
  Script mute(const std::string& who, const std::string& track, bool muted = true) {
    return apply(Mute{next(), ParticipantId(who), TrackId(track), muted});
  }
  Script subscribe(const std::string& who, std::vector<Subscription> subscriptions,
                   bool wanted = true) {
    return apply(Subscribe{next(), ParticipantId(who), std::move(subscriptions), wanted});
  }
  Script unsubscribe(const std::string& who, const std::string& track) {
    return subscribe(who, {wish(track)}, false);
  }
  Script speak(const std::string& who, const std::string& track, bool speaking = true) {
    return apply(Speaking{ParticipantId(who), TrackId(track), speaking});
  }
  /// Speech as reports tell of it, five times a second. What came of it all.
  Script talk(const std::string& who, const std::string& track, Duration length, double duty = 0.7,
              double level = 25) {
    Script all;
    for (const Time end = now + length; now < end;) {
      now += kReport;
      const Script lines = apply(Speaking{ParticipantId(who), TrackId(track), true, duty, level});
      all.insert(all.end(), lines.begin(), lines.end());
    }
    return all;
  }
  Script last_n(std::size_t n) { return apply(Configure{{.last_n = n}}); }
  Script chat(const std::string& who, const std::string& text) {
    const RequestId request = next();
    return apply(
        Chat{request, ParticipantId(who), "m" + std::to_string(request), text, WallTime{}});
  }
  Script remove(const std::string& who) { return apply(Remove{next(), ParticipantId(who)}); }
  Script close() { return apply(Close{next()}); }

  /// The error of the last input's Answer.
  [[nodiscard]] Error error() const {
    for (const Effect& effect : effects)
      if (const auto* answer = std::get_if<Answer>(&effect);
          answer != nullptr && !answer->reply.ok())
        return answer->reply.error();
    return {};
  }
  /// The last input's reply to a Join or Resume.
  [[nodiscard]] reply::Joined joined() const {
    for (const Effect& effect : effects)
      if (const auto* answer = std::get_if<Answer>(&effect);
          answer != nullptr && answer->reply.ok())
        if (const auto* reply = std::get_if<reply::Joined>(&answer->reply.value())) return *reply;
    return {};
  }

  static constexpr Duration kReport = std::chrono::milliseconds(200);
  Room room;
  Time now{};

 private:
  RequestId next() { return ++requests_; }
  RequestId requests_ = 0;
};

}  // namespace parley::rooms::test
