// `parleyfanout`: the GStreamer element at the end of a track's tee that feeds the subscribers.
#pragma once

#include <memory>

#include <gst/gst.h>

#include "forwarding/track.hpp"

namespace parley::plugins {

inline constexpr const char* kFanOutElement = "parleyfanout";

/// Registers the elements of this folder in the running process. Idempotent, thread-safe.
void register_elements();

/// Gives a `parleyfanout` its kernel, before the first buffer and from the thread that pushes them.
/// The element keeps a share. Its chain function always returns GST_FLOW_OK: a subscriber's trouble
/// never stops a publisher.
void set_fan_out(GstElement* element, std::shared_ptr<forwarding::FanOut> fan_out);

}  // namespace parley::plugins
