// The client's ICE against the server's, and its DTLS against itself.
#include <deque>
#include <vector>

#include <gmock/gmock.h>

#include "load/net/dtls.hpp"
#include "load/net/ice_client.hpp"
#include "load/net/impairment.hpp"
#include "transport/ice_lite.hpp"

namespace parley::load {
namespace {

using namespace std::chrono_literals;
using transport::Address;
namespace stun = transport::stun;

constexpr Time kStart{1h};
const IceCredentials kClient{"client", "the-password-of-the-client"};
const IceCredentials kServer{"server", "the-password-of-the-server"};

Address at(std::uint16_t port) {
  return {*transport::parse_ip("127.0.0.1"), port, 0};
}

/// A network of a client and servers at some of the addresses it tries.
class IceTest : public testing::Test, public IceOutput {
 protected:
  void send_check(const Address& to, std::span<const std::uint8_t> datagram) override {
    sent.push_back({to, {datagram.begin(), datagram.end()}});
  }
  void start(std::vector<Address> candidates) {
    server.set_local(kServer.ufrag, kServer.password);
    client.start(kServer, candidates, IceRole::Controlling, now);
  }
  /// Time goes by, and checks to `reachable` are answered.
  void run(Duration time, const std::vector<Address>& reachable) {
    for (const Time end = now + time; now < end; now += 5ms) {
      client.tick(now, *this);
      while (!sent.empty()) {
        const Sent check = sent.front();
        sent.pop_front();
        ++checks;
        if (std::ranges::find(reachable, check.to) == reachable.end()) continue;
        std::array<std::uint8_t, stun::kMaxResponse> response;
        const auto message = stun::parse(check.datagram);
        ASSERT_TRUE(message);
        const transport::Path path{at(5000), check.to.ip};
        const auto outcome = server.on_request(check.datagram, *message, path, now, response);
        client.on_datagram(std::span(response).first(outcome.response), check.to, now, *this);
      }
    }
  }

