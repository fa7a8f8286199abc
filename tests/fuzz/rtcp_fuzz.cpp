// A peer's RTCP, well-formed or not, into a Peer that sends and receives.
#include "forwarding/peer.hpp"
#include "tests/forwarding/support/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  parley::forwarding::test::FuzzCall call;
  call.flow();
  call.on_rtcp({data, size});
  call.flow();
  return 0;
}
