#include "server/effects.hpp"

#include <utility>

#include <spdlog/spdlog.h>

namespace parley::server {
namespace {

/// The reason of an event that ends its session; nothing for the others.
std::optional<std::string> closing_reason(const rooms::Event& event) {
  if (const auto* closed = std::get_if<rooms::event::TransportClosed>(&event))
    return closed->reason;
  if (const auto* removed = std::get_if<rooms::event::Removed>(&event)) return removed->reason;
  if (const auto* closed = std::get_if<rooms::event::RoomClosed>(&event)) return closed->reason;
  return std::nullopt;
}

}  // namespace

void Conference::Effects::operator()(const rooms::Answer& answer) const {
  const auto client = conference.find_client(cause.client);
  if (answer.reply) {
    if (const auto* joined = std::get_if<rooms::reply::Joined>(&answer.reply.value()))
      take_seat(*joined);
  } else if (std::holds_alternative<rooms::Join>(cause.input)) {
    refuse_join();
  }
  if (!answer.reply) ++conference.events_.refusals[answer.reply.error().code];
  if (client != nullptr && answer.request != 0) client->answer(answer.request, answer.reply);
}

void Conference::Effects::take_seat(const rooms::reply::Joined& joined) const {
  MemberRecord* member = conference.find_member(joined.participant);
  if (member == nullptr) return;
  if (member->client != cause.client) {
    conference.part(*member, "resumed_elsewhere");
    member->client = cause.client;
  }
  if (const auto it = conference.clients_.find(cause.client); it != conference.clients_.end()) {
    it->second.participant = joined.participant;
    it->second.room = joined.room;
  }
  for (const Leg& leg : member->media.legs()) leg.expect_soon(false);
  ++(joined.resumed ? conference.events_.resumes : conference.events_.joins);
  if (joined.resumed) {
    member->media.offer_everything();
    conference.touch(joined.participant);
  }
  spdlog::info("{} {} room {} as {}", joined.participant.str(),
               joined.resumed ? "resumed in" : "joined", joined.room.str(),
               joined.host ? "host" : "participant");
}

void Conference::Effects::refuse_join() const {
  conference.members_.erase(std::get<rooms::Join>(cause.input).participant);
  if (const auto it = conference.clients_.find(cause.client); it != conference.clients_.end())
    it->second.participant = ParticipantId();
}

void Conference::Effects::operator()(const rooms::Send& send) const {
  MemberRecord* member = conference.find_member(send.to);
  const auto client = member != nullptr ? conference.client_of(*member) : nullptr;
  if (client == nullptr) return;
  client->event(send.event);
  if (const auto last_words = closing_reason(send.event)) conference.part(*member, *last_words);
}

void Conference::Effects::operator()(const rooms::OpenTransport& open) const {
  MemberRecord* member = conference.find_member(open.participant);
  if (member == nullptr) return;
  member->media.reset_media();
  if (member->media.opens_legs_itself()) return;
  if (const Status opened = conference.open_leg(*member, member->media.receiving()); !opened) {
    spdlog::error("{}: {}", open.participant.str(), opened.error().message);
    conference.queue_.push_back({cause.room,
                                 rooms::TransportLost{open.participant, opened.error().code},
                                 signaling::ClientId{0}});
  }
}

void Conference::Effects::operator()(const rooms::CloseTransport& close) const {
  MemberRecord* member = conference.find_member(close.participant);
  if (member == nullptr) return;
  conference.close_legs(*member);
  member->connection = "lost";
  member->held_offer.reset();
}

void Conference::Effects::operator()(const rooms::ForgetParticipant& forget) const {
  MemberRecord* member = conference.find_member(forget.participant);
  if (member == nullptr) return;
  conference.part(*member, "left");
  conference.close_legs(*member);
  ++conference.events_.leaves[forget.reason];
  spdlog::info("{} left room {}", forget.participant.str(), member->room.str());
  conference.members_.erase(forget.participant);
}

void Conference::Effects::operator()(const rooms::OpenTrack& open) const {
  MemberRecord* member = conference.find_member(open.participant);
  if (member == nullptr) return;
  std::optional<std::string> mid;
  if (const auto node = member->mids.extract(open.track)) mid = std::move(node.mapped());
  member->media.open_track(open.track, open.kind, std::move(mid));
  conference.touch(open.participant);
}

void Conference::Effects::operator()(const rooms::CloseTrack& close) const {
  MemberRecord* member = conference.find_member(close.participant);
  if (member == nullptr) return;
  member->media.close_track(close.track);
  conference.touch(close.participant);
}

void Conference::Effects::operator()(const rooms::LinkTrack& link) const {
  const MemberRecord* publisher = conference.find_member(link.publisher);
  MemberRecord* subscriber = conference.find_member(link.subscriber);
  if (publisher == nullptr || subscriber == nullptr) return;
  subscriber->media.link(publisher->media, link.track, link.delivery);
  conference.touch(link.subscriber);
}

void Conference::Effects::operator()(const rooms::UpdateLink& update) const {
  if (MemberRecord* member = conference.find_member(update.subscriber)) {
    member->media.update_link(update.track, update.delivery);
    conference.touch(update.subscriber);
  }
}

void Conference::Effects::operator()(const rooms::UnlinkTrack& unlink) const {
  MemberRecord* member = conference.find_member(unlink.subscriber);
  if (member == nullptr) return;
  member->media.unlink(unlink.track);
  conference.touch(unlink.subscriber);
}

void Conference::Effects::operator()(const rooms::EndRoom&) const {
  conference.ended_.push_back(cause.room);
}

}  // namespace parley::server
