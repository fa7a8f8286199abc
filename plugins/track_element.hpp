// `parleytrack`: a track of the room as RTP, in a gst-launch line.
#pragma once

#include <memory>
#include <string>

#include <gst/gst.h>

#include "plugins/isolator.hpp"
#include "support/media.hpp"

namespace parley::plugins {

/// A live source. Its properties `participant`, `kind`, `layer` and `source` say which track; its
/// packets come from an isolator, on a thread of its own, with running time as PTS and caps that
/// follow the codec. Without an isolator it does not start. Upstream GstForceKeyUnit events ask the
/// publisher for a keyframe.
inline constexpr const char* kTrackElement = "parleytrack";

/// What a `parleytrack` in a line asks for.
struct TrackWish {
  std::string participant;  ///< an id or a name; empty: whoever has the floor
  media::Kind kind = media::Kind::Video;
  std::string layer;   ///< a rid; empty: the best there is
  std::string source;  ///< "camera", "screen"…; empty: the first of its kind

  bool operator==(const TrackWish&) const = default;
};

[[nodiscard]] bool is_track_element(GstElement* element);
[[nodiscard]] TrackWish track_wish(GstElement* element);
/// Before READY.
void set_isolator(GstElement* element, std::shared_ptr<Isolator> isolator, std::uint32_t ssrc);

}  // namespace parley::plugins
