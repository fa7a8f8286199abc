// From audio levels on packets to who has the floor: the meter of the shard and the room together.
#include "rooms/floor.hpp"

#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "forwarding/speech_meter.hpp"

namespace parley::server {
namespace {

using namespace std::chrono_literals;

constexpr Duration kPacket = 20ms;

/// A microphone: what level, in -dBov, each of its packets has.
using Microphone = std::function<int(Time)>;

class Table {
 public:
  void seat(const std::string& name, Microphone microphone) {
    seats_.push_back({ParticipantId(name), std::move(microphone), {}});
  }
  void pass(Duration length) {
    for (const Time end = now_ + length; now_ < end; now_ += kPacket)
      for (Seat& seat : seats_) {
        const auto level = static_cast<std::uint8_t>(seat.microphone(now_));
        const auto speech = seat.meter.on_level(level, now_);
        if (speech && speech->speaking) floor_.hear(seat.id, {speech->duty, speech->level}, now_);
      }
  }
  [[nodiscard]] std::string dominant() const { return floor_.dominant().str(); }
  [[nodiscard]] Time now() const { return now_; }

 private:
  struct Seat {
    ParticipantId id;
    Microphone microphone;
    forwarding::SpeechMeter meter;
  };
  std::vector<Seat> seats_;
  rooms::Floor floor_;
  Time now_{1h};
};

Microphone noise(int level) {
  return [level, random = std::mt19937(1)](Time) mutable {
    return level + std::uniform_int_distribution<int>(0, 4)(random);
  };
}

/// Speaks from `begin` on for `length`: syllables of a fifth of a second with short gaps between.
Microphone talker(Time begin, Duration length, int level = 25, int quiet = 68) {
  return [=, random = std::mt19937(2)](Time now) mutable {
    const bool speaks = now >= begin && now < begin + length;
    const bool gap = (now - begin) % 250ms >= 200ms || (now - begin) % 3s >= 2500ms;
    const int spread = std::uniform_int_distribution<int>(0, 8)(random);
    return speaks && !gap ? level + spread : quiet + spread / 2;
  };
}

TEST(FloorOfAudioLevels, GoesToWhoSpeaksWithinTwoSeconds) {
  Table table;
  table.seat("ann", talker(table.now() + 1s, 5s));
  table.seat("bob", talker(table.now() + 6s, 60s));
  table.pass(3s);
  EXPECT_EQ(table.dominant(), "ann");
  table.pass(5s);
  EXPECT_EQ(table.dominant(), "bob");
}

TEST(FloorOfAudioLevels, IsNotHeldByNoiseThatNeverPauses) {
  for (const int level : {25, 35, 45}) {
    Table table;
    table.seat("fan", noise(level));
    table.seat("ann", talker(table.now() + 15s, 60s, 30));
    table.pass(14s);
    table.pass(4s);
    EXPECT_EQ(table.dominant(), "ann") << level;
    table.pass(20s);
    EXPECT_EQ(table.dominant(), "ann") << level;
  }
}

TEST(FloorOfAudioLevels, IsTakenFromNoiseThatBeganWhileSomebodySpoke) {
  Table table;
  const Time began = table.now() + 5s;
  table.seat("ann", talker(table.now(), 60s, 30));
  table.seat("fan",
             [began, fan = noise(20)](Time now) mutable { return now < began ? 70 : fan(now); });
  table.pass(25s);
  EXPECT_EQ(table.dominant(), "ann");
}

TEST(FloorOfAudioLevels, IsNotTakenByACough) {
  Table table;
  table.seat("ann", talker(table.now(), 5s));
  const Time cough = table.now() + 20s;
  table.seat("bob", [cough](Time now) { return now >= cough && now < cough + 400ms ? 10 : 70; });
  table.pass(30s);
  EXPECT_EQ(table.dominant(), "ann");
}

TEST(FloorOfAudioLevels, IsTakenByAQuietMicrophoneThatIsTheOnlyOneToSpeak) {
  Table table;
  table.seat("ann", talker(table.now(), 5s, 20));
  table.seat("bob", talker(table.now() + 8s, 10s, 42, 75));
  table.pass(14s);
  EXPECT_EQ(table.dominant(), "bob");
}

}  // namespace
}  // namespace parley::server
