#include "signaling/http/websocket.hpp"

#include <memory>
#include <optional>

#include <gio/gio.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "support/main_context.hpp"
#include "support/raw_client.hpp"

namespace parley::signaling::http {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;

constexpr unsigned kText = 1;
constexpr unsigned kBinary = 2;
constexpr unsigned kClose = 8;
constexpr unsigned kPing = 9;
constexpr unsigned kPong = 10;

/// A WebSocket on one end of a socket pair, the test's client on the other.
class WebSocketTest : public testing::Test {
 protected:
  void open(const WebSocketLimits& limits = {}) {
    int ends[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    const auto socket = Ref<GSocket>::adopt(g_socket_new_from_fd(ends[0], nullptr));
    auto stream = Ref<GIOStream>::adopt(
        G_IO_STREAM(g_socket_connection_factory_create_connection(socket.get())));
    client_ = std::make_unique<RawClient>(RawClient::Adopt{ends[1]});
    socket_ = std::make_unique<WebSocket>(
        std::move(stream), limits,
        WebSocket::Handlers{.text = [this](std::string_view text) { on_text(text); },
                            .ended =
                                [this](const WebSocket::Ended& ended) {
                                  ended_ = ended;
                                  socket_.reset();
                                },
                            .binary = binary_handler()});
  }
  virtual void on_text(std::string_view text) { texts_.emplace_back(text); }

  std::function<void(std::string_view)> binary_handler() {
    if (!want_binary_) return {};
    return [this](std::string_view data) { texts_.emplace_back(data); };
  }

  void send(unsigned opcode, std::string_view payload, bool fin = true) {
    client_->send(client_frame(opcode, payload, fin));
  }
  bool wait_for_end() {
    return run_until([this] { return ended_.has_value(); });
  }

  bool want_binary_ = false;
  std::unique_ptr<RawClient> client_;
  std::unique_ptr<WebSocket> socket_;
  std::vector<std::string> texts_;
  std::optional<WebSocket::Ended> ended_;
};

TEST_F(WebSocketTest, TextGoesBothWays) {
  open();
  send(kText, "hello");
  EXPECT_TRUE(run_until([this] { return !texts_.empty(); }));
  EXPECT_THAT(texts_, ElementsAre("hello"));
  socket_->send("world");
  const auto frame = read_frame(*client_);
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->opcode, kText);
  EXPECT_EQ(frame->payload, "world");
}

TEST_F(WebSocketTest, BinaryGoesBothWaysWhereItIsWanted) {
  want_binary_ = true;
  open();
  send(kBinary, std::string("\0\xFF", 2));
  EXPECT_TRUE(run_until([this] { return !texts_.empty(); }));
  EXPECT_THAT(texts_, ElementsAre(std::string("\0\xFF", 2)));
  socket_->send_binary("\1\2");
  const auto frame = read_frame(*client_);
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->opcode, kBinary);
  EXPECT_EQ(frame->payload, "\1\2");
}

TEST_F(WebSocketTest, WithoutPingsSilenceIsNoFault) {
  open({.ping_interval = milliseconds(0), .silence = milliseconds(0)});
  run_for(milliseconds(50));
  EXPECT_TRUE(client_->received().empty());
  EXPECT_FALSE(ended_);
}

TEST_F(WebSocketTest, FragmentsMakeOneMessageAndPingsMayComeBetween) {
  open();
  send(kText, "one ", false);
  send(kPing, "are you there");
  send(0, "two ", false);
  send(0, "three");
  EXPECT_TRUE(run_until([this] { return !texts_.empty(); }));
  EXPECT_THAT(texts_, ElementsAre("one two three"));
  const auto frame = read_frame(*client_);
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->opcode, kPong);
  EXPECT_EQ(frame->payload, "are you there");
}

TEST_F(WebSocketTest, LargeMessagesGoBothWaysWhole) {
  open();
  const std::string large(640 * 1024, 'x');
  send(kText, large);
  EXPECT_TRUE(run_until([this] { return !texts_.empty(); }));
  EXPECT_THAT(texts_, ElementsAre(large));
  socket_->send(large);
  EXPECT_EQ(read_frame(*client_)->payload, large);
}

TEST_F(WebSocketTest, GoodbyeOfThePeerIsAnsweredAndIsAGoodbye) {
  for (const std::uint16_t code : {close_code::kNormal, close_code::kGoingAway}) {
    ended_.reset();
    open();
    send(kClose, close_payload(code));
    EXPECT_EQ(read_close(*client_), code);
    ASSERT_TRUE(wait_for_end());
    EXPECT_EQ(ended_->code, code);
    EXPECT_TRUE(ended_->goodbye);
    EXPECT_TRUE(client_->wait_for_close());
  }
}

TEST_F(WebSocketTest, OtherCloseCodesAreNoGoodbye) {
  for (const std::uint16_t code : std::initializer_list<std::uint16_t>{1011, 3000, 4000}) {
    ended_.reset();
    open();
    send(kClose, close_payload(code));
    ASSERT_TRUE(wait_for_end());
    EXPECT_EQ(ended_->code, code);
    EXPECT_FALSE(ended_->goodbye);
  }
  ended_.reset();
  open();
  send(kClose, "");
  ASSERT_TRUE(wait_for_end());
  EXPECT_EQ(ended_->code, 1005);
  EXPECT_FALSE(ended_->goodbye);
}

