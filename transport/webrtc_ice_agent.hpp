// webrtcbin's view of a connection: a GstWebRTCICE that gathers nothing and checks nothing itself.
#pragma once

#include <memory>

#include "support/glib/ref.hpp"
#include "transport/webrtc_ice_link.hpp"

typedef struct _GstWebRTCICE GstWebRTCICE;

namespace parley::transport {

/// For one webrtcbin with one transport (bundle-policy max-bundle). webrtcbin's threads call it.
Ref<GstWebRTCICE> new_ice_agent(std::shared_ptr<IceLink> link);

}  // namespace parley::transport
