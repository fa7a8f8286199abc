// What a Transport takes from the machine, and that it gives it back.
#include <atomic>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include <dirent.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include "tests/transport/support/transport_fixture.hpp"

namespace parley::transport::testing {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> open_files() {
  std::vector<std::string> targets;
  DIR* directory = opendir("/proc/self/fd");
  while (const dirent* entry = readdir(directory)) {
    std::array<char, 256> target{};
    const std::string path = std::string("/proc/self/fd/") + entry->d_name;
    if (readlink(path.c_str(), target.data(), target.size() - 1) > 0)
      targets.emplace_back(target.data());
  }
  closedir(directory);
  return targets;
}

/// The ports of this process' UDP sockets, by /proc/net/udp and udp6.
std::set<int> own_udp_ports() {
  std::set<std::string> own;
  for (const std::string& target : open_files()) own.insert(target);
  std::set<int> ports;
  for (const auto* table : {"/proc/self/net/udp", "/proc/self/net/udp6"}) {
    std::ifstream file(table);
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
      std::istringstream fields(line);
      std::string slot, local, skipped, inode;
      fields >> slot >> local;
      for (int i = 0; i < 7; ++i) fields >> skipped;
      fields >> inode;
      if (own.contains("socket:[" + inode + "]"))
        ports.insert(std::stoi(local.substr(local.rfind(':') + 1), nullptr, 16));
    }
  }
  return ports;
}

class TransportLife : public TransportTest {
 protected:
  TransportLife() : TransportTest(2) {}
};

TEST_F(TransportLife, TheProcessHasExactlyOneUdpPort) {
  EXPECT_THAT(own_udp_ports(), ElementsAre(transport->port()));
  for (unsigned i = 0; i < 10; ++i) (void)join(i % 2);
  EXPECT_THAT(own_udp_ports(), ElementsAre(transport->port()));
}

TEST_F(TransportLife, AThousandConnectionsLeaveNothingBehind) {
  static std::atomic<int> alive = 0;
  const auto track = [](gpointer object) {
    ++alive;
    g_object_weak_ref(
        G_OBJECT(object), [](gpointer, GObject*) { --alive; }, nullptr);
  };
  const std::size_t files = open_files().size();
  TestPeer client = peer();
  const std::size_t with_client = open_files().size();
  for (unsigned i = 0; i < 1000; ++i) {
    Member member = join(i % 2);
    for (gpointer object :
         std::initializer_list<gpointer>{member.agent.get(), member.stream, member.ice.get(),
                                         member.ice.get()->src, member.ice.get()->sink})
      track(object);
    EXPECT_TRUE(i % 10 != 0 || client.connect(member.credentials));
    transport->set_key(member.id, Direction::Send, make_key(i));
    transport->set_key(member.id, Direction::Receive, make_key(i));
    transport->close(member.id);
    if (i % 10 == 0) {  // until the address is free again on both shards
      on_shard(i % 2, [](Shard&) {});
      on_shard(1 - i % 2, [](Shard&) {});
    }
  }
  EXPECT_TRUE(eventually([] { return alive == 0; })) << alive << " objects are left";
  EXPECT_EQ(transport->counters().connections, 0u);
  EXPECT_EQ(open_files().size(), with_client);
  EXPECT_GT(with_client, files);
}

TEST_F(TransportLife, EndsWithConnectionsOpen) {
  Member member = join(1);
  TestPeer client = peer();
  ASSERT_TRUE(client.connect(member.credentials));
  transport.reset();
  // webrtcbin may outlive it.
  const auto again = Ref<GstWebRTCICETransport>::adopt(gst_webrtc_ice_find_transport(
      member.agent.get(), member.stream, GST_WEBRTC_ICE_COMPONENT_RTP));
  EXPECT_EQ(again, member.ice);
  EXPECT_TRUE(own_udp_ports().contains(client.port()));
  EXPECT_EQ(own_udp_ports().size(), 1u);
}

TEST_F(TransportLife, TasksRunInTheOrderTheyWerePosted) {
  std::vector<int> order;
  for (int i = 0; i < 1000; ++i) transport->post(1, [&order, i](Shard&) { order.push_back(i); });
  on_shard(1, [](Shard&) {});
  EXPECT_EQ(order.size(), 1000u);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST_F(TransportLife, ManyThreadsMayUseItAtOnce) {
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      TestPeer client = peer();
      for (int i = 0; i < 25; ++i) {
        Member member = join(t % 2);
        EXPECT_TRUE(client.connect(member.credentials));
        transport->set_key(member.id, Direction::Send, make_key(t));
        (void)transport->counters();
        transport->close(member.id);
        on_shard(t % 2, [](Shard&) {});
        on_shard(1 - t % 2, [](Shard&) {});
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(transport->counters().connections, 0u);
}

TEST(TransportOpen, ABusyPortIsAnErrorThatSaysHowToMendIt) {
  gst_init(nullptr, nullptr);
  RecordingListener listener;
  const auto first = Transport::open({.port = 0, .announce = {}, .threads = 2}, 0, listener);
  ASSERT_TRUE(first);
  const auto second =
      Transport::open({.port = (*first)->port(), .announce = {}, .threads = 2}, 0, listener);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "port_in_use");
  EXPECT_NE(second.error().message.find("--rtc-port"), std::string::npos);
}

TEST(TransportOpen, ABadAnnouncementIsAnError) {
  RecordingListener listener;
  const auto transport =
      Transport::open({.port = 0, .announce = {"nonsense"}, .threads = 1}, 0, listener);
  ASSERT_FALSE(transport);
  EXPECT_EQ(transport.error().code, "bad_announce");
}

}  // namespace
}  // namespace parley::transport::testing
