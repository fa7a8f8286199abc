#include "load/media/file_media.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <utility>

#include <gst/gst.h>

#include "forwarding/payload_descriptor.hpp"
#include "forwarding/rtp_packet.hpp"
#include "support/glib/ref.hpp"
#include "support/glib/signal.hpp"

namespace parley::load {
namespace {

using forwarding::RtpPacket;
using media::CodecName;
using media::Kind;

constexpr std::uint32_t kVideoClock = 90'000, kAudioClock = 48'000;
constexpr int kMtu = 1200;

struct Payloader {
  const char* caps;  ///< what parsebin calls the codec
  CodecName codec;
  const char* description;
};
constexpr std::array kPayloaders{
    Payloader{"video/x-vp8", CodecName::Vp8, "rtpvp8pay name=pay"},
    Payloader{"video/x-vp9", CodecName::Vp9, "rtpvp9pay name=pay"},
    Payloader{"video/x-h264", CodecName::H264,
              "rtph264pay name=pay config-interval=-1 aggregate-mode=zero-latency"},
    Payloader{"audio/x-opus", CodecName::Opus, "rtpopuspay name=pay"},
};

/// One pass over a file. Its callbacks run on GStreamer's threads, which have ended when run()
/// returns.
class Reader {
 public:
  Reader(std::string path, Kind kind) : path_(std::move(path)), kind_(kind) {}

  Result<std::shared_ptr<const FileMedia>> run() {
    const auto pipeline = Ref<GstElement>::sink(gst_pipeline_new(nullptr));
    GstElement* source = gst_element_factory_make("filesrc", nullptr);
    GstElement* parse = gst_element_factory_make("parsebin", nullptr);
    if (source == nullptr || parse == nullptr)
      return Error{"gstreamer_missing",
                   "GStreamer's base plugins are missing: install "
                   "gstreamer1.0-plugins-base and -good"};
    g_object_set(source, "location", path_.c_str(), nullptr);
    pipeline_ = GST_BIN(pipeline.get());
    gst_bin_add_many(pipeline_, source, parse, nullptr);
    gst_element_link(source, parse);
    g_signal_connect(parse, "pad-added", G_CALLBACK(&Reader::on_pad), this);
    gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
    const Status ended = wait(pipeline.get());
    gst_element_set_state(pipeline.get(), GST_STATE_NULL);
    if (failure_.code.empty() && !ended) failure_ = ended.error();
    if (!failure_.code.empty()) return failure_;
    return finish();
  }

 private:
  static Status wait(GstElement* pipeline) {
    const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline));
    const Handle<GstMessage, gst_message_unref> message(gst_bus_timed_pop_filtered(
        bus.get(), GST_CLOCK_TIME_NONE,
        static_cast<GstMessageType>(GST_MESSAGE_ERROR | GST_MESSAGE_EOS)));
    if (GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_EOS) return Nothing{};
    GError* error = nullptr;
    gst_message_parse_error(message.get(), &error, nullptr);
    const Handle<GError, g_error_free> owned(error);
    return Error{"file_unreadable", error->message};
  }

  static void on_pad(GstElement*, GstPad* pad, gpointer self) {
    static_cast<Reader*>(self)->add_stream(pad);
  }

