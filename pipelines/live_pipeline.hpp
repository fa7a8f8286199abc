// A GstPipeline from its start to its end.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <gst/gst.h>

#include "pipelines/session_events.hpp"
#include "support/glib/ref.hpp"

namespace parley::pipelines {

/// Shared by all that still work with it: the participant, and tasks on their way that take
/// elements out. When the last of them lets go, on whatever thread, the reaper takes it to NULL.
class LivePipeline {
 public:
  /// An empty pipeline on the system clock with the process's base-time, so that PTS mean the same
  /// in all of them. Errors, warnings and latency of its bus go to `postbox`.
  LivePipeline(const std::string& name, GstClockTime base_time, const Postbox& postbox);
  ~LivePipeline();
  LivePipeline(const LivePipeline&) = delete;
  LivePipeline& operator=(const LivePipeline&) = delete;

  [[nodiscard]] GstElement* get() const { return element_.get(); }
  [[nodiscard]] GstBin* bin() const { return GST_BIN(element_.get()); }

  /// To be called by the owner before it lets go: `before` runs on the reaper's thread ahead of the
  /// change to NULL, `ended` there when nothing of the pipeline is left.
  void at_end(std::function<void(GstBin*)> before, std::function<void()> ended);

 private:
  Ref<GstElement> element_;
  std::function<void(GstBin*)> before_;
  std::function<void()> ended_;
};

}  // namespace parley::pipelines
