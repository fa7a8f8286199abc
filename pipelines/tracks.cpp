#include "pipelines/tracks.hpp"

#include <array>
#include <atomic>
#include <cassert>
#include <utility>

#include "pipelines/reaper.hpp"
#include "plugins/fan_out_element.hpp"
#include "plugins/track_source_element.hpp"

namespace parley::pipelines {
namespace {

using forwarding::TrackKey;

/// Unique in the process, so that no two publishers of a shard ever share one.
TrackKey next_key() {
  static std::atomic<TrackKey> last{0};
  return ++last;
}

Ref<GstElement> make(const char* factory, const std::string& name) {
  return Ref<GstElement>::sink(gst_element_factory_make(factory, name.c_str()));
}

void end_element(GstBin* bin, GstElement* element) {
  // Locked, so that a pipeline changing state just now does not bring it up again.
  gst_element_set_locked_state(element, TRUE);
  gst_element_set_state(element, GST_STATE_NULL);
  gst_bin_remove(bin, element);
}

}  // namespace

std::string source_name(const TrackId& track) {
  return "source-" + track.str();
}
std::string tee_name(const TrackId& track) {
  return "tee-" + track.str();
}
std::string fan_out_name(const TrackId& track) {
  return "fanout-" + track.str();
}

Tracks::Tracks(std::shared_ptr<LivePipeline> pipeline, transport::Transport& transport,
               unsigned shard, transport::ConnectionId connection)
    : pipeline_(std::move(pipeline)),
      transport_(transport),
      shard_(shard),
      connection_(connection) {}

Tracks::Branch Tracks::make_branch(const TrackId& track, media::Kind kind) const {
  Branch branch{next_key(), make(plugins::kTrackSourceElement, source_name(track)),
                make("tee", tee_name(track)), make(plugins::kFanOutElement, fan_out_name(track))};
  assert(branch.source && branch.tee && branch.fan_out && "register_elements() comes first");
  const Handle<GstCaps, gst_caps_unref> caps(gst_caps_new_simple(
      "application/x-rtp", "media", G_TYPE_STRING, media::to_string(kind).data(), nullptr));
  g_object_set(branch.source.get(), "caps", caps.get(), "stream-id", track.str().c_str(), nullptr);
  // A tee without branches is no error for its publisher.
  g_object_set(branch.tee.get(), "allow-not-linked", TRUE, nullptr);
  return branch;
}

TrackKey Tracks::add(const TrackId& track, media::Kind kind) {
  assert(!branches_.contains(track));
  const Branch branch = make_branch(track, kind);
  gst_bin_add_many(pipeline_->bin(), branch.source.get(), branch.tee.get(), branch.fan_out.get(),
                   nullptr);
  gst_element_link_many(branch.source.get(), branch.tee.get(), branch.fan_out.get(), nullptr);
  // Downstream first: the source sends its caps and segment as it starts.
  for (const auto& element : {branch.fan_out, branch.tee, branch.source})
    gst_element_sync_state_with_parent(element.get());

  transport_.post(
      shard_, [connection = connection_, kind, key = branch.key, fan_out = branch.fan_out,
               pad = Ref<GstPad>::adopt(gst_element_get_static_pad(branch.source.get(), "src"))](
                  transport::Shard& shard) {
        forwarding::Peer* peer = shard.find(connection);
        if (peer == nullptr) return;
        plugins::set_fan_out(fan_out.get(), peer->add_track(key, kind).fan_out());
        shard.set_output(connection, key, pad);
      });
  branches_.emplace(track, branch);
  return branch.key;
}

void Tracks::remove(const TrackId& track) {
  auto node = branches_.extract(track);
  if (node.empty()) return;
  transport_.post(shard_, [connection = connection_, branch = std::move(node.mapped()),
                           pipeline = pipeline_](transport::Shard& shard) mutable {
    shard.set_output(connection, branch.key, nullptr);
    if (forwarding::Peer* peer = shard.find(connection)) peer->remove_track(branch.key);
    Reaper::instance().run([branch = std::move(branch), pipeline = std::move(pipeline)] {
      for (const auto& element : {branch.source, branch.tee, branch.fan_out})
        end_element(pipeline->bin(), element.get());
    });
  });
}

TrackKey Tracks::key_of(const TrackId& track) const {
  const auto found = branches_.find(track);
  return found != branches_.end() ? found->second.key : 0;
}

}  // namespace parley::pipelines
