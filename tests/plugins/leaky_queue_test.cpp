// What an isolator keeps and what it lets go.
#include "plugins/leaky_queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::plugins {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Time kStart{100s};

struct Reader {
  explicit Reader(QueueLimits limits) : queue(limits) {}
  std::vector<int> read_all() {
    std::vector<int> items;
    while (auto entry = queue.pop()) {
      items.push_back(entry->item);
      if (entry->after_gap) gaps.push_back(entry->item);
    }
    return items;
  }
  LeakyQueue<int> queue;
  std::vector<int> gaps;
};

TEST(LeakyQueue, GivesBackWhatWasPutInInOrder) {
  Reader reader({1000, 1s});
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(reader.queue.push(i, 10, i == 0, kStart));
  EXPECT_EQ(reader.queue.bytes(), 50u);
  EXPECT_THAT(reader.read_all(), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(reader.gaps, IsEmpty());
  EXPECT_EQ(reader.queue.counters().in, 5u);
  EXPECT_EQ(reader.queue.counters().out, 5u);
  EXPECT_EQ(reader.queue.counters().dropped, 0u);
}

TEST(LeakyQueue, DropsTheOldestUpToTheNextBoundary) {
  Reader reader({100, 1s});
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(reader.queue.push(i, 10, i % 4 == 0, kStart));
  EXPECT_TRUE(reader.queue.push(10, 10, false, kStart));
  EXPECT_THAT(reader.read_all(), ElementsAre(4, 5, 6, 7, 8, 9, 10));
  EXPECT_THAT(reader.gaps, ElementsAre(4));
  EXPECT_EQ(reader.queue.counters().dropped, 4u);
}

TEST(LeakyQueue, DropsEverythingUntilABoundaryComesWhereItHasNone) {
  Reader reader({50, 1s});
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(reader.queue.push(i, 10, i == 0, kStart));
  EXPECT_TRUE(reader.queue.push(5, 10, false, kStart));
  EXPECT_TRUE(reader.queue.empty());
  EXPECT_TRUE(reader.queue.push(6, 10, false, kStart)) << "nobody could begin with it";
  EXPECT_FALSE(reader.queue.push(7, 10, true, kStart));
  EXPECT_FALSE(reader.queue.push(8, 10, false, kStart));
  EXPECT_THAT(reader.read_all(), ElementsAre(7, 8));
  EXPECT_THAT(reader.gaps, ElementsAre(7));
  EXPECT_EQ(reader.queue.counters().dropped, 7u);
}

TEST(LeakyQueue, KeepsNothingThatIsTooOld) {
  Reader reader({1000, 2s});
  for (int i = 0; i < 10; ++i)
    static_cast<void>(reader.queue.push(i, 10, true, kStart + i * 500ms));
  EXPECT_THAT(reader.read_all(), ElementsAre(5, 6, 7, 8, 9));
}

TEST(LeakyQueue, TakesNothingLargerThanItself) {
  Reader reader({50, 1s});
  EXPECT_TRUE(reader.queue.push(0, 51, true, kStart));
  EXPECT_TRUE(reader.queue.empty());
  EXPECT_EQ(reader.queue.bytes(), 0u);
}

}  // namespace
}  // namespace parley::plugins
