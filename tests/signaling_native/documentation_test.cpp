// Plays the exchange of docs/signaling.md: Bob's messages go through the codec into a room, and
// what comes out has to be what the document says.
#include <deque>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rooms/room.hpp"
#include "signaling/native/encode.hpp"
#include "tests/signaling_native/support/files.hpp"

namespace parley::signaling::native::test {
namespace {

const ParticipantId kAnn("ann3");
const ParticipantId kBob("bob7");
const TrackId kMic("mic1");
const TrackId kCamera("cam2");
constexpr WallTime kNoon{std::chrono::milliseconds(1777636800000)};  // 2026-05-01T12:00:00Z
constexpr std::chrono::seconds kKeepalive{5};

struct Block {
  bool from_client;
  std::string text;  ///< compact JSON
};

std::vector<Block> blocks() {
  std::vector<Block> result;
  std::istringstream lines(read_file("docs/signaling.md"));
  std::string line;
  while (std::getline(lines, line)) {
    if (line != "```json client" && line != "```json server") continue;
    const bool from_client = line == "```json client";
    std::string text;
    while (std::getline(lines, line) && line != "```") text += line + "\n";
    result.push_back({from_client, to_text(parse_json(text).get())});
  }
  return result;
}

/// Bob's end of the room, as his session and the conference would serve it.
class Exchange {
 public:
  Exchange() {
    apply(rooms::Join{0, kAnn, "Ann", "ann-secret"});
    apply(rooms::Publish{0, kAnn, kMic, rooms::Source::Microphone});
    apply(rooms::TrackAppeared{kAnn, kMic, "opus"});
    apply(rooms::Chat{0, kAnn, "m1", "Anyone here?", kNoon});
  }

  void apply(const rooms::Input& input) {
    for (const rooms::Effect& effect : room_.apply(input, now_)) {
      if (const auto* answer = std::get_if<rooms::Answer>(&effect)) reply(answer->reply);
      if (const auto* send = std::get_if<rooms::Send>(&effect); send != nullptr && send->to == kBob)
        to_bob_.push_back(encode_event(send->event));
    }
  }

  void receive(const std::string& text) {
    Message message = decode(text);
    ASSERT_TRUE(message.command.ok()) << text << message.command.error().message;
    id_ = message.id;
    std::visit([this](const auto& request) { take(request); },
               std::get<Request>(*std::move(message.command)));
  }

  /// For a second, as the reports of her microphone tell of it.
  void let_ann_speak() {
    for (int i = 0; i < 5; ++i) {
      now_ += std::chrono::milliseconds(200);
      apply(rooms::Speaking{kAnn, kMic, true, 0.8, 25});
    }
  }

  /// The next message to Bob; empty when there is none.
  std::string next() {
    if (to_bob_.empty()) return {};
    std::string text = std::move(to_bob_.front());
    to_bob_.pop_front();
    return text;
  }

 private:
  void reply(const Result<rooms::Reply>& reply) {
    if (!reply.ok()) return to_bob_.push_back(encode_error(id_, reply.error()));
    to_bob_.push_back(encode_reply(id_, *reply, kKeepalive));
    if (const auto* joined = std::get_if<rooms::reply::Joined>(&*reply))
      to_bob_.push_back(encode_joined(*joined));
  }

  void take(const JoinRequest& join) {
    if (join.resume_id.empty()) return apply(rooms::Join{1, kBob, join.name, "bob-secret"});
    apply(rooms::Resume{1, ParticipantId(join.resume_id), join.resume_token, join.keep_media});
  }
  void take(const AnswerRequest& answer) {
    reply(rooms::Reply{rooms::reply::Done{}});
    if (answer.version == 2) apply(rooms::TrackAppeared{kBob, kCamera, "VP8"});
  }
  void take(const PublishRequest& publish) {
    apply(rooms::Publish{1, kBob, kCamera, publish.source, publish.muted});
  }
  void take(const ChatRequest& chat) {
    apply(rooms::Chat{1, kBob, "m2", chat.text, kNoon + std::chrono::seconds(5)});
  }
  void take(const MuteRequest& mute) { apply(rooms::Mute{1, kBob, mute.track, mute.muted}); }
  void take(const LeaveRequest&) { apply(rooms::Leave{1, kBob}); }
  template <typename Other>
  void take(const Other&) {
    ADD_FAILURE() << "the exchange has a request that this test does not play";
  }

  rooms::Room room_{RoomId("daily"), rooms::Limits{}};
  Time now_{};
  MessageId id_;
  std::deque<std::string> to_bob_;
};

TEST(Documentation, ExchangeHappensAsItIsWritten) {
  const auto script = blocks();
  ASSERT_GT(script.size(), 20U);
  Exchange exchange;
  for (std::size_t i = 0; i < script.size(); ++i) {
    const std::string& text = script[i].text;
    // What Ann and the network do where the document tells of it.
    if (text == R"({"type":"active-speaker","participants":["ann3"]})")
      exchange.apply(rooms::Speaking{kAnn, kMic, true});
    if (text == R"({"type":"active-speaker","participants":["ann3"],"dominant":"ann3"})")
      exchange.let_ann_speak();
    if (text.find(R"("type":"track-muted")") != std::string::npos)
      exchange.apply(rooms::Mute{0, kAnn, kMic, true});
    if (text.find(R"("resume":)") != std::string::npos) exchange.apply(rooms::SignalingLost{kBob});
    if (text == R"({"type":"active-speaker","participants":[]})")
      exchange.apply(rooms::Leave{0, kAnn});

    if (script[i].from_client) {
      exchange.receive(text);
    } else if (text.find(R"("type":"offer")") == std::string::npos) {  // made by the conference
      EXPECT_EQ(exchange.next(), text);
    }
  }
  EXPECT_EQ(exchange.next(), "");
}

}  // namespace
}  // namespace parley::signaling::native::test
