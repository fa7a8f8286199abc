// The SDP of one participant: every media m-line is written and read here, as pure code.
// webrtcbin only ever negotiates its one data-channel m-line; see pipelines/participant.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "signaling/sdp/media_description.hpp"
#include "support/ids.hpp"
#include "support/media.hpp"
#include "support/result.hpp"

namespace parley::sdp {

struct Candidate {
  std::string foundation;
  std::uint32_t priority = 0;
  std::string address;
  std::uint16_t port = 0;
};

/// Our end of the transport, taken from webrtcbin and the ICE agent.
struct LocalTransport {
  std::string ufrag;
  std::string password;
  std::string fingerprint;  ///< "sha-256 AA:BB:…"
  std::vector<Candidate> candidates;
};

/// Which DTLS role the peer takes: the server is always the passive side (DTLS server), so
/// `Active`.
enum class Setup : std::uint8_t { Active, Passive, ActPass };

/// The peer's end, as its offer or answer said it.
struct RemoteTransport {
  std::string ufrag;
  std::string password;
  std::vector<std::string> fingerprints;  ///< "sha-256 AA:BB:…", as written; any of them may match
  Setup setup = Setup::Active;
  bool data_channel = false;

  bool operator==(const RemoteTransport&) const = default;
};

/// What is negotiated besides codecs, both ways; the one place to switch it.
struct Policy {
  bool remb = true;          ///< goog-remb feedback
  bool transport_cc = true;  ///< transport-wide feedback and its header extension
  bool abs_send_time = true;
  bool dependency_descriptor = true;  ///< the layers of AV1 and H264 are told by nothing else
  bool simulcast = true;  ///< offer and take layers (RFC 8853); else a peer sends one stream
};

struct Options {
  std::uint64_t session_id = 1;  ///< the o= line's; below 2^63 (RFC 8829 5.2.1)
  bool data_channel = true;      ///< offer an SCTP m-line, and take one
  /// m-lines the peer copes with, see attach(). Firefox bundles no more than the default.
  std::size_t max_lines = 127;
  /// Whether media may flow to the peer, and from it; an m-line's other direction is not taken.
  bool sends = true, receives = true;
  Policy policy;
  /// Returns an SSRC that is in use nowhere in this participant's session. Never 0.
  std::function<std::uint32_t()> next_ssrc;
};

/// A peer's m-line that began to send in an offer of the peer's own: a publication not announced
/// by a `publish` before.
struct IncomingMedia {
  std::string mid;
  media::Kind kind{};
  std::string stream;  ///< first msid, "-" without one
};

/// The peer's transport, and what an applied offer or answer changed.
struct Applied {
  RemoteTransport transport;
  std::vector<IncomingMedia> incoming;  ///< only from offers of the peer
  std::vector<TrackId> accepted;        ///< published tracks whose m-line the peer now sends on
  std::vector<TrackId>
      refused;  ///< published tracks whose m-line the peer rejected or left inactive
};

/// The m-lines of one participant and what they carry.
///
/// *Receive m-lines* (the peer sends): one per published track; freed ones are used again for
/// later publications of the same kind.
/// *Send m-lines* (we send): slots grouped in seats. A seat is the m-lines of one publisher's
/// source (camera with microphone, or screen with its sound): they share an msid stream, so that
/// the browser keeps them in sync. When the publisher goes, its seat is given to the next one;
/// SSRCs and m-lines stay, so nothing has to be negotiated and the SDP does not grow.
///
/// Not thread-safe; no socket, no clock, no GStreamer. Text given in is bounded by the caller and
/// may be anything: a broken description gives an Error (code "bad_sdp", the message names the
/// line) and leaves the session as it was.
class MediaSession final : public MediaDescription {
 public:
  explicit MediaSession(Options options);
  ~MediaSession() override;
  MediaSession(MediaSession&&) noexcept;
  MediaSession& operator=(MediaSession&&) noexcept;

  // --- publications of this participant ---------------------------------------------------------

  /// Plans a receive m-line for a track the peer wants to publish. Returns its mid. With `mid`
  /// given the track is bound to that m-line of the peer's own offer.
  std::string add_receive(const TrackId& track, media::Kind kind,
                          std::optional<std::string> mid = {}) override;
  /// The m-line goes inactive and is free for another publication of the kind.
  std::string remove_receive(const TrackId& track) override;

  // --- subscriptions of this participant --------------------------------------------------------

  /// Gives the track a slot.
  ///
  /// Slots are bounded by Options::max_lines, less some for the peer's own publications. So that
  /// everyone is heard before more are seen, a hundred of them are kept from video, or where that
  /// leaves few, half of all.
  Slot attach(const TrackId& track, media::Kind kind, std::string_view seat) override;
  /// Frees the slot; the m-line and its SSRCs stay, to be given away again.
  void detach(const TrackId& track) override;
  [[nodiscard]] std::optional<std::string> slot_of(const TrackId& track) const;

  // --- offers and answers -----------------------------------------------------------------------

  /// True when an offer would tell the peer something new, beyond one in flight.
  [[nodiscard]] bool needs_offer() const;
  /// Our offer: ice-lite, BUNDLE, setup:actpass, all candidates, end-of-candidates. It has an
  /// m-line even when there is nothing to send or receive, so that the transport comes up. May be
  /// made again when its answer was lost.
  [[nodiscard]] std::string make_offer(const LocalTransport& local);
  /// The peer's answer to the last offer. Error "unexpected_answer" when none is in flight. m-lines
  /// that the peer left out of the BUNDLE group count as refused.
  Result<Applied> apply_answer(std::string_view sdp);
  /// The peer's own offer. Refusing it (a collision) is the caller's decision, before this; an
  /// offer of ours in flight counts as rolled back. Its m-lines that cannot be taken are rejected
  /// in the answer. Afterwards bind publications with add_receive(…, mid) where wanted, then
  /// make_answer().
  Result<Applied> apply_offer(std::string_view sdp);
  /// Only after apply_offer().
  [[nodiscard]] std::string make_answer(const LocalTransport& local);

  // --- what was negotiated ----------------------------------------------------------------------

  [[nodiscard]] std::vector<Receiving> receiving() const override;
  /// Every send m-line the peer has answered, whether a track is on it or not. A rejected one is
  /// listed without codecs until its place is given to a new m-line, of another mid.
  [[nodiscard]] std::vector<media::Send> sending() const override;
  /// The first codec the peer put on this publication's m-line: what it will most likely send.
  /// Nothing while it does not send.
  [[nodiscard]] std::optional<media::Codec> codec_of(const TrackId& track) const override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace parley::sdp
