// SRTP over libsrtp: the reference that ours is held to.
#pragma once

#include "transport/srtp.hpp"

namespace parley::transport::testing {

std::unique_ptr<SrtpSender> make_libsrtp_sender(const SrtpKey& key);
std::unique_ptr<SrtpReceiver> make_libsrtp_receiver(const SrtpKey& key);

}  // namespace parley::transport::testing
