#include "rooms/room.hpp"

#include <algorithm>
#include <utility>

#include "rooms/room_impl.hpp"

namespace parley::rooms {
namespace {
constexpr Duration kFirstJoinTimeout = std::chrono::hours(1);
}

Room::Room(RoomId id, Limits limits, Settings settings) : impl_(std::make_unique<Impl>()) {
  impl_->id = std::move(id);
  impl_->limits = limits;
  impl_->settings = settings;
}
Room::~Room() = default;
Room::Room(Room&&) noexcept = default;
Room& Room::operator=(Room&&) noexcept = default;

void Room::keep_for_first_join() {
  impl_->waiting = true;
}

std::vector<Effect> Room::apply(const Input& input, Time now) {
  impl_->now = now;
  // Before the input, so that what a clock has ended is over even when no Tick came in between.
  impl_->expire();
  impl_->settle();
  std::visit([this](const auto& in) { impl_->on(in); }, input);
  impl_->settle();
  impl_->end_if_empty();
  return std::exchange(impl_->effects, {});
}

const RoomId& Room::id() const {
  return impl_->id;
}

std::vector<Participant> Room::participants() const {
  std::vector<Participant> result;
  for (const auto& seat : impl_->seats)
    if (seat->present) result.push_back(impl_->describe(*seat));
  return result;
}

std::vector<Subscription> Room::subscriptions(const ParticipantId& participant) const {
  std::vector<Subscription> result;
  if (const Seat* seat = impl_->find(participant))
    for (const auto& [track, subscription] : seat->subscriptions) result.push_back(subscription);
  return result;
}

const Settings& Room::settings() const {
  return impl_->settings;
}

const ParticipantId& Room::dominant() const {
  return impl_->floor.dominant();
}

Publication* Seat::find(const TrackId& track) {
  const auto found =
      std::find_if(publications.begin(), publications.end(),
                   [&](const Publication& publication) { return publication.track.id == track; });
  return found == publications.end() ? nullptr : &*found;
}

Seat* Room::Impl::find(const ParticipantId& participant) const {
  const auto found = std::find_if(seats.begin(), seats.end(),
                                  [&](const auto& seat) { return seat->id == participant; });
  return found == seats.end() ? nullptr : found->get();
}

Result<Seat*> Room::Impl::asking(const ParticipantId& participant) const {
  Seat* seat = find(participant);
  if (seat == nullptr || !seat->signaling)
    return Error{"not_joined", "not in a room; send join first"};
  return seat;
}

const Seat* Room::Impl::first_present() const {
  const auto found =
      std::find_if(seats.begin(), seats.end(), [](const auto& seat) { return seat->present; });
  return found == seats.end() ? nullptr : found->get();
}

Participant Room::Impl::describe(const Seat& seat) const {
  Participant result{.id = seat.id,
                     .name = seat.name,
                     .host = first_present() == &seat,
                     .tracks = {},
                     .joined_at = seat.joined_at};
  for (const Publication& publication : seat.publications)
    result.tracks.push_back(publication.track);
  return result;
}

void Room::Impl::answer(RequestId request, Reply reply) {
  if (request != 0) effects.emplace_back(Answer{request, std::move(reply)});
}

void Room::Impl::refuse(RequestId request, Error error) {
  if (request != 0) effects.emplace_back(Answer{request, std::move(error)});
}

void Room::Impl::send(const Seat& to, Event event) {
  if (to.signaling) effects.emplace_back(Send{to.id, std::move(event)});
}

void Room::Impl::broadcast(const Event& event, const Seat* except) {
  for (const auto& seat : seats)
    if (seat.get() != except) send(*seat, event);
}

void Room::Impl::end_if_empty() {
  if (!seats.empty()) waiting = false;
  if (waiting && !waiting_since) waiting_since = now;
  const bool in_time = waiting && now - *waiting_since < kFirstJoinTimeout;
  if (seats.empty() && !in_time) effects.emplace_back(EndRoom{});
}

}  // namespace parley::rooms
