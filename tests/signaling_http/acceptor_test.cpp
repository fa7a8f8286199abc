#include "signaling/http/acceptor.hpp"

#include <deque>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "signaling/http/tls.hpp"
#include "support/main_context.hpp"
#include "support/raw_client.hpp"

namespace parley::signaling::http {
namespace {

using std::chrono::milliseconds;
using testing::StartsWith;

class AcceptorTest : public testing::Test {
 protected:
  void listen(Ref<GTlsCertificate> certificate = {}) {
    acceptor_ = Acceptor::listen("127.0.0.1", 0, limits_, std::move(certificate),
                                 [this](Ref<GIOStream> stream, GSocketAddress*, GSocketAddress*) {
                                   streams_.push_back(std::move(stream));
                                 })
                    .value();
  }
  std::unique_ptr<RawClient> connect() { return std::make_unique<RawClient>(acceptor_->port()); }
  bool accepted(std::size_t count) {
    return run_until([&] { return streams_.size() == count; }, milliseconds(2000));
  }

  ConnectionLimits limits_;
  std::unique_ptr<Acceptor> acceptor_;
  std::deque<Ref<GIOStream>> streams_;
};

TEST(ClientKey, IsTheIpv4AddressOrTheIpv6Prefix) {
  const auto key = [](const char* text) {
    const auto address = Ref<GInetAddress>::adopt(g_inet_address_new_from_string(text));
    return client_key(address.get());
  };
  EXPECT_EQ(key("192.0.2.1"), key("192.0.2.1"));
  EXPECT_NE(key("192.0.2.1"), key("192.0.2.2"));
  EXPECT_EQ(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
  EXPECT_NE(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
}

TEST_F(AcceptorTest, ConnectionsBeyondTheLimitAreTurnedAwayUntilOthersEnd) {
  limits_.per_address = 2;
  listen();
  const auto one = connect();
  const auto two = connect();
  ASSERT_TRUE(accepted(2));
  EXPECT_EQ(acceptor_->connections(), 2u);
  const auto three = connect();
  EXPECT_TRUE(three->wait_for_close());
  EXPECT_THAT(three->received(), StartsWith("HTTP/1.1 503 "));
  streams_.pop_front();
  EXPECT_EQ(acceptor_->connections(), 1u);
  const auto four = connect();
  EXPECT_TRUE(accepted(2));
}

TEST_F(AcceptorTest, AllAddressesTogetherHaveALimitToo) {
  limits_.total = 1;
  listen();
  const auto one = connect();
  ASSERT_TRUE(accepted(1));
  EXPECT_TRUE(connect()->wait_for_close());
}

TEST_F(AcceptorTest, RunningOutOfDescriptorsEndsNothing) {
  listen();
  const auto waiting = connect();
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const int next = dup(0);
  close(next);
  rlimit none = before;
  none.rlim_cur = static_cast<rlim_t>(next);
  setrlimit(RLIMIT_NOFILE, &none);
  run_for(milliseconds(150));
  EXPECT_TRUE(streams_.empty());
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_TRUE(accepted(1));
  const auto later = connect();
  EXPECT_TRUE(accepted(2));
}

TEST_F(AcceptorTest, TlsHandshakeThatStallsIsGivenUpAndDoesNotHoldOthers) {
  limits_.handshake = std::chrono::seconds(1);
  listen(self_signed_certificate({}).value());
  const auto stalled = connect();
  const auto half = connect();
  half->send(std::string("\x16\x03\x01\x02\x00\x01\x00", 7));
  EXPECT_TRUE(stalled->wait_for_close());
  EXPECT_TRUE(half->wait_for_close());
  EXPECT_TRUE(run_until([&] { return acceptor_->connections() == 0; }));
  EXPECT_TRUE(streams_.empty());
}

TEST_F(AcceptorTest, EndingDuringATlsHandshakeIsClean) {
  listen(self_signed_certificate({}).value());
  const auto stalled = connect();
  run_until([&] { return acceptor_->connections() == 1; });
  acceptor_.reset();
  EXPECT_TRUE(stalled->wait_for_close());
  EXPECT_TRUE(streams_.empty());
}

TEST_F(AcceptorTest, StoppedAcceptorTakesNoneAndKeepsThoseItHandedOn) {
  listen();
  const auto one = connect();
  ASSERT_TRUE(accepted(1));
  acceptor_->stop();
  EXPECT_FALSE(connect()->connected());
  EXPECT_FALSE(g_io_stream_is_closed(streams_.front().get()));
}

}  // namespace
}  // namespace parley::signaling::http
