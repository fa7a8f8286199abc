#include "support/glib/main_loop.hpp"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace parley {
namespace {

TEST(MainLoop, RunsPostedTasksInOrderOnTheMainThread) {
  MainLoop loop;
  std::vector<int> ran;
  std::thread poster([&] {
    for (int i = 0; i < 100; ++i)
      loop.post([&, i] {
        EXPECT_TRUE(loop.on_main_thread());
        ran.push_back(i);
      });
    loop.post([&] { loop.quit(); });
  });
  loop.run();
  poster.join();
  ASSERT_EQ(ran.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(ran[static_cast<std::size_t>(i)], i);
}

TEST(Timer, EndsWithItsHolder) {
  MainLoop loop;
  int fired = 0;
  {
    Timer timer = Timer::every(std::chrono::milliseconds(1), [&] { ++fired; });
  }
  Timer stop = Timer::once(std::chrono::milliseconds(20), [&] { loop.quit(); });
  loop.run();
  EXPECT_EQ(fired, 0);
  EXPECT_FALSE(stop.running());
}

TEST(Timer, MayStopItselfFromItsOwnTask) {
  MainLoop loop;
  int fired = 0;
  Timer timer;
  timer = Timer::every(std::chrono::milliseconds(1), [&] {
    ++fired;
    timer.stop();
    loop.quit();
  });
  loop.run();
  EXPECT_EQ(fired, 1);
}

}  // namespace
}  // namespace parley
