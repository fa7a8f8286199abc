// A member whose client offers and answers.
#include <utility>

#include "server/member.hpp"

namespace parley::server {
namespace {

pipelines::RemoteParameters remote_of(const sdp::RemoteTransport& remote) {
  return {.ufrag = remote.ufrag, .password = remote.password, .fingerprints = remote.fingerprints};
}

}  // namespace

bool Member::can_describe() const {
  return sdp_ != nullptr && receiving().has_local();
}

void Member::offer_everything() {
  offer_all_ = true;
}

bool Member::needs_offer() const {
  return sdp_ != nullptr && (offer_all_ || sdp_->needs_offer());
}

signaling::Description Member::describe(std::string sdp) {
  return {std::move(sdp), negotiation_.version(), take_slots(), publications()};
}

signaling::Description Member::offer() {
  offer_all_ = false;
  return describe(sdp_->make_offer(receiving().local_transport()));
}

signaling::Description Member::answer() {
  return describe(sdp_->make_answer(receiving().local_transport()));
}

Result<sdp::Applied> Member::apply_answer(const std::string& sdp) {
  auto applied = sdp_->apply_answer(sdp);
  if (applied) receiving().set_remote_once(remote_of(applied->transport));
  return applied;
}

Result<sdp::Applied> Member::apply_offer(const std::string& sdp) {
  auto applied = sdp_->apply_offer(sdp);
  if (applied) receiving().set_remote_once(remote_of(applied->transport));
  return applied;
}

}  // namespace parley::server
