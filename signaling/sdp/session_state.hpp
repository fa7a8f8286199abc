// All that a MediaSession knows, as one value: a description is applied to a copy, which takes the
// original's place only when all of it was good.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "signaling/sdp/media_session.hpp"
#include "signaling/sdp/numbering.hpp"
#include "signaling/sdp/peer_media.hpp"

namespace parley::sdp {

/// What a description of ours says about an m-line.
struct Terms {
  bool send = false;
  bool receive = false;
  TrackId track;  ///< the publication received

  bool operator==(const Terms&) const = default;
};

/// Our sending half of an m-line: a slot.
struct Slot {
  std::size_t seat = 0;
  TrackId track;  ///< empty while free
  std::uint32_t ssrc = 0;
  std::uint32_t rtx_ssrc = 0;  ///< 0 for audio
};

/// Whether the peer sends the publication bound to an m-line.
enum class Verdict : std::uint8_t { Unknown, Accepted, Refused };

struct Line {
  enum class Kind : std::uint8_t { Audio, Video, Data, Dead };

  Kind kind = Kind::Dead;
  std::string mid;
  MediaHead head;            ///< what a rejected m-line repeats
  bool ours = true;          ///< this end made it, not an offer of the peer's
  bool agreed = false;       ///< part of a finished exchange
  bool answered = false;     ///< the last one was an offer of ours, and `peer` is the answer
  std::string replaced_mid;  ///< of the dead m-line whose place it took; not agreed yet

  TrackId track;                ///< the publication received on it; empty while none is
  bool bound_to_offer = false;  ///< the caller bound it to the peer's own m-line
  Verdict verdict = Verdict::Unknown;
  std::optional<Slot> slot;
  std::optional<Terms> told;
  std::vector<OfferedLayer> layers;  ///< of the peer's own m-line, as it last offered some
  PeerMedia peer;  ///< what was negotiated: the peer's words, less what the server did not take

  [[nodiscard]] bool is_media() const { return kind == Kind::Audio || kind == Kind::Video; }
  /// Also of a dead one, which may have been a slot.
  [[nodiscard]] media::Kind media_kind() const {
    return head.media == "audio" ? media::Kind::Audio : media::Kind::Video;
  }
  [[nodiscard]] Terms terms() const { return {slot.has_value(), !track.empty(), track}; }
  /// The peer is known to use it (or to have it and keep it still).
  [[nodiscard]] bool negotiated() const { return agreed && told.has_value(); }
  /// Ends it for good; its place can be given to another (RFC 8829 5.2.2).
  void die();
};

/// The names of layers on m-lines of ours, lowest first.
inline constexpr std::array<std::string_view, 3> kRids{"q", "h", "f"};

/// The m-lines of one publisher's source. Free while none of them carries a track.
struct Seat {
  std::string stream;  ///< msid and CNAME
  std::string owner;   ///< the `seat` of attach(); that of the last one while free
};

struct State {
  explicit State(Options options);

  Options options;
  /// In the order of the descriptions; those from `placed` on have no place in one yet.
  std::vector<Line> lines;
  std::size_t placed = 0;
  std::size_t agreed = 0;  ///< how many m-lines the last finished exchange had
  std::vector<Seat> seats;
  Numbering payload_types = payload_type_numbering();
  Numbering extension_ids = extension_numbering();
  std::uint64_t version = 0;  ///< the o= line's, of the next description
  unsigned next_mid = 0;
  bool offered = false;       ///< an offer of ours waits for its answer
  bool data_refused = false;  ///< the peer rejected the data channel

  [[nodiscard]] Line* find_mid(std::string_view mid);
  [[nodiscard]] Line* find_published(const TrackId& track);
  [[nodiscard]] Line* find_subscribed(const TrackId& track);
  [[nodiscard]] bool is_free(std::size_t seat) const;

  /// A new m-line of ours without a place, at the end.
  Line& plan(Line::Kind kind);
  Slot new_slot(std::size_t seat, media::Kind kind) const;
  std::size_t new_seat(std::string owner);
  /// Forgets an m-line that the peer never heard of.
  void forget(const Line& line);
  /// Gives every planned m-line a place: first those of dead ones, then new ones at the end.
  void place_planned();
  /// Takes the places back from m-lines that were offered and never answered.
  void take_back();
  /// What our own offers list for an m-line: codecs under our numbers, then extensions.
  [[nodiscard]] std::vector<OfferedCodec> offered_codecs(const Line& line) const;
  [[nodiscard]] std::vector<OfferedExtension> offered_extensions(const Line& line) const;
  /// The simulcast streams we are ready to receive on an m-line.
  [[nodiscard]] std::vector<OfferedLayer> offered_layers(const Line& line) const;
  [[nodiscard]] Feedback feedback(media::Kind kind) const;
};

}  // namespace parley::sdp
