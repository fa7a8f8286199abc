// What a peer's m-line says, read into values the session works with.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "signaling/sdp/codecs.hpp"
#include "signaling/sdp/description.hpp"
#include "support/media.hpp"
#include "support/result.hpp"

namespace parley::sdp {

/// Bounds of one m-line, far above what any sender describes.
inline constexpr std::size_t kMaxSsrcs = 64;
inline constexpr std::size_t kMaxRids = 16;

/// RTCP feedback of one codec (RFC 4585 4.2).
struct Feedback {
  bool nack = false;
  bool pli = false;
  bool fir = false;
  bool remb = false;
  bool transport_cc = false;

  /// What both ends want.
  [[nodiscard]] Feedback both(const Feedback& other) const;
};

/// Notes one kind as SDP's a=rtcp-fb names it: "nack pli". Others are skipped.
void add_feedback(Feedback& feedback, std::string_view what);

struct Policy;
/// What the server wants itself of a codec of this kind.
Feedback server_feedback(media::Kind kind, const Policy& policy);

struct OfferedCodec {
  FormatIndex format = 0;
  media::Codec codec;
  Feedback feedback;
};

/// `extension` under `id`. `direction` as in a=extmap ("sendonly"…), empty for both.
struct OfferedExtension {
  std::uint8_t id = 0;
  media::Extension extension{};
  std::string direction;
};

/// One simulcast stream the peer sends (RFC 8851, RFC 8853).
struct OfferedLayer {
  std::string rid;
  std::string restrictions;  ///< of its a=rid line, "pt=96;max-width=1280"; mostly empty
  bool paused = false;       ///< it does not send it just now
};

struct PeerMedia {
  bool sends = false;  ///< by its direction attribute
  bool receives = false;
  std::vector<OfferedCodec> codecs;  ///< those the server knows, in the peer's order
  std::vector<OfferedExtension> extensions;
  /// Numbers the peer uses for what the server does not know: not free for anything else.
  std::vector<std::uint8_t> foreign_payload_types;
  std::vector<std::uint8_t> foreign_extension_ids;
  std::vector<std::uint32_t> ssrcs;                          ///< without the repair ones
  std::vector<std::pair<std::uint32_t, std::uint32_t>> rtx;  ///< FID groups: primary, repair
  /// What a=simulcast says it sends, in its order: the first of each stream's alternatives,
  /// paused or not. Those without an a=rid line of their own are none. Browsers list them as given
  /// to sendEncodings, mostly small ones first, but no RFC gives the order a meaning: it is a first
  /// guess, the pictures' sizes decide.
  std::vector<OfferedLayer> layers;
  std::string stream = "-";  ///< of the first a=msid
  bool reduced_size_rtcp = false;
  bool mixed_extensions = false;
};

/// Reads an audio or video section. Attributes it does not know are skipped. `session` gives the
/// attributes that hold for every section (RFC 8866 6.7). Error: "bad_sdp".
Result<PeerMedia> read_media(const Section& section, media::Kind kind, const Attributes& session);

/// True for m-lines of RTP over DTLS (RFC 8829 5.1.2 names the protocols to accept).
bool is_rtp(const MediaHead& head);
bool is_data_channel(const MediaHead& head);

/// The value of a=mid (RFC 5888), empty without. Error: "bad_sdp" when it is no token.
Result<std::string> read_mid(const Section& section);

/// True when port 0 says the m-line is rejected, not merely bundled (RFC 9143 section 6).
bool is_rejected(const Section& section);

}  // namespace parley::sdp