  struct Sent {
    Address to;
    std::vector<std::uint8_t> datagram;
  };
  IceClient client{kClient, 1};
  transport::IceLite server;
  std::deque<Sent> sent;
  Time now = kStart;
  std::size_t checks = 0;
};

TEST_F(IceTest, NominatesTheAddressThatAnswers) {
  start({at(1), at(2)});
  run(200ms, {at(2)});
  EXPECT_EQ(client.state(), IceClient::State::Connected);
  EXPECT_EQ(client.selected(), at(2));
  EXPECT_EQ(server.state(), transport::IceLite::State::Connected);
}

TEST_F(IceTest, ConnectsThroughLossByAskingAgain) {
  start({at(1)});
  run(500ms, {});
  EXPECT_EQ(client.state(), IceClient::State::Checking);
  run(2s, {at(1)});
  EXPECT_EQ(client.state(), IceClient::State::Connected);
}

TEST_F(IceTest, GivesUpWhenNothingAnswers) {
  start({at(1), at(2)});
  run(20s, {});
  EXPECT_EQ(client.state(), IceClient::State::Failed);
}

TEST_F(IceTest, KeepsTheServersConsentAndLosesItsOwnWithoutAnswers) {
  start({at(1)});
  run(60s, {at(1)});
  EXPECT_EQ(client.state(), IceClient::State::Connected);
  EXPECT_FALSE(server.expire(now));
  EXPECT_LT(checks, 25u) << "one check in four seconds";
  run(40s, {});
  EXPECT_EQ(client.state(), IceClient::State::Failed);
}

TEST_F(IceTest, IgnoresAnswersUnderAnotherPassword) {
  server.set_local(kServer.ufrag, kServer.password);
  client.start({kServer.ufrag, "some-other-password-entirely"}, {at(1)}, IceRole::Controlling, now);
  run(1s, {at(1)});
  EXPECT_EQ(client.state(), IceClient::State::Checking);
}

TEST_F(IceTest, FollowsAControllingServersNomination) {
  client.start(kServer, {at(1)}, IceRole::Controlled, now);
  IceClient full{kServer, 2};
  struct Wire final : IceOutput {
    void send_check(const Address&, std::span<const std::uint8_t> datagram) override {
      queue.push_back({datagram.begin(), datagram.end()});
    }
    std::deque<std::vector<std::uint8_t>> queue;
  } to_server, to_client;
  full.start(kClient, {at(5000)}, IceRole::Controlling, now);
  for (int i = 0; i < 100; ++i, now += 5ms) {
    client.tick(now, to_server);
    full.tick(now, to_client);
    for (; !to_server.queue.empty(); to_server.queue.pop_front())
      full.on_datagram(to_server.queue.front(), at(5000), now, to_client);
    for (; !to_client.queue.empty(); to_client.queue.pop_front())
      client.on_datagram(to_client.queue.front(), at(1), now, to_server);
  }
  EXPECT_EQ(client.selected(), at(1));
  EXPECT_EQ(full.selected(), at(5000));
}

/// One end of a DTLS connection whose datagrams wait to be carried over.
class DtlsEnd final : public DtlsOutput {
 public:
  DtlsEnd(const std::shared_ptr<const DtlsIdentity>& identity, DtlsRole role)
      : session(identity, role, *this) {}
  void send_records(std::span<const std::uint8_t> datagram) override {
    queue.push_back({datagram.begin(), datagram.end()});
  }
  std::deque<std::vector<std::uint8_t>> queue;
  DtlsSession session;
};

class DtlsTest : public testing::Test {
 protected:
  void carry() {
    while (!client.queue.empty() || !server.queue.empty()) {
      carry(client, server);
      carry(server, client);
    }
  }
  void carry(DtlsEnd& from, DtlsEnd& to) {
    for (; !from.queue.empty(); from.queue.pop_front()) {
      largest = std::max(largest, from.queue.front().size());
      to.session.on_datagram(from.queue.front());
    }
  }
  std::shared_ptr<const DtlsIdentity> identity = DtlsIdentity::make().value();
  std::shared_ptr<const DtlsIdentity> other = DtlsIdentity::make().value();
  DtlsEnd client{identity, DtlsRole::Client}, server{other, DtlsRole::Server};
  std::size_t largest = 0;
};

TEST_F(DtlsTest, GivesBothEndsTheSameKeysTheOtherWayRound) {
  client.session.start();
  carry();
  const auto ours = client.session.keys(), theirs = server.session.keys();
  ASSERT_TRUE(ours && theirs);
  EXPECT_EQ(ours->send, theirs->receive);
  EXPECT_EQ(ours->receive, theirs->send);
  EXPECT_NE(ours->send, ours->receive);
  EXPECT_LE(largest, DtlsSession::kMtu);
}

TEST_F(DtlsTest, KnowsThePeerByItsFingerprint) {
  client.session.start();
  carry();
  EXPECT_TRUE(client.session.peer_has({other->fingerprint()}));
  EXPECT_FALSE(client.session.peer_has({identity->fingerprint()}));
  EXPECT_FALSE(client.session.peer_has({"sha-256"}));
}

TEST_F(DtlsTest, RepeatsAFlightThatWasLost) {
  client.session.start();
  client.queue.clear();
  const auto timeout = client.session.timeout();
  ASSERT_TRUE(timeout);
  EXPECT_LE(*timeout, 200ms);
}

TEST_F(DtlsTest, TellsThatThePeerLeft) {
  client.session.start();
  carry();
  server.session.close();
  carry();
  EXPECT_EQ(client.session.state(), DtlsSession::State::Closed);
}

TEST_F(DtlsTest, SurvivesGarbage) {
  client.session.start();
  client.session.on_datagram(std::vector<std::uint8_t>(100, 22));
  carry();
  EXPECT_EQ(client.session.state(), DtlsSession::State::Connected);
}

TEST(Impairment, LosesTheShareItIsAskedTo) {
  Dice dice(1);
  int lost = 0;
  for (int i = 0; i < 10'000; ++i) lost += dice.draw({.loss = 0.05}) ? 0 : 1;
  EXPECT_NEAR(lost, 500, 100);
}

TEST(Impairment, DelaysByTheDelayAndUpToTheJitter) {
  Dice dice(1);
  Duration least = 1s, most{};
  for (int i = 0; i < 1000; ++i) {
    const Duration delay = dice.draw({.delay = 50ms, .jitter = 20ms}).value();
    least = std::min(least, delay);
    most = std::max(most, delay);
  }
  EXPECT_GE(least, 50ms);
  EXPECT_LE(most, 70ms);
  EXPECT_GT(most - least, 18ms);
}

}  // namespace
}  // namespace parley::load
