#include "forwarding/packet_cache.hpp"

#include <gtest/gtest.h>

#include "tests/forwarding/support/peers.hpp"

namespace parley::forwarding::test {
namespace {

TEST(PacketCache, KeepsWhatWasPut) {
  PacketCache cache;
  const Buffer packet{1, 2, 3};
  cache.put(70000, packet, kStart);
  const Bytes found = cache.find(70000, kStart);
  EXPECT_EQ(Buffer(found.begin(), found.end()), packet);
  EXPECT_TRUE(cache.find(70001, kStart).empty());
  EXPECT_TRUE(cache.find(70000 - 65536, kStart).empty());
}

TEST(PacketCache, ForgetsByAge) {
  PacketCache cache;
  cache.put(1, Buffer{1}, kStart);
  EXPECT_FALSE(cache.find(1, kStart + PacketCache::kMaxAge).empty());
  EXPECT_TRUE(cache.find(1, kStart + PacketCache::kMaxAge + 1ms).empty());
}

TEST(PacketCache, NeverGivesOverwrittenBytes) {
  PacketCache cache(1000);
  for (std::int64_t sequence = 0; sequence < 500; ++sequence) {
    const Buffer packet(static_cast<std::size_t>(1 + sequence * 37 % 190),
                        static_cast<std::uint8_t>(sequence));
    cache.put(sequence, packet, kStart);
    std::size_t kept = 0;
    for (std::int64_t earlier = 0; earlier <= sequence; ++earlier) {
      const Bytes found = cache.find(earlier, kStart);
      kept += found.size();
      for (const std::uint8_t byte : found) ASSERT_EQ(byte, static_cast<std::uint8_t>(earlier));
    }
    ASSERT_LE(kept, 1000U);
    ASSERT_FALSE(cache.find(sequence, kStart).empty());
  }
}

TEST(PacketCache, TakesNothingThatIsLargerThanItself) {
  PacketCache cache(10);
  cache.put(1, Buffer(11), kStart);
  EXPECT_TRUE(cache.find(1, kStart).empty());
  cache.put(2, Buffer(10, 7), kStart);
  EXPECT_EQ(cache.find(2, kStart).size(), 10U);
}

TEST(PacketCache, IsEmptyAfterClear) {
  PacketCache cache;
  cache.put(1, Buffer{1}, kStart);
  cache.clear();
  EXPECT_TRUE(cache.find(1, kStart).empty());
}

}  // namespace
}  // namespace parley::forwarding::test
