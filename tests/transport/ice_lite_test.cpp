#include "transport/ice_lite.hpp"

#include <cstring>

#include <gtest/gtest.h>

#include "support/time.hpp"

namespace parley::transport {
namespace {

using namespace std::chrono_literals;

using Verdict = IceLite::Verdict;

constexpr std::string_view kPassword = "0123456789012345678901";

Path path_from(std::string_view ip, std::uint16_t port) {
  return {{*parse_ip(ip), port, 0}, *parse_ip("192.0.2.1")};
}

/// Describes one check; what is not said is as a well-behaved controlling peer has it.
struct Check {
  std::string username = "serv:peer";
  std::string password = std::string(kPassword);
  bool nominate = false;
  bool controlled = false;
  bool integrity = true;
  std::uint16_t extra = 0;
  std::uint32_t transaction = 0;  ///< 0: a new one
};

class IceLiteTest : public ::testing::Test {
 protected:
  IceLiteTest() { ice.set_local("serv", kPassword); }

  IceLite::Outcome check(const Path& from, const Check& c = {}) {
    stun::TransactionId id{};
    const std::uint32_t number = c.transaction != 0 ? c.transaction : ++last_transaction;
    std::memcpy(id.data(), &number, sizeof number);
    std::array<std::uint8_t, 512> datagram;
    stun::Builder builder(datagram, stun::Class::Request, stun::kBinding, id);
    builder.text(stun::kUsername, c.username).number(stun::kPriority, std::uint32_t{1});
    builder.number(c.controlled ? stun::kIceControlled : stun::kIceControlling, std::uint64_t{99});
    if (c.nominate) builder.flag(stun::kUseCandidate);
    if (c.extra != 0) builder.flag(static_cast<stun::Attribute>(c.extra));
    const HmacSha1 key(c.password);
    const std::size_t size = builder.finish(c.integrity ? &key : nullptr);
    const auto view = std::span<const std::uint8_t>(datagram).first(size);
    const auto outcome = ice.on_request(view, *stun::parse(view), from, now, response);
    answer = outcome.response > 0 ? stun::parse(std::span(response).first(outcome.response))
                                  : std::nullopt;
    return outcome;
  }
  bool answer_is_authentic() const {
    return answer && stun::verify(response, *answer, HmacSha1(kPassword));
  }

  IceLite ice;
  Time now{1000s};
  std::uint32_t last_transaction = 0;
  std::array<std::uint8_t, stun::kMaxResponse> response{};
  std::optional<stun::Message> answer;
  Path home = path_from("198.51.100.1", 1111);
  Path away = path_from("2001:db8::2", 2222);
};

TEST_F(IceLiteTest, AnswersAValidCheckWithTheAddressItCameFrom) {
  const auto outcome = check(home);
  EXPECT_EQ(outcome.verdict, Verdict::Valid);
  EXPECT_TRUE(outcome.new_address);
  EXPECT_FALSE(outcome.selected);
  ASSERT_TRUE(answer_is_authentic());
  EXPECT_EQ(answer->cls, stun::Class::Success);
  EXPECT_EQ(answer->mapped, home.remote);
  EXPECT_EQ(ice.state(), IceLite::State::Checking);
  EXPECT_FALSE(ice.selected());
}

TEST_F(IceLiteTest, UseCandidateSelectsThePath) {
  EXPECT_TRUE(check(home, {.nominate = true}).selected);
  EXPECT_EQ(ice.state(), IceLite::State::Connected);
  EXPECT_EQ(ice.selected(), home);
}

TEST_F(IceLiteTest, ANewNominationMovesThePeer) {
  (void)check(home, {.nominate = true});
  EXPECT_FALSE(check(home, {.nominate = true}).selected) << "nothing new";
  EXPECT_TRUE(check(away, {.nominate = true}).selected);
  EXPECT_EQ(ice.selected(), away);
}

TEST_F(IceLiteTest, AMereCheckFromElsewhereDoesNotMoveThePeer) {
  (void)check(home, {.nominate = true});
  EXPECT_FALSE(check(away).selected);
  EXPECT_EQ(ice.selected(), home);
}

TEST_F(IceLiteTest, AnotherAddressOfOursIsAnotherPath) {
  (void)check(home, {.nominate = true});
  Path other = home;
  other.local = *parse_ip("192.0.2.99");
  EXPECT_TRUE(check(other, {.nominate = true}).selected);
  EXPECT_EQ(ice.selected()->local, other.local);
}

TEST_F(IceLiteTest, AWrongPasswordChangesNothing) {
  (void)check(home, {.nominate = true});
  const auto outcome = check(away, {.password = "wrong", .nominate = true});
  EXPECT_EQ(outcome.verdict, Verdict::Refused);
  EXPECT_EQ(ice.selected(), home);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->error_code, 401);
  EXPECT_EQ(answer->integrity_at, 0u) << "a stranger gets nothing made with the password";
}

TEST_F(IceLiteTest, WrongPasswordsDoNotKeepConsent) {
  (void)check(home, {.nominate = true});
  now += 29s;
  (void)check(home, {.password = "wrong"});
  now += 1s;
  EXPECT_TRUE(ice.expire(now));
}

TEST_F(IceLiteTest, AFloodOfBadChecksIsMetWithSilence) {
  unsigned answered = 0;
  for (int i = 0; i < 1000; ++i) answered += check(away, {.password = "wrong"}).response > 0;
  EXPECT_EQ(answered, IceLite::kErrorsPerSecond);
  EXPECT_GT(check(home).response, 0u) << "the peer's own checks are still answered";
  now += 1s;
  EXPECT_GT(check(away, {.password = "wrong"}).response, 0u);
}

TEST_F(IceLiteTest, ACheckWithoutIntegrityIsABadRequest) {
  EXPECT_EQ(check(home, {.nominate = true, .integrity = false}).verdict, Verdict::Refused);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->error_code, 400);
  EXPECT_EQ(ice.state(), IceLite::State::New);
}

