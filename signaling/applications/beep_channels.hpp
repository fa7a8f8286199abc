// Voice and video channels of Beep clients, which send what MediaRecorder makes of their camera.
//   join_voice {channelId}, leave_voice {channel_id} → "usermove" {message} to every Beep client;
//   audio {audio, channel_id} → "audio" and "stream" {audio} to the others in the channel.
#pragma once

#include <memory>

#include "signaling/applications/token.hpp"
#include "signaling/socketio/server.hpp"

namespace parley::signaling::applications {

/// Beep clients are those that gave a token with a name (auth.token; clients 2.x: the query's
/// token), and only they are told of others' moves: the namespace is shared with clients that know
/// nothing of channels. Main-bound. Outlives the sessions of its namespace.
class BeepChannels {
 public:
  BeepChannels(socketio::Namespace& nsp, socketio::Timers& timers, TokenReader tokens);
  BeepChannels(const BeepChannels&) = delete;
  BeepChannels& operator=(const BeepChannels&) = delete;

 private:
  class Client;

  void met(socketio::Socket& socket);

  socketio::Namespace& nsp_;
  socketio::Timers& timers_;
  const TokenReader tokens_;
};

}  // namespace parley::signaling::applications
