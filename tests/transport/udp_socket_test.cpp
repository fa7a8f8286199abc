#include "transport/udp_socket.hpp"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <poll.h>

namespace parley::transport {
namespace {

using Bytes = std::vector<std::uint8_t>;

struct Received {
  Bytes bytes;
  Path path;
};

std::vector<Received> receive_all(UdpSocket& socket, std::size_t expected) {
  std::vector<Received> all;
  std::vector<Bytes> rooms(UdpSocket::kReceiveBatch, Bytes(2048));
  std::vector<ReceiveSlot> slots(rooms.size());
  for (std::size_t i = 0; i < slots.size(); ++i) slots[i].room = rooms[i];
  pollfd wait{socket.fd(), POLLIN, 0};
  while (all.size() < expected && poll(&wait, 1, 2000) == 1) {
    const std::size_t n = socket.receive(slots);
    for (std::size_t i = 0; i < n; ++i)
      all.push_back(
          {Bytes(rooms[i].begin(), rooms[i].begin() + static_cast<std::ptrdiff_t>(slots[i].size)),
           slots[i].path});
  }
  return all;
}

Path loopback(std::string_view ip, std::uint16_t port) {
  return {{*parse_ip(ip), port, 0}, {}};
}

UdpSocket bound(std::uint16_t port = 0) {
  auto socket = UdpSocket::bind(port);
  EXPECT_TRUE(socket) << socket.error().message;
  return std::move(socket).value();
}

class UdpSocketTest : public ::testing::TestWithParam<bool> {};

TEST_P(UdpSocketTest, ABatchArrivesDatagramByDatagram) {
  UdpSocket sender = bound(), one = bound(), two = bound();
  if (!GetParam()) sender.disable_segmentation();
  Batch batch;
  Batch::Lane lane_one, lane_two;
  for (std::uint8_t i = 0; i < 100; ++i) {
    const std::size_t size = i % 10 == 9 ? 300 : 1100;
    std::fill_n(batch.reserve().begin(), size, i);
    batch.commit(lane_one, loopback("127.0.0.1", one.port()), size);
    std::fill_n(batch.reserve().begin(), size, i);
    batch.commit(lane_two, loopback("::1", two.port()), size);
  }
  const auto sent = sender.send(batch.take());
  EXPECT_EQ(sent.datagrams, 200u);
  EXPECT_EQ(sent.failed, 0u);
  for (UdpSocket* socket : {&one, &two}) {
    const auto received = receive_all(*socket, 100);
    ASSERT_EQ(received.size(), 100u);
    for (std::size_t i = 0; i < received.size(); ++i) {
      EXPECT_EQ(received[i].bytes, Bytes(i % 10 == 9 ? 300 : 1100, static_cast<std::uint8_t>(i)));
      EXPECT_EQ(received[i].path.remote.port, sender.port());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Gso, UdpSocketTest, ::testing::Bool(),
                         [](const auto& gso) { return gso.param ? "ByTheKernel" : "WithoutIt"; });

TEST(UdpSocket, AnswersLeaveFromTheAddressThatWasSpokenTo) {
  UdpSocket server = bound(), client = bound();
  for (const auto* ip : {"127.0.0.1", "127.0.0.2", "::1"}) {
    const Bytes hello{1, 2, 3};
    ASSERT_TRUE(client.send_one(loopback(ip, server.port()), hello));
    const auto request = receive_all(server, 1);
    ASSERT_EQ(request.size(), 1u);
    EXPECT_EQ(to_string(request[0].path.local), ip);
    ASSERT_TRUE(server.send_one(request[0].path, hello));
    const auto answer = receive_all(client, 1);
    ASSERT_EQ(answer.size(), 1u);
    EXPECT_EQ(to_string(answer[0].path.remote.ip), ip);
  }
}

TEST(UdpSocket, ATooLargeDatagramHasNoSize) {
  UdpSocket server = bound(), client = bound();
  ASSERT_TRUE(client.send_one(loopback("127.0.0.1", server.port()), Bytes(4000)));
  ASSERT_TRUE(client.send_one(loopback("127.0.0.1", server.port()), Bytes(10)));
  const auto received = receive_all(server, 2);
  ASSERT_EQ(received.size(), 2u);
  EXPECT_TRUE(received[0].bytes.empty());
  EXPECT_EQ(received[1].bytes.size(), 10u);
}

TEST(UdpSocket, AnUnreachableDestinationDoesNotHinderTheOthers) {
  UdpSocket sender = bound(), receiver = bound();
  Batch batch;
  Batch::Lane nowhere, lane;
  const Path unreachable{{*parse_ip("127.0.0.1"), 9, 0},
                         *parse_ip("203.0.113.99")};  // not an address of ours
  for (int i = 0; i < 4; ++i) {
    (void)batch.reserve();
    batch.commit(nowhere, unreachable, 100);
    (void)batch.reserve();
    batch.commit(lane, loopback("127.0.0.1", receiver.port()), 100);
  }
  const auto sent = sender.send(batch.take());
  EXPECT_EQ(sent.datagrams, 4u);
  EXPECT_EQ(sent.failed, 4u);
  EXPECT_TRUE(sender.segments()) << "one bad destination is no reason to give up GSO";
  EXPECT_EQ(receive_all(receiver, 4).size(), 4u);
}

TEST(UdpSocket, APortInUseIsSaidSo) {
  UdpSocket first = bound();
  const auto second = UdpSocket::bind(first.port());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "port_in_use");
  EXPECT_NE(second.error().message.find(std::to_string(first.port())), std::string::npos);
}

TEST(UdpSocket, APortThatIsSharedWithinIsStillInUseForOthers) {
  UdpSocket first = bound();
  auto joined = first.join();
  ASSERT_TRUE(joined) << joined.error().message;
  EXPECT_EQ(joined->port(), first.port());
  EXPECT_FALSE(UdpSocket::bind(first.port()));
}

TEST(UdpSocket, JoinedSocketsGetWhatComesInBetweenThem) {
  UdpSocket first = bound();
  auto second = first.join();
  ASSERT_TRUE(second);
  std::vector<UdpSocket> clients;
  for (int i = 0; i < 32; ++i) {
    clients.push_back(bound());
    ASSERT_TRUE(clients.back().send_one(loopback("127.0.0.1", first.port()), Bytes(10)));
  }
  const std::size_t a = receive_all(first, 1).size(), b = receive_all(*second, 1).size();
  EXPECT_GT(a, 0u);
  EXPECT_GT(b, 0u);
}

}  // namespace
}  // namespace parley::transport
