#include "tests/rooms/support/meeting.hpp"

namespace parley::rooms::test {
namespace {

TEST(Chat, MessageIsAnsweredAndReachesEveryoneIncludingItsSender) {
  Meeting m;
  m.join("ann");
  m.join("bob");
  EXPECT_THAT(m.chat("bob", "hi"),
              ElementsAre("answer: posted m3", "to ann: chat bob: hi", "to bob: chat bob: hi"));
}

TEST(Chat, MessageCarriesSenderNameAndTime) {
  Meeting m;
  m.join_as("p1", "Ann");
  const WallTime at{std::chrono::milliseconds(1714564800123)};
  const auto effects = m.room.apply(Chat{9, ParticipantId("p1"), "m9", "hi", at}, m.now);
  const auto& posted = std::get<event::ChatPosted>(std::get<Send>(effects.at(1)).event).message;
  EXPECT_EQ(posted, (ChatMessage{"m9", ParticipantId("p1"), "Ann", "hi", at}));
}

TEST(Chat, HistoryKeepsTheLastFifty) {
  Meeting m;
  m.join("ann");
  for (int i = 1; i <= 60; ++i) m.chat("ann", "message " + std::to_string(i));
  m.join("bob");
  const auto history = m.joined().chat;
  ASSERT_EQ(history.size(), 50U);
  EXPECT_EQ(history.front().text, "message 11");
  EXPECT_EQ(history.back().text, "message 60");
}

TEST(Chat, HistoryOutlivesItsSender) {
  Meeting m;
  m.join_as("p1", "Ann");
  m.join("bob");
  m.chat("p1", "bye");
  m.leave("p1");
  m.join("cid");
  EXPECT_EQ(m.joined().chat.at(0).name, "Ann");
}

TEST(Chat, BadMessagesAreRefusedAndNotKept) {
  Meeting m({.message_length = 5});
  m.join("ann");
  EXPECT_THAT(m.chat("ann", ""), ElementsAre("answer: empty_message"));
  EXPECT_THAT(m.chat("ann", "123456"), ElementsAre("answer: message_too_long"));
  EXPECT_THAT(m.chat("ann", "\x01"), ElementsAre("answer: invalid_field"));
  EXPECT_THAT(m.chat("ann", "\xff"), ElementsAre("answer: invalid_field"));
  m.join("bob");
  EXPECT_THAT(m.joined().chat, IsEmpty());
}

TEST(Chat, NobodyHearsWhileItsSignalingIsLostButFindsItInTheHistory) {
  Meeting m;
  m.join("ann");
  m.join("bob");
  m.lose_signaling("bob");
  EXPECT_THAT(m.chat("ann", "hi"), ElementsAre("answer: posted m3", "to ann: chat ann: hi"));
  m.resume("bob", true);
  EXPECT_EQ(m.joined().chat.at(0).text, "hi");
}

}  // namespace
}  // namespace parley::rooms::test
