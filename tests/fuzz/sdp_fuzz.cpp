// Any text as an offer, and as the answer to an offer of ours. Corpus: tests/sdp/fixtures.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "signaling/sdp/description.hpp"
#include "signaling/sdp/media_session.hpp"

namespace {

using namespace parley;

const sdp::LocalTransport kLocal{
    "srvu", "serverpassword0123456789ab", "sha-256 00:11", {{"1", 1, "127.0.0.1", 1}}};

sdp::MediaSession make_session() {
  sdp::Options options;
  options.policy.simulcast = true;
  options.policy.transport_cc = true;
  options.next_ssrc = [next = std::uint32_t{1'000'000}]() mutable { return next++; };
  return sdp::MediaSession(std::move(options));
}

/// Whatever the peer says, our own descriptions stay well-formed.
void check(const std::string& sdp) {
  const auto description = sdp::parse_description(sdp);
  if (sdp.size() <= sdp::kMaxDescription && !description.ok()) std::abort();
}

void take_offer(std::string_view text) {
  sdp::MediaSession session = make_session();
  const auto applied = session.apply_offer(text);
  if (applied.ok())
    for (const sdp::IncomingMedia& media : applied->incoming)
      (void)session.add_receive(TrackId(media.mid), media.kind, media.mid);
  (void)session.attach(TrackId("v"), media::Kind::Video, "p/camera");
  if (applied.ok()) check(session.make_answer(kLocal));
  (void)session.receiving();
  (void)session.sending();
  check(session.make_offer(kLocal));
  (void)session.apply_answer(text);
}

/// The offer that the recorded answers of a publisher and receiver belong to.
void take_answer(std::string_view text) {
  sdp::MediaSession session = make_session();
  (void)session.add_receive(TrackId("mic"), media::Kind::Audio);
  (void)session.add_receive(TrackId("cam"), media::Kind::Video);
  (void)session.make_offer(kLocal);
  (void)session.apply_answer(text);
  (void)session.receiving();
  if (session.apply_offer(text).ok()) check(session.make_answer(kLocal));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  take_offer(text);
  take_answer(text);
  return 0;
}
