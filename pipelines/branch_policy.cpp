#include "pipelines/branch_policy.hpp"

#include <algorithm>
#include <array>

namespace parley::pipelines {
namespace {

/// Elements that only work on what flows through them. Not here on purpose: whatever opens files,
/// sockets, devices or displays or runs programs; queue2 and downloadbuffer (temp-template); mp4mux
/// and qtmux (they write files of their own); the decodebins, playbins and parsebin (they plug what
/// they like); the inter and proxy elements (from one branch, or room, to another); appsrc and
/// appsink (for C code); libav's encoders (passlogfile).
constexpr std::array kSafe = {
    // ours
    "parleytrack",
    // flow
    "capsfilter", "clocksync", "fakesink", "funnel", "identity", "input-selector", "multiqueue",
    "output-selector", "queue", "tee", "valve", "watchdog",
    // tests
    "audiotestsrc", "videotestsrc",
    // RTP
    "rtpav1depay", "rtpav1pay", "rtph264depay", "rtph264pay", "rtpjitterbuffer", "rtpopusdepay",
    "rtpopuspay", "rtpvp8depay", "rtpvp8pay", "rtpvp9depay", "rtpvp9pay",
    // codecs
    "av1dec", "av1enc", "av1parse", "avdec_h264", "dav1ddec", "h264parse", "jpegdec", "jpegenc",
    "openh264dec", "openh264enc", "opusdec", "opusenc", "opusparse", "pngdec", "pngenc", "vp8dec",
    "vp8enc", "vp9dec", "vp9enc", "vp9parse", "wavenc", "x264enc",
    // containers
    "flvmux", "matroskamux", "mpegtsmux", "oggmux", "webmmux",
    // sound
    "audioamplify", "audiochebband", "audiocheblimit", "audioconvert", "audiodynamic", "audioecho",
    "audiokaraoke", "audiomixer", "audiopanorama", "audiorate", "audioresample", "audiobuffersplit",
    "equalizer-10bands", "level", "removesilence", "spectrum", "volume",
    // pictures
    "agingtv", "alpha", "clockoverlay", "coloreffects", "compositor", "dicetv", "edgetv", "gamma",
    "gaussianblur", "imagefreeze", "mirror", "textoverlay", "timeoverlay", "videobalance",
    "videobox", "videoconvert", "videoconvertscale", "videocrop", "videoflip", "videomedian",
    "videorate", "videoscale"};

constexpr std::array<std::string_view, 2> kVpxGuarded = {"multipass-mode", "multipass-cache-file"};
constexpr std::array<std::string_view, 3> kX264Guarded = {"pass", "multipass-cache-file",
                                                          "option-string"};

}  // namespace

bool BranchPolicy::allows(std::string_view factory) const {
  switch (mode_) {
    case BranchMode::Off:
      return false;
    case BranchMode::Any:
      return true;
    case BranchMode::Safe:
      return std::find(kSafe.begin(), kSafe.end(), factory) != kSafe.end() ||
             widened_.contains(factory);
  }
  return false;
}

std::span<const std::string_view> BranchPolicy::guarded(std::string_view factory) const {
  if (mode_ == BranchMode::Any || widened_.contains(factory)) return {};
  if (factory == "vp8enc" || factory == "vp9enc") return kVpxGuarded;
  if (factory == "x264enc") return kX264Guarded;
  return {};
}

}  // namespace parley::pipelines
