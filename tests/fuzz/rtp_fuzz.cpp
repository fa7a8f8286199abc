// A publisher's RTP, well-formed or not, through a Peer and out to a subscriber.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "forwarding/peer.hpp"
#include "tests/forwarding/support/fuzz.hpp"

namespace parley::forwarding::test {
namespace {

void take(Bytes input) {
  FuzzCall call;
  while (!input.empty()) {
    // A byte of length, a byte of time, then a packet: sequences of packets reach deeper states.
    const std::size_t size = std::min<std::size_t>(input[0] * 8U, input.size() - 1);
    const auto pause = std::chrono::milliseconds(input.size() > 1 ? input[1] : 0);
    std::vector<std::uint8_t> packet(input.begin() + 1,
                                     input.begin() + 1 + static_cast<std::ptrdiff_t>(size));
    input = input.subspan(1 + size);
    call.on_rtp(packet, pause);
  }
}

}  // namespace
}  // namespace parley::forwarding::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  parley::forwarding::test::take({data, size});
  return 0;
}
