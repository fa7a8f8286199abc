// What a participant's media is, in whatever notation its client speaks: SDP (MediaSession) or ORTC
// parameters (OrtcSession).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/ids.hpp"
#include "support/media.hpp"

namespace parley::sdp {

/// Publications and subscriptions of one participant, and the m-lines they have. Not thread-safe.
class MediaDescription {
 public:
  virtual ~MediaDescription() = default;

  /// Gives a track the peer wants to publish an m-line to be received on; returns its mid. With
  /// `mid` given it is an m-line that the peer has described already.
  virtual std::string add_receive(const TrackId& track, media::Kind kind,
                                  std::optional<std::string> mid) = 0;
  /// Returns the mid of an m-line that has ended for good with it; empty where the m-line stays,
  /// for another publication.
  virtual std::string remove_receive(const TrackId& track) = 0;

  struct Slot {
    std::string mid;  ///< empty: no m-line is left, the track has to wait
    /// The peer does not know the m-line yet: it is in sending() after the next offer and answer.
    bool needs_offer = false;
  };
  /// Gives a track of others an m-line to be sent on. `seat` names the publisher's source
  /// ("<participant>/camera"); tracks of the same seat share a stream. Idempotent.
  virtual Slot attach(const TrackId& track, media::Kind kind, std::string_view seat) = 0;
  virtual void detach(const TrackId& track) = 0;

  struct Receiving {
    TrackId track;
    media::Receive media;
  };
  /// The publications that the peer sends, as was negotiated.
  [[nodiscard]] virtual std::vector<Receiving> receiving() const = 0;
  /// Every m-line to send on that the peer knows, whether a track is on it or not.
  [[nodiscard]] virtual std::vector<media::Send> sending() const = 0;
  /// The codec in which a publication will most likely come. Nothing while it is not negotiated.
  [[nodiscard]] virtual std::optional<media::Codec> codec_of(const TrackId& track) const = 0;

 protected:
  MediaDescription() = default;
  MediaDescription(const MediaDescription&) = default;
  MediaDescription& operator=(const MediaDescription&) = default;
  MediaDescription(MediaDescription&&) = default;
  MediaDescription& operator=(MediaDescription&&) = default;
};

}  // namespace parley::sdp
