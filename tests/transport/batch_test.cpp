#include "transport/batch.hpp"

#include <algorithm>
#include <cstring>

#include <gmock/gmock.h>

namespace parley::transport {
namespace {

using ::testing::ElementsAre;

Path to(std::uint16_t port) {
  return {{*parse_ip("192.0.2.1"), port, 0}, {}};
}

class BatchTest : public ::testing::Test {
 protected:
  void add(Batch::Lane& lane, std::uint16_t port, std::size_t size, std::uint8_t mark = 0) {
    auto room = batch.reserve();
    std::fill_n(room.begin(), size, mark);
    batch.commit(lane, to(port), size);
  }
  /// Port and datagram sizes of every message.
  std::vector<std::pair<int, std::vector<std::size_t>>> shapes() {
    std::vector<std::pair<int, std::vector<std::size_t>>> result;
    for (const Outgoing& message : batch.take()) {
      std::vector<std::size_t> sizes;
      for (const iovec& part : message.datagrams) sizes.push_back(part.iov_len);
      result.emplace_back(message.path.remote.port, sizes);
    }
    return result;
  }
  using Shape = std::pair<int, std::vector<std::size_t>>;

  Batch batch;
  Batch::Lane a, b, c;
};

TEST_F(BatchTest, InterleavedDatagramsBecomeOneMessageADestination) {
  for (int i = 0; i < 3; ++i) {
    add(a, 1, 1000);
    add(b, 2, 1000);
  }
  EXPECT_THAT(shapes(), ElementsAre(Shape{1, {1000, 1000, 1000}}, Shape{2, {1000, 1000, 1000}}));
}

TEST_F(BatchTest, ASmallerDatagramEndsItsMessage) {
  for (const std::size_t size : {1000u, 1000u, 400u, 1000u, 1000u}) add(a, 1, size);
  EXPECT_THAT(shapes(), ElementsAre(Shape{1, {1000, 1000, 400}}, Shape{1, {1000, 1000}}));
}

TEST_F(BatchTest, ALargerDatagramStartsANewMessage) {
  for (const std::size_t size : {400u, 1000u, 1000u}) add(a, 1, size);
  EXPECT_THAT(shapes(), ElementsAre(Shape{1, {400}}, Shape{1, {1000, 1000}}));
}

TEST_F(BatchTest, OrderIsKeptWithinADestination) {
  for (std::uint8_t i = 0; i < 100; ++i) {
    add(a, 1, i % 7 + 1u, i);
    add(b, 2, 50, i);
  }
  std::vector<std::uint8_t> marks;
  for (const Outgoing& message : batch.take()) {
    if (message.path.remote.port != 1) continue;
    for (const iovec& part : message.datagrams)
      marks.push_back(*static_cast<const std::uint8_t*>(part.iov_base));
  }
  EXPECT_EQ(marks.size(), 100u);
  EXPECT_TRUE(std::ranges::is_sorted(marks));
}

TEST_F(BatchTest, AMessageHasNoMoreSegmentsThanTheKernelTakes) {
  for (int i = 0; i < 150; ++i) add(a, 1, 100);
  const auto result = shapes();
  ASSERT_EQ(result.size(), 3u);
  EXPECT_EQ(result[0].second.size(), Batch::kMaxSegments);
  EXPECT_EQ(result[2].second.size(), 150 - 2 * Batch::kMaxSegments);
}

TEST_F(BatchTest, AMessageIsNoLargerThanAnIpPacket) {
  for (int i = 0; i < 60; ++i) add(a, 1, 1400);
  for (const Outgoing& message : batch.take()) {
    std::size_t total = 0;
    for (const iovec& part : message.datagrams) total += part.iov_len;
    EXPECT_LE(total, Batch::kMaxMessage);
  }
}

TEST_F(BatchTest, AnEarlierRoundsLaneDoesNotReachIntoThisOne) {
  add(a, 1, 100);
  add(b, 2, 100);
  (void)batch.take();
  add(c, 3, 100);
  add(b, 2, 100);
  EXPECT_THAT(shapes(), ElementsAre(Shape{3, {100}}, Shape{2, {100}}));
  EXPECT_TRUE(batch.empty());
}

TEST_F(BatchTest, ANewLaneSendsElsewhere) {
  add(a, 1, 100);
  a = {};
  add(a, 9, 100);
  EXPECT_THAT(shapes(), ElementsAre(Shape{1, {100}}, Shape{9, {100}}));
}

TEST_F(BatchTest, HoldsAsManyOfTheLargestAsItSays) {
  while (!batch.full()) add(a, 1, Batch::kMaxDatagram, 7);
  std::size_t datagrams = 0;
  for (const Outgoing& message : batch.take()) {
    for (const iovec& part : message.datagrams) {
      const auto* bytes = static_cast<const std::uint8_t*>(part.iov_base);
      EXPECT_TRUE(std::all_of(bytes, bytes + part.iov_len, [](std::uint8_t x) { return x == 7; }));
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(bytes) % 8, 0u);
      ++datagrams;
    }
  }
  EXPECT_EQ(datagrams, Batch::kMaxDatagrams);
}

}  // namespace
}  // namespace parley::transport
