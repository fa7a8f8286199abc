// One client of the conference: a Socket.IO socket, and the participant it joined as.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "signaling/backend.hpp"
#include "signaling/http/rate_limiter.hpp"
#include "signaling/mediasoup/directory.hpp"
#include "signaling/mediasoup/roster.hpp"
#include "signaling/socketio/socket.hpp"
#include "support/glib/main_loop.hpp"

namespace parley::signaling::mediasoup {

/// What the sessions share; outlives them.
struct Context {
  Backend& backend;
  MainLoop& main_loop;
  std::shared_ptr<Directory> directory;
};

/// Main-bound. Held by the handlers of its socket, which end with it.
class Session final : public Client, public std::enable_shared_from_this<Session> {
 public:
  Session(Context context, socketio::Socket& socket);

  /// Takes the socket's events, and greets it.
  void start();

  // --- Client (session_events.cpp, but for the replies) -----------------------------------------
  void answer(RequestId request, const Result<rooms::Reply>& reply) override;
  void event(const rooms::Event& event) override;
  void offer(const Description&) override {}  // joined with ORTC: there are none
  void description_answer(RequestId, const Description&) override {}
  void slots(const std::vector<SlotMapping>&) override {}
  void transport_opened(RequestId request, const sdp::LocalTransport& transport) override;
  void consuming(RequestId request, const Consuming& consuming) override;
  void close(std::string_view reason) override;

 private:
  using Ack = socketio::Ack;
  using Value = socketio::Value;
  using Handler = void (Session::*)(const Value& arguments, const Ack& ack);
  using Write = std::function<Value(const rooms::Reply&)>;
  struct Pending {
    std::string event;
    Ack ack;
    Write write;    ///< of requests that answer() replies to
    TrackId track;  ///< that is to be consumed
  };

  // session.cpp
  void on(const char* event, Handler handler);
  RequestId ask(const char* event, const Ack& ack, Request what, Write write, TrackId track = {});
  /// Says `error` in this protocol's words.
  static void fail(const Ack& ack, std::string_view event, const Error& error);
  /// False, and answered, for a client that has not joined.
  [[nodiscard]] bool joined(const Ack& ack) const;
  void disconnected();
  void join_room(const Value& arguments, const Ack& ack);
  void leave_room(const Value& arguments, const Ack& ack);
  void send_message(const Value& arguments, const Ack& ack);
  void get_producers(const Value& arguments, const Ack& ack);
  Value welcome(const rooms::reply::Joined& reply, const std::string& name);
  void leave();

  // session_media.cpp
  void get_capabilities(const Value& arguments, const Ack& ack);
  void create_producer_transport(const Value& arguments, const Ack& ack);
  void create_consumer_transport(const Value& arguments, const Ack& ack);
  void connect_producer_transport(const Value& arguments, const Ack& ack);
  void connect_consumer_transport(const Value& arguments, const Ack& ack);
  void connect(const char* event, TransportUse use, const Value& arguments, const Ack& ack);
  void produce(const Value& arguments, const Ack& ack);
  void consume(const Value& arguments, const Ack& ack);
  void resume_consumer(const Value& arguments, const Ack& ack);
  void pause_consumer(const Value& arguments, const Ack& ack);
  void set_paused(const char* event, bool paused, const Value& arguments, const Ack& ack);

  // session_events.cpp
  struct Events;
  void emit(std::string_view event, Value value);
  /// A producer of somebody else began, or ended.
  void tell_new(const ParticipantId& publisher, const rooms::Track& track);
  void tell_closed(const ParticipantId& publisher, const TrackId& track);

  Context context_;
  std::weak_ptr<socketio::Socket> socket_;
  std::string socket_id_, query_user_id_, query_user_name_, token_;
  http::RateLimiter limiter_, transport_limiter_;
  ClientId client_ = 0;
  RequestId next_request_ = 1;
  std::unordered_map<RequestId, Pending> pending_;

  bool joined_ = false;
  bool removed_ = false;  ///< the conference has ended what it joined
  bool leaving_ = false;  ///< it leaves by itself: no goodbye is needed
  RoomId room_;
  ParticipantId participant_;
  std::string user_id_;
  Roster roster_;
  bool has_producer_transport_ = false,
       has_consumer_transport_ = false;                    ///< ever had, since it joined
  std::map<std::string, TrackId, std::less<>> consumers_;  ///< by id
};

/// A participant as others are told of it.
socketio::Value participant_json(const Directory& directory, const rooms::Participant& participant);
socketio::Value message_json(const Directory& directory, const rooms::ChatMessage& message);

}  // namespace parley::signaling::mediasoup
