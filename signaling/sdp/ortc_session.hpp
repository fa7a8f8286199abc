// The media of one ORTC client: what it produces on one of its transports and consumes on the
// other.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "signaling/sdp/media_description.hpp"
#include "signaling/sdp/media_session.hpp"
#include "signaling/sdp/ortc.hpp"
#include "support/result.hpp"

namespace parley::sdp {

/// The ORTC notation of a MediaDescription. Nothing is offered or answered: a producer's parameters
/// are the client's word, a consumer's are the server's, and either holds at once. What the peer
/// wrote may be anything; an Error leaves the session as it was.
class OrtcSession final : public MediaDescription {
 public:
  struct Options {
    Policy policy;
    /// m-lines to send on that a client's browser copes with.
    std::size_t max_consumers = 120;
    /// Returns an SSRC that is in use nowhere. Never 0.
    std::function<std::uint32_t()> next_ssrc;
  };
  explicit OrtcSession(Options options) : options_(std::move(options)) {}

  // --- publications -----------------------------------------------------------------------------

  /// The peer sends `track` as the parameters say, once add_receive() has given it its place.
  /// `replaced`: a publication that ends with this one, whose mid and SSRCs it may have. Error
  /// "invalid_field" names the field.
  Status produce(const TrackId& track, media::Kind kind, const RtpParameters& parameters,
                 const TrackId& replaced = {});
  std::string add_receive(const TrackId& track, media::Kind kind,
                          std::optional<std::string> mid = {}) override;
  std::string remove_receive(const TrackId& track) override;

  // --- subscriptions ----------------------------------------------------------------------------

  /// Describes for the peer how it is sent `track`, on an m-line of its own until end_consumer().
  /// `produced` is what the track may come in, first what it comes in just now. A consumer that was
  /// there for the track ends. Errors: "cannot_consume" when the peer has no decoder for it;
  /// "consumer_limit".
  Result<RtpParameters> consume(const TrackId& track, media::Kind kind,
                                std::span<const media::Codec> produced,
                                const RtpCapabilities& capabilities, std::string_view seat);
  void end_consumer(const TrackId& track);
  [[nodiscard]] std::vector<TrackId> consumed() const;

  /// An m-line only where the peer consumes the track.
  Slot attach(const TrackId& track, media::Kind kind, std::string_view seat) override;
  void detach(const TrackId&) override {}  // the consumer stays, and its m-line with it

  // --- what holds -------------------------------------------------------------------------------

  [[nodiscard]] std::vector<Receiving> receiving() const override;
  [[nodiscard]] std::vector<media::Send> sending() const override;
  [[nodiscard]] std::optional<media::Codec> codec_of(const TrackId& track) const override;

 private:
  struct Production {
    media::Receive media;
    bool published = false;
  };

  Options options_;
  std::map<TrackId, Production> productions_;
  std::map<TrackId, media::Send> consumers_;
  std::uint64_t next_mid_ = 0;
};

}  // namespace parley::sdp
