#include "server/leg.hpp"

#include <cassert>
#include <utility>

namespace parley::server {
namespace {

/// Without signaling a peer counts as gone after this long without a check; browsers check every
/// 2.5 s (Chromium) to 6 s (Firefox).
constexpr Duration kLostConsentTimeout = std::chrono::seconds(8);

}  // namespace

Leg::~Leg() {
  assert(pipeline_ == nullptr && "close() comes first");
}

Status Leg::open(const std::string& name, unsigned shard, bool data_channel) {
  assert(pipeline_ == nullptr);
  local_.reset();
  remote_set_ = false;
  const pipelines::Participant::Options options{data_channel, shard, context_->base_time};
  pipeline_ = std::make_unique<pipelines::Participant>(
      ParticipantId(name), options, context_->transport, context_->main_loop, context_->observer);
  return pipeline_->start();
}

void Leg::close() {
  if (pipeline_ == nullptr) return;
  ++context_->closing;
  // The context outlives the main loop's last task, so the raw pointer is safe here.
  pipeline_->close([context = context_] { --context->closing; });
  pipeline_.reset();
  local_.reset();
}

transport::ConnectionId Leg::connection() const {
  return pipeline_ ? pipeline_->connection() : 0;
}

sdp::LocalTransport Leg::local_transport() const {
  sdp::LocalTransport local{local_->ufrag, local_->password, local_->fingerprint, {}};
  for (const transport::Candidate& c : context_->transport.candidates())
    local.candidates.push_back({c.foundation, c.priority, c.address, c.port});
  return local;
}

void Leg::set_remote_once(const pipelines::RemoteParameters& remote) {
  if (!std::exchange(remote_set_, true)) pipeline_->set_remote(remote);
}

void Leg::expect_soon(bool soon) const {
  if (pipeline_ == nullptr) return;
  context_->transport.post(pipeline_->shard(), [id = connection(), soon](transport::Shard& shard) {
    shard.set_consent_timeout(id, soon ? kLostConsentTimeout : transport::kConsentTimeout);
  });
}

}  // namespace parley::server
