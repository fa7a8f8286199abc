// Carries out what a room wants done: one function per Effect.
#pragma once

#include "server/conference.hpp"

namespace parley::server {

/// Main-bound; lives while the Effects of one Input are carried out. Nothing here calls
/// Room::apply.
struct Conference::Effects {
  Conference& conference;
  const QueuedInput& cause;

  void operator()(const rooms::Answer& answer) const;
  void operator()(const rooms::Send& send) const;
  void operator()(const rooms::OpenTransport& open) const;
  void operator()(const rooms::CloseTransport& close) const;
  void operator()(const rooms::ForgetParticipant& forget) const;
  void operator()(const rooms::OpenTrack& open) const;
  void operator()(const rooms::CloseTrack& close) const;
  void operator()(const rooms::LinkTrack& link) const;
  void operator()(const rooms::UpdateLink& update) const;
  void operator()(const rooms::UnlinkTrack& unlink) const;
  void operator()(const rooms::EndRoom&) const;

 private:
  void take_seat(const rooms::reply::Joined& joined) const;
  void refuse_join() const;
};

}  // namespace parley::server
