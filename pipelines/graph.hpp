// A room's live GStreamer graph as Graphviz DOT, made to be read by people.
#pragma once

#include <span>
#include <string>

#include <gst/gst.h>

#include "support/ids.hpp"

namespace parley::pipelines {

/// One participant's pipeline, or a branch's, and where it is sent to on a transport of its own,
/// that one's. Either may be null (no transport just now) and is the caller's.
struct GraphParticipant {
  ParticipantId id;
  std::string name;
  GstElement* pipeline = nullptr;
  GstElement* sending = nullptr;
};

/// A track that goes to a subscriber. `label` says more about it ("camera · VP8 · flowing").
struct GraphLink {
  ParticipantId publisher;
  TrackId track;
  ParticipantId subscriber;
  std::string label;
  bool flowing = true;  ///< drawn dashed otherwise
  /// Of the subscriber's pipeline, where the track goes in; empty: its webrtcbin.
  std::string element{};
};

struct GraphOptions {
  std::string title;
  bool detail = false;  ///< the inside of webrtcbin too
};

/// Every participant is a cluster of its pipeline's elements; links run from fan-outs to
/// webrtcbins. Walks the pipelines as they are, so elements may come and go meanwhile. Text of
/// users is escaped. Main-bound.
[[nodiscard]] std::string graph_dot(const GraphOptions& options,
                                    std::span<const GraphParticipant> participants,
                                    std::span<const GraphLink> links);

}  // namespace parley::pipelines
