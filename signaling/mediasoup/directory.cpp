#include "signaling/mediasoup/directory.hpp"

#include <utility>

namespace parley::signaling::mediasoup {

void Directory::add(const ParticipantId& participant, Identity identity) {
  identities_[participant] = std::move(identity);
}

void Directory::departed(const ParticipantId& participant) {
  if (!identities_.contains(participant)) return;
  departed_.push_back(participant);
  if (departed_.size() <= kDeparted) return;
  identities_.erase(departed_.front());
  departed_.pop_front();
}

Identity Directory::of(const ParticipantId& participant) const {
  const auto found = identities_.find(participant);
  return found != identities_.end() ? found->second
                                    : Identity{participant.str(), participant.str()};
}

}  // namespace parley::signaling::mediasoup
