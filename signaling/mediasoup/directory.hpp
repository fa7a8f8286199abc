// What participants are called by clients of this protocol.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <string>

#include "support/ids.hpp"

namespace parley::signaling::mediasoup {

struct Identity {
  std::string socket_id;
  std::string user_id;
};

/// Those of everybody who joined by way of this protocol, also for a while after they left: the
/// chat's history names them. Who joined otherwise goes by the participant's id. Main-bound.
class Directory {
 public:
  static constexpr std::size_t kDeparted = 1000;

  void add(const ParticipantId& participant, Identity identity);
  void departed(const ParticipantId& participant);
  [[nodiscard]] Identity of(const ParticipantId& participant) const;

 private:
  std::map<ParticipantId, Identity> identities_;
  std::deque<ParticipantId> departed_;  ///< the first to go first
};

}  // namespace parley::signaling::mediasoup
