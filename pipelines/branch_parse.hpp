// From a gst-launch line to a pipeline that may run.
#pragma once

#include <string>
#include <vector>

#include <gst/gst.h>

#include "pipelines/branch_policy.hpp"
#include "support/glib/ref.hpp"
#include "support/result.hpp"

namespace parley::pipelines {

inline constexpr std::size_t kMaxLaunchLength = 4096;  ///< bytes
inline constexpr std::size_t kMaxBranchElements = 100;

/// A pipeline in NULL, and the `parleytrack` elements in it.
struct ParsedBranch {
  Ref<GstElement> pipeline;
  std::vector<Ref<GstElement>> tracks;
};

/// Names are looked at before anything is made, and what was made is looked at before it may run.
/// Loads plugins, so it may take a while; thread-safe. Errors: bad_launch (with element and
/// column), element_forbidden, branches_off.
[[nodiscard]] Result<ParsedBranch> parse_branch(const std::string& launch,
                                                const BranchPolicy& policy);

/// Every element of a pipeline, those inside bins too.
[[nodiscard]] std::vector<Ref<GstElement>> elements_of(GstElement* pipeline);
[[nodiscard]] std::string factory_name(GstElement* element);

}  // namespace parley::pipelines