  void add_stream(GstPad* pad) {
    const Handle<GstCaps, gst_caps_unref> caps(gst_pad_query_caps(pad, nullptr));
    const std::string_view name = gst_structure_get_name(gst_caps_get_structure(caps.get(), 0));
    const bool wanted = name.starts_with(kind_ == Kind::Audio ? "audio/" : "video/");
    const auto found = std::ranges::find(kPayloaders, name, &Payloader::caps);
    if (!wanted || codec_) return discard(pad);
    if (found == kPayloaders.end()) {
      other_ = name;
      return discard(pad);
    }
    codec_ = found->codec;
    const std::string description =
        std::string("queue ! ") + found->description + " ! fakesink name=sink sync=false";
    GstElement* bin = gst_parse_bin_from_description(description.c_str(), TRUE, nullptr);
    if (bin == nullptr) return discard(pad);
    const auto pay = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(bin), "pay"));
    const auto sink = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(bin), "sink"));
    g_object_set(pay.get(), "mtu", kMtu, "timestamp-offset", 0U, nullptr);
    g_object_set(sink.get(), "signal-handoffs", TRUE, nullptr);
    g_signal_connect(sink.get(), "handoff", G_CALLBACK(&Reader::on_buffer), this);
    attach(pad, bin);
  }

  void discard(GstPad* pad) { attach(pad, gst_element_factory_make("fakesink", nullptr)); }

  void attach(GstPad* pad, GstElement* element) {
    gst_bin_add(pipeline_, element);
    const auto input = Ref<GstPad>::adopt(gst_element_get_static_pad(element, "sink"));
    gst_pad_link(pad, input.get());
    gst_element_sync_state_with_parent(element);
  }

  static void on_buffer(GstElement*, GstBuffer* buffer, GstPad*, gpointer self) {
    GstMapInfo map;
    if (!gst_buffer_map(buffer, &map, GST_MAP_READ)) return;
    static_cast<Reader*>(self)->add_packet({map.data, map.size});
    gst_buffer_unmap(buffer, &map);
  }

  void add_packet(forwarding::Bytes bytes) {
    const auto rtp = RtpPacket::parse(bytes);
    if (!rtp || !failure_.code.empty()) return;
    const bool starts =
        kind_ == Kind::Audio || forwarding::read_descriptor(*codec_, rtp->payload).starts_keyframe;
    if (packets_.empty() && !starts) return;
    if (packets_.empty()) first_timestamp_ = rtp->timestamp;
    const std::uint32_t timestamp = rtp->timestamp - first_timestamp_;
    if (!packets_.empty() && timestamp < packets_.back().timestamp)
      return fail(
          "codec_unsupported",
          "has frames out of order (B-frames), which WebRTC does not carry: encode without");
    if (bytes_.size() + rtp->payload.size() > FileMedia::kMaxBytes)
      return fail("file_too_large",
                  "holds more than 512 MiB of media: cut it, it is looped anyway");
    packets_.push_back({bytes_.size(), rtp->payload.size(), timestamp, rtp->marker, starts});
    bytes_.insert(bytes_.end(), rtp->payload.begin(), rtp->payload.end());
  }

  void fail(const char* code, const char* message) { failure_ = {code, message}; }

  Result<std::shared_ptr<const FileMedia>> finish() {
    const std::string kind = kind_ == Kind::Audio ? "audio" : "video";
    const std::string wanted = kind_ == Kind::Audio ? "Opus" : "VP8, VP9 or H.264";
    if (!codec_ && !other_.empty())
      return Error{"codec_unsupported",
                   "its " + kind + " is " + other_ + ": encode it in " + wanted};
    if (packets_.empty()) return Error{"no_such_stream", "holds no " + kind + " in " + wanted};
    return std::make_shared<const FileMedia>(*codec_, std::move(bytes_), std::move(packets_));
  }

  std::string path_;
  Kind kind_;
  GstBin* pipeline_ = nullptr;
  std::optional<CodecName> codec_;
  std::string other_;  ///< a codec that cannot be sent
  std::uint32_t first_timestamp_ = 0;
  std::vector<std::uint8_t> bytes_;
  std::vector<FileMedia::Packet> packets_;
  Error failure_;
};

}  // namespace

Result<std::shared_ptr<const FileMedia>> FileMedia::read(const std::string& path, Kind kind) {
  if (!std::filesystem::is_regular_file(path))
    return Error{"file_unreadable", path + ": no such file"};
  auto media = Reader(path, kind).run();
  if (!media) return Error{media.error().code, path + ": " + media.error().message};
  return media;
}

FileMedia::FileMedia(CodecName codec, std::vector<std::uint8_t> bytes, std::vector<Packet> packets)
    : codec_(codec), bytes_(std::move(bytes)), packets_(std::move(packets)) {
  const std::uint32_t last = packets_.back().timestamp;
  const auto before = std::find_if(packets_.rbegin(), packets_.rend(),
                                   [&](const Packet& packet) { return packet.timestamp != last; });
  length_ = before == packets_.rend() ? clock_rate() : last + (last - before->timestamp);
}

std::uint32_t FileMedia::clock_rate() const {
  return codec_ == CodecName::Opus ? kAudioClock : kVideoClock;
}

}  // namespace parley::load
