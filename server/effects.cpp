#include "server/effects.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace parley::server {

void Conference::Effects::operator()(const rooms::Answer& answer) const {
  const auto client = conference.find_client(cause.client);
  if (answer.reply) {
    if (const auto* joined = std::get_if<rooms::reply::Joined>(&answer.reply.value())) take_seat(*joined);
  } else if (std::holds_alternative<rooms::Join>(cause.input)) {
    refuse_join();
  }
  if (client != nullptr && answer.request != 0) client->answer(answer.request, answer.reply);
}

void Conference::Effects::take_seat(const rooms::reply::Joined& joined) const {
  MemberRecord* member = conference.find_member(joined.participant);
  if (member == nullptr) return;
  if (member->client != cause.client) {
    if (const auto old = conference.clients_.find(member->client); old != conference.clients_.end()) {
      old->second.participant = ParticipantId();
      if (const auto client = old->second.client.lock()) client->close("resumed_elsewhere");
    }
    member->client = cause.client;
  }
  if (const auto it = conference.clients_.find(cause.client); it != conference.clients_.end()) {
    it->second.participant = joined.participant;
    it->second.room = joined.room;
  }
  if (joined.resumed && member->media.has_local()) {
    // What was in flight to the old connection is lost: the next offer tells everything again.
    member->media.restart_negotiation();
    conference.touch(joined.participant);
  }
  spdlog::info("{} {} room {} as {}", joined.participant.str(), joined.resumed ? "resumed in" : "joined",
               joined.room.str(), joined.host ? "host" : "participant");
}

void Conference::Effects::refuse_join() const {
  conference.members_.erase(std::get<rooms::Join>(cause.input).participant);
  if (const auto it = conference.clients_.find(cause.client); it != conference.clients_.end())
    it->second.participant = ParticipantId();
}

void Conference::Effects::operator()(const rooms::Send& send) const {
  const MemberRecord* member = conference.find_member(send.to);
  if (member == nullptr) return;
  if (const auto client = conference.client_of(*member)) client->event(send.event);
}

void Conference::Effects::operator()(const rooms::OpenTransport& open) const {
  MemberRecord* member = conference.find_member(open.participant);
  if (member == nullptr) return;
  member->connection = "connecting";
  if (const Status opened = member->media.open_transport(member->data_channel); !opened) {
    spdlog::error("{}: {}", open.participant.str(), opened.error().message);
    conference.queue_.push_back(
        {cause.room, rooms::TransportLost{open.participant, opened.error().code}, signaling::ClientId{0}});
  }
  conference.connections_[member->media.connection()] = open.participant;
}

void Conference::Effects::operator()(const rooms::CloseTransport& close) const {
  MemberRecord* member = conference.find_member(close.participant);
  if (member == nullptr) return;
  conference.connections_.erase(member->media.connection());
  member->media.close_transport();
  member->connection = "lost";
  member->held_offer.reset();
}

void Conference::Effects::operator()(const rooms::ForgetParticipant& forget) const {
  MemberRecord* member = conference.find_member(forget.participant);
  if (member == nullptr) return;
  if (const auto it = conference.clients_.find(member->client); it != conference.clients_.end()) {
    it->second.participant = ParticipantId();
    if (const auto client = it->second.client.lock()) client->close("left");
  }
  conference.connections_.erase(member->media.connection());
  member->media.close_transport();
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
  subscriber->media.link(publisher->media, link.track, link.subscription);
  conference.touch(link.subscriber);
}

void Conference::Effects::operator()(const rooms::UpdateLink& update) const {
  if (MemberRecord* member = conference.find_member(update.subscriber))
    member->media.update_link(update.subscription);
}

void Conference::Effects::operator()(const rooms::UnlinkTrack& unlink) const {
  MemberRecord* member = conference.find_member(unlink.subscriber);
  if (member == nullptr) return;
  member->media.unlink(unlink.track);
  conference.touch(unlink.subscriber);
}

void Conference::Effects::operator()(const rooms::EndRoom&) const { conference.ended_.push_back(cause.room); }

}  // namespace parley::server
