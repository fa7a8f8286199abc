// Whatever comes in on the port: parsing never reads beyond the datagram, and an ICE-lite agent
// never takes for the peer's what was not made with its password.
#include <cstdlib>
#include <vector>

#include "transport/demux.hpp"
#include "transport/ice_lite.hpp"

using namespace parley;
using namespace parley::transport;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // A copy of exactly this size, so that AddressSanitizer sees a read beyond it.
  const std::vector<std::uint8_t> datagram(data, data + size);
  (void)classify(datagram);
  const auto message = stun::parse(datagram);
  if (!message) return 0;
  if (message->username.size() > size) std::abort();
  IceLite ice;
  ice.set_local("serv", "0123456789012345678901");
  std::array<std::uint8_t, stun::kMaxResponse> response;
  const auto outcome = ice.on_request(datagram, *message, Path{}, Time{}, response);
  if (outcome.verdict != IceLite::Verdict::Refused || ice.selected()) std::abort();
  if (outcome.response > 0 && !stun::parse(std::span(response).first(outcome.response)))
    std::abort();
  return 0;
}
