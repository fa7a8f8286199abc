#include "plugins/elements.hpp"

#include <mutex>

#include "plugins/fan_out_element.hpp"
#include "plugins/track_element.hpp"
#include "plugins/track_source_element.hpp"

namespace parley::plugins {

void register_elements() {
  static std::once_flag once;
  std::call_once(once, [] {
    gst_element_register(nullptr, kFanOutElement, GST_RANK_NONE, fan_out_element_type());
    gst_element_register(nullptr, kTrackSourceElement, GST_RANK_NONE, track_source_element_type());
    gst_element_register(nullptr, kTrackElement, GST_RANK_NONE, track_element_type());
  });
}

}  // namespace parley::plugins
