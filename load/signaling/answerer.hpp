// The client's side of offer and answer (RFC 8829), as pure code: what a browser would say that
// takes everything and sends Opus and one codec of video.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "load/signaling/session.hpp"
#include "support/result.hpp"

namespace parley::load {

/// The client's end of a peer connection; the same for its whole life.
struct LocalEnd {
  IceCredentials ice;
  std::string fingerprint;
  std::string address;     ///< of a host candidate; empty for none
  std::uint16_t port = 0;  ///< its port
  std::string cname;
  /// The encodings it sends: one without a rid, or a layer each. Empty where it does not send.
  std::vector<SendLayer> audio, video;
  media::CodecName video_codec = media::CodecName::Vp8;  ///< VP8, VP9 or H.264; audio is Opus

  [[nodiscard]] bool sends() const { return !audio.empty() || !video.empty(); }
  [[nodiscard]] const std::vector<SendLayer>& layers(media::Kind kind) const {
    return kind == media::Kind::Audio ? audio : video;
  }
};

struct Description {
  std::string sdp;  ///< for the server
  Session session;
};

/// Answers the server's offer: takes all that it sends, and sends on the m-lines named by `mids`.
/// Error "bad_sdp".
Result<Description> answer_offer(std::string_view offer, const LocalEnd& local,
                                 std::span<const std::string> mids);

/// An offer that sends what `local` has. Where that is nothing, one that receives both kinds.
std::string make_offer(const LocalEnd& local);
/// What the server made of make_offer(). Error "bad_sdp".
Result<Session> read_answer(std::string_view answer, const LocalEnd& local);

}  // namespace parley::load
