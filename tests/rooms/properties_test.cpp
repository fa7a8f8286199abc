// Whatever happens to a room, in whatever order: the books of the conference and of every client
// add up.
#include <array>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "rooms/negotiation.hpp"
#include "tests/rooms/support/ledger.hpp"
#include "tests/rooms/support/script.hpp"

namespace parley::rooms::test {
namespace {

using std::chrono::seconds;

constexpr int kPeople = 5;
constexpr int kTracks = 3;
// Kinds of steps, as RandomMeeting reads them; the last of each run of numbers that mean the same.
constexpr int kJoin = 22;
constexpr int kPublish = 26;
constexpr int kAppear = 31;
constexpr int kKinds = kAppear + 1;

/// One random step: small numbers, so that rapidcheck can shrink a failure to its essence.
struct Step {
  int kind, who, other, track;
  bool flag;
  int pause;
};

void showValue(const Step& step, std::ostream& os) {
  os << "{" << step.kind << "," << step.who << "," << step.other << "," << step.track << ","
     << step.flag << "," << step.pause << "}";
}

rc::Gen<Step> steps() {
  using rc::gen::inRange;
  // Full size from the first case on: inRange takes only the lower end of its range at smaller
  // ones.
  return rc::gen::resize(
      rc::kNominalSize,
      rc::gen::build<Step>(
          rc::gen::set(&Step::kind, inRange(0, kKinds)),
          rc::gen::set(&Step::who, inRange(0, kPeople)),
          rc::gen::set(&Step::other, inRange(0, kPeople)),
          rc::gen::set(&Step::track, inRange(0, kTracks)), rc::gen::set(&Step::flag),
          rc::gen::set(&Step::pause, rc::gen::element(0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 7, 11, 31))));
}

class RandomMeeting {
 public:
  explicit RandomMeeting(Limits limits) : room_(RoomId("room"), limits), ledger_(limits) {}

  std::optional<std::string> take(const Step& step) {
    now_ += seconds(step.pause);
    const Input input = input_of(step);
    return ledger_.enter(input, room_.apply(input, now_), room_);
  }
  [[nodiscard]] const Ledger& ledger() const { return ledger_; }

 private:
  /// A forgotten id never comes back: the one who joins in its place has another.
  ParticipantId person(int index) {
    auto& generation = generations_.at(static_cast<std::size_t>(index));
    const auto id = [&] {
      return ParticipantId("p" + std::to_string(index) + "." + std::to_string(generation));
    };
    while (ledger_.forgotten(id())) ++generation;
    return id();
  }
  TrackId track(const ParticipantId& of, int index) {
    return TrackId(of.str() + "/" + std::to_string(index));
  }

  Input input_of(const Step& s) {
    const ParticipantId who = person(s.who);
    const ParticipantId other = person(s.other);
    const TrackId own = track(who, s.track);
    const TrackId others = track(other, s.track);
    const RequestId answered = ++requests_;
    const RequestId request = s.track == 2 && s.flag ? 0 : answered;
    const auto source = static_cast<Source>(s.track);
    switch (s.kind) {
      case 0:
        return Leave{request, who};
      case 1:
        return Unpublish{request, who, own};
      case 2:
        return TrackRefused{who, own};
      case 3:
        return SignalingLost{who};
      case 4:
        return TransportLost{who, "consent_expired"};
      case 5:
        return Resume{answered, who, "token of " + other.str(), s.flag};
      case 6:
        if (s.other == 1) return Configure{{.last_n = static_cast<std::size_t>(s.track)}};
        return s.other == 0 ? Input(Remove{request, who}) : Tick{};
      case 7:
        return s.other == 0 && s.track == 0 ? Input(Close{request}) : Tick{};
      case 8:
        return Mute{request, who, own, s.flag};
      case 9:
        return Chat{request, who, "m", s.flag ? "hello" : "", WallTime{}};
      case 10:
        return Undecodable{who, others, s.flag};
      case 11:
        return Subscribe{request, who, {wish(others, false)}, s.flag};
      case 12:
      case 13:
        return Subscribe{request, who, {wish(others, s.flag, s.kind == 13 && s.flag)}, true};
      case 14:
      case 15:
        // Loud enough to take the floor at once, now and then.
        return Speaking{who, own, s.flag || s.other > 0, s.other > 0 ? 3.0 : 0.0, 20.0 * s.other};
      case 16:
      case 17:
      case 18:
        return Resume{answered, who, "token of " + who.str(), s.flag};
      case 19:
      case 20:
      case 21:
      case 22:
        return Join{answered, who, who.str(), "token of " + who.str(), s.flag};
      case 23:
      case 24:
      case 25:
      case 26:
        return Publish{request, who, own, source, s.flag};
      default:
        return TrackAppeared{who, own, s.other < 4 ? "VP8" : "H264"};
    }
  }

