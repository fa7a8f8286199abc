// `parleytracksrc`: where a track's packets enter its publisher's pipeline.
#pragma once

#include <gst/gst.h>

namespace parley::plugins {

/// A live source with a bare `src` pad: no task, no queue. Whoever has the packets pushes them on
/// that pad, from one thread, with running time as PTS. Its properties `caps` and `stream-id` are
/// set before PAUSED; going to PAUSED it sends stream-start, caps and segment, so that from then on
/// the pad takes buffers.
inline constexpr const char* kTrackSourceElement = "parleytracksrc";

}  // namespace parley::plugins
