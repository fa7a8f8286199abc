// publish, unpublish, subscribe, mute.
#include "signaling/native/requests.hpp"

namespace parley::signaling::native {
namespace {

using rooms::Source;

/// A hundred participants with eight tracks each.
constexpr std::size_t kMaxSubscriptions = 800;

/// `source` decides; `kind` alone means the microphone or the camera.
Source source_of(json::Fields& in) {
  const std::string kind = in.choice_or("kind", "", {"audio", "video"});
  if (!in.has("source") && !kind.empty())
    return kind == "audio" ? Source::Microphone : Source::Camera;
  const std::string name = in.choice("source", {"microphone", "camera", "screen", "screen-audio"});
  const Source source = rooms::parse_source(name).value_or(Source::Microphone);
  if (!kind.empty() && kind != media::to_string(rooms::kind_of(source)))
    in.invalid("kind", "does not fit source; leave it out");
  return source;
}

rooms::Subscription subscription_of(json::Fields& in) {
  rooms::Subscription subscription;
  subscription.track = TrackId(in.text("track", shape::kWord));
  subscription.paused = in.boolean_or("paused", false);
  subscription.layer = in.text_or("layer", {}, shape::kLayer);
  subscription.pinned = in.boolean_or("pinned", false);
  return subscription;
}

}  // namespace

Command decode_publish(json::Fields& in) {
  PublishRequest publish;
  publish.source = source_of(in);
  publish.muted = in.boolean_or("muted", false);
  publish.mid = in.optional_text("mid", shape::kMid);
  return publish;
}

Command decode_unpublish(json::Fields& in) {
  return UnpublishRequest{TrackId(in.text("track", shape::kWord))};
}

Command decode_subscribe(json::Fields& in) {
  SubscribeRequest subscribe;
  if (in.has("track") && in.has("tracks"))
    in.invalid("tracks", "stands beside track; send one of them");
  if (in.has("track"))
    subscribe.subscriptions.push_back(subscription_of(in));
  else
    in.each("tracks", kMaxSubscriptions, [&](json::Fields& entry) {
      subscribe.subscriptions.push_back(subscription_of(entry));
    });
  subscribe.wanted = in.boolean_or("wanted", true);
  return subscribe;
}

Command decode_mute(json::Fields& in) {
  MuteRequest mute;
  mute.track = TrackId(in.text("track", shape::kWord));
  mute.muted = in.boolean("muted");
  return mute;
}

}  // namespace parley::signaling::native
