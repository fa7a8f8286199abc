// GStreamer's ICE classes, which it calls unstable: included by webrtc_ice_*.cpp alone.
#pragma once

#ifndef GST_USE_UNSTABLE_API
#define GST_USE_UNSTABLE_API
#endif
#include <gst/webrtc/webrtc.h>
// webrtc.h leaves this one out.
#include <gst/webrtc/ice.h>

/// G_DEFINE_TYPE casts as C does.
#define DEFINE_ICE_TYPE(Type, type, parent)                                             \
  _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wold-style-cast\"") \
      G_DEFINE_TYPE(Type, type, parent) _Pragma("GCC diagnostic pop")