TEST_F(IceLiteTest, AnUnknownRequiredAttributeIsNamedInTheError) {
  EXPECT_EQ(check(home, {.nominate = true, .extra = 0x7abc}).verdict, Verdict::Refused);
  ASSERT_TRUE(answer_is_authentic());
  EXPECT_EQ(answer->error_code, 420);
  EXPECT_FALSE(ice.selected());
}

TEST_F(IceLiteTest, AControlledPeerIsToldToTakeTheOtherRole) {
  EXPECT_EQ(check(home, {.nominate = true, .controlled = true}).verdict, Verdict::Refused);
  ASSERT_TRUE(answer_is_authentic());
  EXPECT_EQ(answer->error_code, 487);
  EXPECT_FALSE(ice.selected());
  EXPECT_TRUE(check(home, {.nominate = true}).selected) << "after the switch";
}

TEST_F(IceLiteTest, ARetransmissionIsAnsweredAgainButCountsOnce) {
  (void)check(home, {.nominate = true, .transaction = 7000});
  now += 20s;
  EXPECT_EQ(check(home, {.nominate = true, .transaction = 7000}).verdict, Verdict::Repeated);
  EXPECT_EQ(answer->cls, stun::Class::Success);
  now += 10s;
  EXPECT_TRUE(ice.expire(now)) << "an old check proves no consent";
}

TEST_F(IceLiteTest, ACopiedCheckFromElsewhereDoesNotMoveThePeer) {
  (void)check(home, {.nominate = true, .transaction = 7000});
  for (std::size_t i = 0; i < IceLite::kTransactions - 1; ++i) (void)check(home);
  const auto outcome = check(away, {.nominate = true, .transaction = 7000});
  EXPECT_EQ(outcome.verdict, Verdict::Refused);
  EXPECT_EQ(outcome.response, 0u);
  EXPECT_EQ(ice.selected(), home);
}

TEST_F(IceLiteTest, ConsentEndsThirtySecondsAfterTheLastCheck) {
  (void)check(home, {.nominate = true});
  now += 29s;
  EXPECT_FALSE(ice.expire(now));
  (void)check(home);
  now += 29s;
  EXPECT_FALSE(ice.expire(now));
  now += 1s;
  EXPECT_TRUE(ice.expire(now));
  EXPECT_FALSE(ice.expire(now)) << "said once";
  EXPECT_FALSE(ice.selected());
}

TEST_F(IceLiteTest, LostConsentIsNotRegained) {
  (void)check(home, {.nominate = true});
  now += 30s;
  ASSERT_TRUE(ice.expire(now));
  EXPECT_EQ(check(home, {.nominate = true}).response, 0u);
  EXPECT_EQ(ice.state(), IceLite::State::Expired);
  EXPECT_FALSE(ice.selected());
}

TEST_F(IceLiteTest, WhoNeverCameDoesNotExpire) {
  now += 3600s;
  EXPECT_FALSE(ice.expire(now));
}

TEST_F(IceLiteTest, AShorterTimeoutIsKeptFromThenOn) {
  (void)check(home, {.nominate = true});
  now += 5s;
  ice.set_consent_timeout(8s, now);
  now += 2s;
  EXPECT_FALSE(ice.expire(now));
  now += 1s;
  EXPECT_TRUE(ice.expire(now));
}

TEST_F(IceLiteTest, ALongerTimeoutAgainGivesTheTimeBack) {
  (void)check(home, {.nominate = true});
  ice.set_consent_timeout(8s, now);
  now += 7s;
  ice.set_consent_timeout(kConsentTimeout, now);
  now += 22s;
  EXPECT_FALSE(ice.expire(now));
  now += 1s;
  EXPECT_TRUE(ice.expire(now));
}

TEST_F(IceLiteTest, AShorterTimeoutAlsoEndsWhoNeverCame) {
  ice.set_consent_timeout(8s, now);
  now += 8s;
  EXPECT_TRUE(ice.expire(now));
}

TEST_F(IceLiteTest, TheStalestAddressMakesRoomButNeverTheSelectedOne) {
  (void)check(home, {.nominate = true});
  for (std::uint16_t i = 1; i < IceLite::kPaths; ++i) {
    now += 1s;
    EXPECT_FALSE(check(path_from("203.0.113.1", i)).dropped);
  }
  now += 1s;
  const auto outcome = check(away);
  ASSERT_TRUE(outcome.dropped);
  EXPECT_EQ(*outcome.dropped, path_from("203.0.113.1", 1).remote);
  EXPECT_EQ(ice.selected(), home);
}

TEST_F(IceLiteTest, NewCredentialsMakeTheOldVoid) {
  (void)check(home, {.nominate = true});
  ice.set_local("more", "another password 12345");
  EXPECT_EQ(check(home).verdict, Verdict::Refused);
  EXPECT_TRUE(
      check(away, {.username = "more:peer", .password = "another password 12345", .nominate = true})
          .selected);
}

TEST_F(IceLiteTest, BeforeThereAreCredentialsNothingIsAnswered) {
  ice = IceLite();
  EXPECT_EQ(check(home).response, 0u);
}

TEST(IceUsername, NamesOurEndFirst) {
  EXPECT_EQ(IceLite::local_ufrag("serv:peer"), "serv");
  EXPECT_EQ(IceLite::local_ufrag("serv:"), "serv");
  EXPECT_EQ(IceLite::local_ufrag("serv"), "");
  EXPECT_EQ(IceLite::local_ufrag(":peer"), "");
}

}  // namespace
}  // namespace parley::transport