TEST_F(WebSocketTest, CutConnectionIsNoGoodbye) {
  open();
  client_->close();
  ASSERT_TRUE(wait_for_end());
  EXPECT_EQ(ended_->code, 1006);
  EXPECT_FALSE(ended_->goodbye);
}

TEST_F(WebSocketTest, OurCloseComesAfterWhatWasSaidBefore) {
  open();
  const std::string large(700 * 1024, 'x');
  socket_->send(large);
  socket_->send("last words");
  EXPECT_GT(socket_->unsent(), 0u) << "the test wants the socket to be full";
  socket_->close(close_code::kNormal, "done");
  socket_->send("said too late");
  EXPECT_EQ(read_frame(*client_)->payload.size(), large.size());
  EXPECT_EQ(read_frame(*client_)->payload, "last words");
  const auto close = read_frame(*client_);
  ASSERT_TRUE(close);
  EXPECT_EQ(close->opcode, kClose);
  EXPECT_EQ(close->payload, close_payload(1000, "done"));
  send(kClose, close_payload(1000));
  ASSERT_TRUE(wait_for_end());
  EXPECT_TRUE(ended_->goodbye);
}

TEST_F(WebSocketTest, PeerThatNeverAnswersOurCloseIsDropped) {
  WebSocketLimits limits;
  limits.close_handshake = milliseconds(50);
  open(limits);
  socket_->close(close_code::kGoingAway, "");
  ASSERT_TRUE(wait_for_end());
  EXPECT_TRUE(ended_->goodbye) << "it was said, and taken";
  EXPECT_TRUE(client_->wait_for_close());
}

TEST_F(WebSocketTest, CloseReasonIsCutWhereACharacterEnds) {
  open();
  std::string reason(122, 'x');
  reason += "\u20ac and more";
  socket_->close(close_code::kNormal, reason);
  EXPECT_EQ(read_frame(*client_)->payload, close_payload(1000, std::string(122, 'x')));
}

TEST_F(WebSocketTest, BinaryFramesAreRefused) {
  open();
  send(kBinary, "\x01\x02");
  EXPECT_EQ(read_close(*client_), 1003u);
  send(kClose, close_payload(1003));
  ASSERT_TRUE(wait_for_end());
  EXPECT_FALSE(ended_->goodbye);
  EXPECT_TRUE(texts_.empty());
}

TEST_F(WebSocketTest, OversizedFrameGets1009EvenWhenThePeerSendsItAll) {
  open();
  client_->send(client_frame_head(kText, 10'000'000));
  EXPECT_TRUE(client_->send(std::string(10'000'000, 'x')));
  EXPECT_EQ(read_close(*client_), 1009u);
  client_->close();
  ASSERT_TRUE(wait_for_end());
  EXPECT_FALSE(ended_->goodbye);
}

TEST_F(WebSocketTest, FragmentsTogetherMayNotExceedTheMessageLimit) {
  open();
  const std::string part(220 * 1024, 'x');
  send(kText, part, false);
  send(0, part, false);
  send(0, part, false);
  EXPECT_EQ(read_close(*client_), 1009u);
}

TEST_F(WebSocketTest, EndlessTinyFragmentsAreRefused) {
  WebSocketLimits limits;
  limits.fragments = 100;
  open(limits);
  send(kText, "x", false);
  for (int i = 0; i < 100; ++i) send(0, "x", false);
  EXPECT_EQ(read_close(*client_), 1009u);
}

TEST_F(WebSocketTest, BreachesOfTheProtocolAreAnsweredWithTheirCode) {
  struct Case {
    const char* what;
    std::string bytes;
    unsigned code;
  };
  const Case cases[] = {
      {"unmasked", std::string("\x81\x02hi", 4), 1002},
      {"reserved bit", std::string("\xc1\x80mask", 6), 1002},
      {"unknown opcode", client_frame(3, "x"), 1002},
      {"continuation of nothing", client_frame(0, "x"), 1002},
      {"message within a message", client_frame(1, "a", false) + client_frame(1, "b"), 1002},
      {"invalid UTF-8", client_frame(1, "\xff\xfe"), 1007},
      {"close code that is reserved", client_frame(8, close_payload(1006)), 1002},
  };
  for (const Case& c : cases) {
    ended_.reset();
    open();
    client_->send(c.bytes);
    EXPECT_EQ(read_close(*client_), c.code) << c.what;
    client_->close();
    ASSERT_TRUE(wait_for_end()) << c.what;
    EXPECT_FALSE(ended_->goodbye) << c.what;
  }
}

TEST_F(WebSocketTest, FragmentedControlFramesEndIt) {
  open();
  send(kPing, "x", false);
  EXPECT_NE(read_close(*client_), 1000u);
  client_->close();
  ASSERT_TRUE(wait_for_end());
  EXPECT_FALSE(ended_->goodbye);
}