  static Subscription wish(const TrackId& track, bool paused, bool pinned = false) {
    return {track, paused, {}, pinned};
  }

  Room room_;
  Ledger ledger_;
  Time now_{};
  RequestId requests_ = 0;
  std::array<int, kPeople> generations_{};
};

/// A meeting in full swing, to which a story adds its turns.
std::vector<Step> prologue() {
  std::vector<Step> steps;
  for (int who = 0; who < kPeople - 1; ++who)
    for (int kind : {kJoin, kPublish, kAppear})
      for (int track = 0; track < (kind == kJoin ? 1 : kTracks - 1); ++track)
        steps.push_back({kind, who, 0, track, who != 1, 0});
  return steps;
}

void books_add_up(RandomMeeting& meeting, const std::vector<Step>& story) {
  for (const Step& step : story)
    if (const auto wrong = meeting.take(step)) RC_FAIL(*wrong);
}

constexpr Limits kSmall{.participants = kPeople - 1, .tracks = kTracks - 1, .chat_history = 3};

RC_GTEST_PROP(RoomProperties, BooksAddUpFromAnEmptyRoomOn, ()) {
  const auto story = *rc::gen::scale(4.0, rc::gen::container<std::vector<Step>>(steps()));
  RandomMeeting meeting(kSmall);
  books_add_up(meeting, story);
}

RC_GTEST_PROP(RoomProperties, BooksAddUpFromAFullMeetingOn, ()) {
  const auto story = *rc::gen::container<std::vector<Step>>(steps());
  RandomMeeting meeting(kSmall);
  books_add_up(meeting, prologue());
  RC_ASSERT(meeting.ledger().links() == 18U);  // of 24 possible; one participant subscribes itself
  books_add_up(meeting, story);
}

RC_GTEST_PROP(NegotiationProperties, OneOfferIsInFlightAndNoChangeIsLost, ()) {
  const auto story = *rc::gen::container<std::vector<int>>(
      rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, 9)));
  using Action = Negotiation::Action;
  Negotiation n;
  Time now{};
  bool in_flight = false;
  bool hears = true;
  bool pending = false;  // a change that no offer sent so far tells
  unsigned offers = 0;
  const auto act = [&](Action action) {
    if (action != Action::SendOffer) return;
    RC_ASSERT(!in_flight && hears);
    in_flight = true;
    pending = false;
    RC_ASSERT(n.version() == ++offers);
  };
  bool ready = false;
  const auto change = [&](auto cause) {
    pending = true;
    act(cause());
  };
  for (int step : story) {
    switch (step) {
      case 0:
        ready = true;
        change([&] { return n.transport_ready(now); });
        break;
      case 1:
      case 2:
        change([&] { return n.changed(now); });
        break;
      case 3:
      case 4:
        if (n.answer_received(n.version(), now) == Action::TakeAnswer) {
          RC_ASSERT(in_flight);
          in_flight = false;
          act(n.answer_applied(now));
        }
        break;
      case 5:
        RC_ASSERT(n.version() == 0U ||
                  n.answer_received(n.version() + 1, now) == Action::RefuseAnswer);
        break;
      case 6:
        if (n.offer_received(now) == Action::TakeOffer) {
          RC_ASSERT(!in_flight);
          act(n.answer_sent(now));
        }
        break;
      case 7:
        n.signaling_lost();
        hears = false;
        pending = pending || in_flight;
        in_flight = false;
        break;
      default:
        hears = true;
        act(n.signaling_back(now));
        break;
    }
    RC_ASSERT(n.offer_in_flight() == in_flight);
    RC_ASSERT(!pending || in_flight || !ready || !hears);
  }
}

}  // namespace
}  // namespace parley::rooms::test
