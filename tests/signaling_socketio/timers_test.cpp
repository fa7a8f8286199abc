#include "signaling/socketio/timers.hpp"

#include <string>

#include <gtest/gtest.h>

namespace parley::signaling::socketio {
namespace {

using std::chrono::milliseconds;

struct TimersTest : testing::Test {
  void wait(milliseconds time) {
    now += time;
    timers.run();
  }
  Time now{};
  Timers timers{[this] { return now; }};
  std::string ran;
};

TEST_F(TimersTest, TasksRunWhenTheyAreDueInTheirOrder) {
  const auto b = timers.after(milliseconds(20), [&] { ran += 'b'; });
  const auto a = timers.after(milliseconds(10), [&] { ran += 'a'; });
  EXPECT_EQ(timers.next(), now + milliseconds(10));
  wait(milliseconds(9));
  EXPECT_EQ(ran, "");
  wait(milliseconds(100));
  EXPECT_EQ(ran, "ab");
  EXPECT_EQ(timers.next(), Time::max());
}

TEST_F(TimersTest, AStoppedTaskDoesNotRun) {
  auto a = timers.after(milliseconds(1), [&] { ran += 'a'; });
  Timers::Timer b = timers.after(milliseconds(1), [&] { a.stop(); });
  b = timers.after(milliseconds(2), [&] { ran += 'b'; });
  a.stop();
  wait(milliseconds(5));
  EXPECT_EQ(ran, "b");
}

TEST_F(TimersTest, ATaskMayStopAndSetOthers) {
  Timers::Timer b;
  Timers::Timer c;
  const auto a = timers.after(milliseconds(1), [&] {
    ran += 'a';
    b.stop();
    c = timers.after(milliseconds(0), [&] { ran += 'c'; });
  });
  b = timers.after(milliseconds(2), [&] { ran += 'b'; });
  wait(milliseconds(5));
  EXPECT_EQ(ran, "a");
  wait(milliseconds(0));
  EXPECT_EQ(ran, "ac");
}

TEST_F(TimersTest, TheDriverIsToldOfAnEarlierTask) {
  int told = 0;
  timers.on_change([&] { ++told; });
  const auto a = timers.after(milliseconds(10), [] {});
  auto b = timers.after(milliseconds(20), [] {});
  EXPECT_EQ(told, 1);
  auto c = timers.after(milliseconds(5), [] {});
  EXPECT_EQ(told, 2);
  b.stop();
  EXPECT_EQ(told, 2);
  c.stop();
  EXPECT_EQ(told, 3);
}

TEST_F(TimersTest, ATimerMayOutliveItsTimers) {
  Timers::Timer timer;
  {
    Timers gone([] { return Time{}; });
    timer = gone.after(milliseconds(1), [] {});
  }
  timer.stop();
}

}  // namespace
}  // namespace parley::signaling::socketio