TEST_F(WebSocketTest, PeerThatNeverReadsIsDroppedAtTheByteBudget) {
  WebSocketLimits limits;
  limits.unsent = 1024 * 1024;
  open(limits);
  const std::string message(10'000, 'x');
  std::size_t most = 0;
  for (int i = 0; i < 2000 && !ended_; ++i) {
    if (socket_) socket_->send(message);
    if (socket_) most = std::max(most, socket_->unsent());
  }
  ASSERT_TRUE(wait_for_end());
  EXPECT_FALSE(ended_->goodbye);
  EXPECT_THAT(ended_->why, testing::HasSubstr("slow"));
  EXPECT_LE(most, limits.unsent + 2 * message.size());
  EXPECT_GT(most, limits.unsent / 2);
}

TEST_F(WebSocketTest, SlowButReadingPeerKeepsItsConnection) {
  WebSocketLimits limits;
  limits.unsent = 1024 * 1024;
  open(limits);
  const std::string message(100'000, 'x');
  for (int i = 0; i < 100; ++i) {
    socket_->send(message);
    ASSERT_EQ(read_frame(*client_)->payload.size(), message.size());
  }
  EXPECT_EQ(socket_->unsent(), 0u);
  EXPECT_FALSE(ended_);
}

TEST_F(WebSocketTest, PingFloodOfAPeerThatNeverReadsIsBounded) {
  WebSocketLimits limits;
  limits.frames_per_second = 1e9;
  limits.frames_burst = 1e9;
  limits.unsent = 200'000;
  open(limits);
  const std::string ping = client_frame(kPing, std::string(125, 'x'));
  std::string flood;
  for (int i = 0; i < 100; ++i) flood += ping;
  for (int i = 0; i < 2000 && !ended_; ++i) client_->send(flood);
  ASSERT_TRUE(ended_);
  EXPECT_THAT(ended_->why, testing::HasSubstr("slow"));
}

TEST_F(WebSocketTest, FrameFloodIsRefused) {
  WebSocketLimits limits;
  limits.frames_burst = 100;
  open(limits);
  std::string flood;
  for (int i = 0; i < 200; ++i) flood += client_frame(kPong, "");
  client_->send(flood);
  EXPECT_EQ(read_close(*client_), 1008u);
}

TEST_F(WebSocketTest, SilentPeerIsPingedThenDropped) {
  WebSocketLimits limits;
  limits.ping_interval = milliseconds(40);
  limits.silence = milliseconds(100);
  open(limits);
  const auto start = std::chrono::steady_clock::now();
  const auto frame = read_frame(*client_);
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->opcode, kPing);
  ASSERT_TRUE(wait_for_end());
  const auto took = std::chrono::steady_clock::now() - start;
  EXPECT_GE(took, milliseconds(90));
  EXPECT_LT(took, milliseconds(1000));
  EXPECT_FALSE(ended_->goodbye);
  EXPECT_THAT(ended_->why, testing::HasSubstr("silent"));
}

TEST_F(WebSocketTest, PeerThatAnswersPingsStays) {
  WebSocketLimits limits;
  limits.ping_interval = milliseconds(50);
  limits.silence = milliseconds(500);
  open(limits);
  const auto start = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - start < 2 * limits.silence) {
    const auto frame = read_frame(*client_);
    ASSERT_TRUE(frame);
    ASSERT_EQ(frame->opcode, kPing);
    send(kPong, frame->payload);
  }
  EXPECT_FALSE(ended_);
}

class EchoTest : public WebSocketTest {
 protected:
  void on_text(std::string_view text) override {
    socket_->send(text);
    if (text == "bye") socket_->close(close_code::kNormal, "");
  }
};

TEST_F(EchoTest, MessagesMaySendAndCloseFromWithinTheirHandler) {
  open();
  client_->send(client_frame(kText, "a") + client_frame(kText, "bye") + client_frame(kText, "b"));
  EXPECT_EQ(read_frame(*client_)->payload, "a");
  EXPECT_EQ(read_frame(*client_)->payload, "bye");
  EXPECT_EQ(read_close(*client_), 1000u);
}

TEST_F(WebSocketTest, FastSenderDoesNotStarveTheMainLoop) {
  WebSocketLimits limits;
  limits.frames_per_second = 1e9;
  limits.frames_burst = 1e9;
  open(limits);
  std::string flood;
  for (int i = 0; i < 1000; ++i) flood += client_frame(kPong, std::string(100, 'x'));
  // Two megabytes, of which a turn of the main loop takes 64 KiB.
  int turns = 0;
  const auto idle = g_idle_add_full(
      G_PRIORITY_DEFAULT,
      [](gpointer count) -> gboolean {
        ++*static_cast<int*>(count);
        return G_SOURCE_CONTINUE;
      },
      &turns, nullptr);
  for (int i = 0; i < 20; ++i) client_->send(flood);
  g_source_remove(idle);
  EXPECT_GE(turns, 20);
  EXPECT_FALSE(ended_);
}

}  // namespace
}  // namespace parley::signaling::http
