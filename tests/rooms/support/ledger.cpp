#include "tests/rooms/support/ledger.hpp"

#include <algorithm>
#include <set>

#include "tests/rooms/support/script.hpp"

namespace parley::rooms::test {
namespace {

RequestId request_of(const Input& input) {
  return std::visit(
      [](const auto& in) -> RequestId {
        if constexpr (requires { in.request; }) return in.request;
        return 0;
      },
      input);
}

}  // namespace

void Ledger::require(bool holds, const std::string& what) {
  if (!holds && !wrong_) wrong_ = what;
}

std::optional<std::string> Ledger::enter(const Input& input, const std::vector<Effect>& effects,
                                         const Room& room) {
  note_flow(input);
  for (const Effect& effect : effects) {
    enter_effect(effect);
    if (wrong_) return "after \"" + line(effect) + "\": " + *wrong_;
  }
  note_silence(input);
  check_answers(input, effects);
  check_views(room);
  check_links(room);
  check_cameras(room);
  const bool ended = !effects.empty() && std::holds_alternative<EndRoom>(effects.back());
  require(ended == clients_.empty(), "the room ends exactly when nobody has a seat");
  return wrong_;
}

void Ledger::enter_effect(const Effect& effect) {
  std::visit([this](const auto& e) { on(e); }, effect);
}

void Ledger::on(const Answer& effect) {
  if (!effect.reply.ok()) {
    require(!effect.reply.error().message.empty(), "an error says what is wrong");
    return;
  }
  const auto* joined = std::get_if<reply::Joined>(&effect.reply.value());
  if (joined == nullptr) return;
  Client& client = clients_[joined->participant];
  View view{.self = joined->participant, .host = {}, .others = {}, .speaking = {}, .held = {}};
  if (joined->host) view.host = view.self;
  for (const Participant& other : joined->participants) {
    auto& tracks = view.others[other.id];
    for (Track track : other.tracks) {
      if (std::exchange(track.held, false)) view.held.insert(track.id);
      tracks[track.id] = track;
    }
    if (other.host) view.host = other.id;
  }
  require(joined->chat.size() <= limits_.chat_history, "the history is bounded");
  client.view = std::move(view);
}

void Ledger::on(const Send& effect) {
  const auto client = clients_.find(effect.to);
  require(client != clients_.end() && client->second.view, "events go to a session");
  if (wrong_) return;
  told(*client->second.view, effect.event);
  const bool last = std::holds_alternative<event::TransportClosed>(effect.event) ||
                    std::holds_alternative<event::Removed>(effect.event) ||
                    std::holds_alternative<event::RoomClosed>(effect.event);
  if (last) client->second.view.reset();
}

void Ledger::told(View& view, const Event& event) {
  if (const auto* e = std::get_if<event::ParticipantJoined>(&event)) {
    require(!view.others.contains(e->participant.id) && e->participant.id != view.self,
            "a participant joins once");
    auto& tracks = view.others[e->participant.id];
    for (const Track& track : e->participant.tracks) tracks[track.id] = track;
  } else if (const auto* left = std::get_if<event::ParticipantLeft>(&event)) {
    for (const auto& [track, told] : view.others[left->participant]) view.held.erase(track);
    require(view.others.erase(left->participant) == 1, "who leaves was there");
  } else if (const auto* changed = std::get_if<event::HostChanged>(&event)) {
    view.host = changed->participant;
  } else if (const auto* added = std::get_if<event::TrackAdded>(&event)) {
    require(view.others.contains(added->participant), "tracks are added to who is known");
    view.others[added->participant][added->track.id] = added->track;
  } else if (const auto* removed = std::get_if<event::TrackRemoved>(&event)) {
    require(view.others[removed->participant].erase(removed->track) == 1,
            "removed tracks are known");
    view.held.erase(removed->track);
  } else if (const auto* muted = std::get_if<event::TrackMuted>(&event)) {
    auto& tracks = view.others[muted->participant];
    require(tracks.contains(muted->track), "muted tracks are known");
    tracks[muted->track].muted = muted->muted;
  } else if (const auto* speaking = std::get_if<event::ActiveSpeaker>(&event)) {
    const std::set<ParticipantId> distinct(speaking->participants.begin(),
                                           speaking->participants.end());
    require(distinct.size() == speaking->participants.size(), "nobody speaks twice at a time");
    require(*speaking != view.speaking, "the speakers are told when they change");
    view.speaking = *speaking;
  } else if (const auto* held = std::get_if<event::TrackHeld>(&event)) {
    require(view.others.contains(held->participant) &&
                view.others[held->participant].contains(held->track),
            "held tracks are known");
    require(held->held ? view.held.insert(held->track).second : view.held.erase(held->track) == 1,
            "who holds what is told when it changes");
  }
}

void Ledger::on(const OpenTransport& effect) {
  Client& client = clients_[effect.participant];
  require(client.view.has_value(), "a transport opens after the answer");
  require(!std::exchange(client.transport, true), "one transport a participant");
}

void Ledger::on(const CloseTransport& effect) {
  require(clients_.contains(effect.participant), "only seats have transports");
  Client& client = clients_[effect.participant];
  require(std::exchange(client.transport, false), "only an open transport is closed");
  for (const auto& [track, flowing] : client.tracks)
    require(!linked(track), "tracks are unlinked before their transport closes");
  client.tracks.clear();
  std::erase_if(links_, [&](const auto& link) { return link.first.first == effect.participant; });
}

void Ledger::on(const ForgetParticipant& effect) {
  const auto client = clients_.find(effect.participant);
  require(client != clients_.end() && !client->second.transport,
          "forgotten after all else is closed");
  clients_.erase(effect.participant);
  forgotten_.insert(effect.participant);
}

void Ledger::on(const OpenTrack& effect) {
  Client& client = clients_[effect.participant];
  require(client.transport, "tracks open on a transport");
  require(client.tracks.try_emplace(effect.track, false).second, "a track opens once");
  require(client.tracks.size() <= limits_.tracks, "tracks are bounded");
}

void Ledger::on(const CloseTrack& effect) {
  require(!linked(effect.track), "a track is unlinked before it is closed");
  require(clients_[effect.participant].tracks.erase(effect.track) == 1,
          "only an open track closes");
}

void Ledger::on(const LinkTrack& effect) {
  const Client& publisher = clients_[effect.publisher];
  require(effect.publisher != effect.subscriber, "nobody hears itself");
  require(effect.track.live, "only live tracks are linked");
  const auto track = publisher.tracks.find(effect.track.id);
  require(publisher.transport && track != publisher.tracks.end() && track->second,
          "a linked track flows");
  require(clients_[effect.subscriber].transport, "links need the subscriber's transport");
  require(links_.try_emplace({effect.subscriber, effect.track.id}, effect).second,
          "a link is made once");
}

void Ledger::on(const UpdateLink& effect) {
  const auto link = links_.find({effect.subscriber, effect.track});
  require(link != links_.end() && link->second.delivery != effect.delivery,
          "an update changes a link");
  if (link != links_.end()) link->second.delivery = effect.delivery;
}

void Ledger::on(const UnlinkTrack& effect) {
  require(links_.erase({effect.subscriber, effect.track}) == 1, "only what is linked is unlinked");
}

void Ledger::on(const EndRoom&) {
  require(clients_.empty(), "a room ends without seats");
}

/// A track that appears flows from then on; noted before the links that follow from it.
void Ledger::note_flow(const Input& input) {
  const auto* appeared = std::get_if<TrackAppeared>(&input);
  if (appeared == nullptr) return;
  const auto client = clients_.find(appeared->participant);
  if (client == clients_.end()) return;
  const auto track = client->second.tracks.find(appeared->track);
  if (track != client->second.tracks.end()) track->second = true;
}

/// A lost session hears nothing more; noted after what time alone has brought about before it.
void Ledger::note_silence(const Input& input) {
  const auto* lost = std::get_if<SignalingLost>(&input);
  if (lost == nullptr) return;
  const auto client = clients_.find(lost->participant);
  if (client != clients_.end()) client->second.view.reset();
}

void Ledger::check_answers(const Input& input, const std::vector<Effect>& effects) {
  const RequestId request = request_of(input);
  std::size_t answers = 0;
  for (const Effect& effect : effects)
    if (const auto* answer = std::get_if<Answer>(&effect)) {
      ++answers;
      require(answer->request == request, "the answer is to the request");
    }
  require(answers == (request == 0 ? 0U : 1U), "one answer a request");
}

void Ledger::check_views(const Room& room) {
  const auto participants = room.participants();
  const auto hosts = std::count_if(participants.begin(), participants.end(),
                                   [](const Participant& p) { return p.host; });
  require(hosts == (participants.empty() ? 0 : 1), "one host while somebody is present");
  require(participants.size() <= limits_.participants, "participants are bounded");

  for (const auto& [id, client] : clients_) {
    if (!client.view) continue;
    std::map<ParticipantId, std::map<TrackId, Track>> others;
    for (const Participant& other : participants) {
      if (other.host) require(client.view->host == other.id, "clients know the host");
      if (other.id == id) continue;
      auto& tracks = others[other.id];
      for (const Track& track : other.tracks)
        if (track.live) tracks[track.id] = track;
    }
    require(others == client.view->others, "what " + id.str() + " was told adds up to the room");
    const event::ActiveSpeaker& speaking = client.view->speaking;
    for (const ParticipantId& speaker : speaking.participants)
      require(speaker == id || others.contains(speaker), "speakers are present");
    require(speaking.dominant == room.dominant(), "clients know who has the floor");
    require(
        speaking.dominant.empty() || speaking.dominant == id || others.contains(speaking.dominant),
        "who has the floor is present");
  }
}

/// A subscriber is sent what it wants as it wants it, but for what it was told is held.
void Ledger::check_links(const Room& room) {
  std::set<TrackId> flowing;
  for (const auto& [id, client] : clients_)
    for (const auto& [track, flows] : client.tracks)
      if (flows) flowing.insert(track);
  std::size_t expected = 0;
  for (const auto& [id, client] : clients_)
    for (const Subscription& wish : room.subscriptions(id)) {
      if (!client.transport || !flowing.contains(wish.track)) continue;
      ++expected;
      const auto link = links_.find({id, wish.track});
      require(link != links_.end(), "what is wanted and flows is linked");
      if (wrong_) return;
      const auto& [publisher, subscriber, track, delivery] = link->second;
      require(delivery.paused == wish.paused && delivery.layer == wish.layer,
              "a link is as it is wanted");
      require(!wish.pinned || (delivery.preferred && !delivery.held), "what is pinned comes first");
      require(!client.view || client.view->held.contains(wish.track) == delivery.held,
              "clients know what is held");
      require(track.source != Source::Screen || delivery.preferred, "screens come first");
    }
  require(expected == links_.size(), "links are the subscriptions that can be met");
}

/// Everybody is let have the cameras of as many others as the room sends, or of all there are.
void Ledger::check_cameras(const Room& room) {
  const std::size_t n = room.settings().last_n;
  for (const auto& [id, client] : clients_) {
    if (!client.view) continue;
    std::set<TrackId> pinned;
    for (const Subscription& wish : room.subscriptions(id))
      if (wish.pinned) pinned.insert(wish.track);
    std::set<ParticipantId> showing;
    std::set<ParticipantId> let_through;
    for (const auto& [other, tracks] : client.view->others)
      for (const auto& [track, told] : tracks) {
        const bool held = client.view->held.contains(track);
        require(!held || (n > 0 && told.source == Source::Camera && !pinned.contains(track)),
                "only cameras are held, and only where the room has a last-N");
        const auto& own = clients_[other].tracks;
        const auto flows = own.find(track);
        if (told.source != Source::Camera || told.muted || flows == own.end() || !flows->second)
          continue;
        showing.insert(other);
        if (!held && !pinned.contains(track)) let_through.insert(other);
        if (n > 0 && other == room.dominant())
          require(!held, "who has the floor is seen by everybody");
      }
    require(n == 0 || let_through.size() <= n, "no more cameras than N");
    require(n == 0 || !pinned.empty() || let_through.size() == std::min(n, showing.size()),
            "no fewer cameras than N");
  }
}

bool Ledger::linked(const TrackId& track) const {
  return std::any_of(links_.begin(), links_.end(),
                     [&](const auto& link) { return link.first.second == track; });
}

}  // namespace parley::rooms::test
