// The state of a room, shared by the files that each carry out one idea of it. Private to rooms/.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "rooms/floor.hpp"
#include "rooms/room.hpp"

namespace parley::rooms {

/// A track as its publisher's seat keeps it.
struct Publication {
  Track track;
  bool flowing = false;  ///< media comes in on the present transport
  bool speaking = false;
};

/// A participant, present or only kept. `media` implies `present`; so does `signaling`.
struct Seat {
  ParticipantId id;
  std::string name;
  WallTime joined_at{};
  std::string resume_token;
  bool subscribe_all = true;
  bool signaling = true;  ///< a session takes its events
  bool media = false;     ///< it has a transport
  bool present = true;    ///< the others see it
  Time lost_at{};         ///< when `signaling` ended
  std::vector<Publication> publications;
  /// Its wishes about live tracks of the others, whether or not they can be met just now.
  std::map<TrackId, Subscription> subscriptions;
  std::map<TrackId, Delivery> links;  ///< how what flows to it flows
  std::set<TrackId> held;             ///< live tracks of others that last-N keeps from it

  [[nodiscard]] Publication* find(const TrackId& track);
};

/// A track flows to a subscriber, as a *link*, exactly while three things hold: the subscriber has
/// a subscription to it and has media, and the publication is flowing. Whatever changes one of the
/// three emits the LinkTrack or UnlinkTrack that follows from it. Whatever changes who is held from
/// whom or goes first marks the room `unsettled`; settle() emits what follows from that, at the end
/// of the Input or before somebody is told or linked in the middle of it.
struct Room::Impl {
  RoomId id;
  Limits limits;
  Settings settings;
  /// In the order of joining, which a kept seat does not lose. The host is the first one present.
  std::vector<std::unique_ptr<Seat>> seats;
  std::deque<ChatMessage> chat;
  std::vector<ParticipantId> speakers;  ///< in the order they began
  Floor floor;
  event::ActiveSpeaker told_speakers;
  bool unsettled = false;
  ParticipantId host;  ///< whom the others take for the host
  bool waiting = false;
  std::optional<Time> waiting_since;
  Time now{};
  std::vector<Effect> effects;

  // One Input each.
  void on(const Join& in);
  void on(const Resume& in);
  void on(const Leave& in);
  void on(const Publish& in);
  void on(const Unpublish& in);
  void on(const Subscribe& in);
  void on(const Mute& in);
  void on(const Chat& in);
  void on(const TrackAppeared& in);
  void on(const TrackRefused& in);
  void on(const Undecodable& in);
  void on(const Speaking& in);
  void on(const SignalingLost& in);
  void on(const TransportLost& in);
  void on(const Configure& in);
  void on(const Remove& in);
  void on(const Close& in);
  void on(const Tick& in);

  // room.cpp: lookup and saying things
  [[nodiscard]] Seat* find(const ParticipantId& participant) const;
  /// The seat of a participant that makes a request. Error: not_joined.
  [[nodiscard]] Result<Seat*> asking(const ParticipantId& participant) const;
  [[nodiscard]] const Seat* first_present() const;
  [[nodiscard]] Participant describe(const Seat& seat) const;
  void answer(RequestId request, Reply reply);
  void refuse(RequestId request, Error error);
  void send(const Seat& to, Event event);
  void broadcast(const Event& event, const Seat* except = nullptr);
  void end_if_empty();

  // membership.cpp
  void welcome(const Seat& seat, RequestId request, bool resumed);
  void appear(const Seat& seat);
  void disappear(Seat& seat, std::string_view reason);
  /// Ends the seat; `seat` is gone afterwards.
  void drop(Seat& seat, std::string_view reason);
  void settle_host(const Seat* newcomer = nullptr);

  // liveness.cpp
  void expire();
  void open_media(Seat& seat);
  void close_media(Seat& seat);
  void lose_signaling(Seat& seat);

  // tracks.cpp
  struct Own {
    Seat* seat;
    Publication* publication;
  };
  /// A participant's own track, for a request. Errors: not_joined, track_not_found.
  [[nodiscard]] Result<Own> own_track(const ParticipantId& participant, const TrackId& track) const;
  [[nodiscard]] std::optional<Own> find_track(const TrackId& track) const;
  void stop_flow(Seat& seat, Publication& publication);
  void remove_track(Seat& seat, const TrackId& track);

  // subscriptions.cpp
  void subscribe_to_all(Seat& subscriber);
  void announce(const Seat& publisher, const Track& track);
  void retract(Publication& publication);
  void link_publishers(Seat& subscriber);
  void link_subscribers(const Seat& publisher, const Publication& publication);
  void unlink_subscribers(const Publication& publication);
  void link(Seat& subscriber, const Seat& publisher, const Publication& publication,
            const Subscription& wish);
  void unlink(Seat& subscriber, const TrackId& track);
  /// The link's delivery may have changed.
  void update_link(Seat& subscriber, const Seat& publisher, const Publication& publication);
  void want(Seat& subscriber, const Own& published, const Subscription& wish);
  void unwant(Seat& subscriber, const Own& published);

  // speakers.cpp
  void update_speakers(const Seat& seat);
  void tell_speakers();

  // last_n.cpp
  void settle();
  [[nodiscard]] std::vector<const Seat*> by_recency() const;
  void hold(Seat& viewer, const Seat& publisher, const Publication& publication, bool beyond);
  [[nodiscard]] Delivery delivery(const Seat& subscriber, const Seat& publisher, const Track& track,
                                  const Subscription& wish) const;
  [[nodiscard]] bool goes_first(const Seat& publisher, const Seat& subscriber) const;
};

}  // namespace parley::rooms
