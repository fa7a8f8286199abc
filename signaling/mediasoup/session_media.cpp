// Transports, producers and consumers of a session.
#include <utility>

#include "signaling/mediasoup/ortc_reader.hpp"
#include "signaling/mediasoup/ortc_writer.hpp"
#include "signaling/mediasoup/session.hpp"
#include "signaling/sdp/ortc_capabilities.hpp"

namespace parley::signaling::mediasoup {
namespace {

using socketio::object;
using socketio::Value;

constexpr std::size_t kIdLength = 22;

Value succeeded(const rooms::Reply&) {
  return object({{"success", true}});
}

const Value& member(const Value& arguments, std::string_view name) {
  static const Value kNothing;
  const Value* value = arguments.find(name);
  return value != nullptr ? *value : kNothing;
}

Error too_many_transports() {
  return {"too_many_requests", "Too many transports; wait, then go on."};
}

}  // namespace

void Session::get_capabilities(const Value&, const Ack& ack) {
  if (!joined(ack)) return;
  ack({object({{"rtpCapabilities", to_json(sdp::router_capabilities())}})});
}

// --- transports ----------------------------------------------------------------------------------

void Session::create_producer_transport(const Value&, const Ack& ack) {
  if (!joined(ack)) return;
  constexpr const char* kEvent = "createProducerTransport";
  if (!transport_limiter_.allow(now())) return fail(ack, kEvent, too_many_transports());
  ask(kEvent, ack, OpenTransportRequest{TransportUse::Produce}, {});
  has_producer_transport_ = true;
}

void Session::create_consumer_transport(const Value&, const Ack& ack) {
  if (!joined(ack)) return;
  constexpr const char* kEvent = "createConsumerTransport";
  if (!transport_limiter_.allow(now())) return fail(ack, kEvent, too_many_transports());
  // What was consumed ends with the transport before.
  consumers_.clear();
  ask(kEvent, ack, OpenTransportRequest{TransportUse::Consume}, {});
  has_consumer_transport_ = true;
}

void Session::transport_opened(RequestId request, const sdp::LocalTransport& transport) {
  const auto asked = pending_.extract(request);
  if (!asked.empty()) asked.mapped().ack({to_json(random_token(kIdLength), transport)});
}

void Session::connect_producer_transport(const Value& arguments, const Ack& ack) {
  if (!joined(ack)) return;
  if (!has_producer_transport_) return fail(ack, "produce", {"transport_not_found", {}});
  connect("connectProducerTransport", TransportUse::Produce, arguments, ack);
}

void Session::connect_consumer_transport(const Value& arguments, const Ack& ack) {
  if (!joined(ack)) return;
  if (!has_consumer_transport_) return fail(ack, "consume", {"transport_not_found", {}});
  connect("connectConsumerTransport", TransportUse::Consume, arguments, ack);
}

void Session::connect(const char* event, TransportUse use, const Value& arguments, const Ack& ack) {
  auto dtls = read_dtls_parameters(member(arguments, "dtlsParameters"));
  if (!dtls) return fail(ack, event, dtls.error());
  ask(event, ack, ConnectTransportRequest{use, std::move(dtls->fingerprints), dtls->server},
      succeeded);
}

// --- producers and consumers ---------------------------------------------------------------------

void Session::produce(const Value& arguments, const Ack& ack) {
  if (!joined(ack)) return;
  if (!has_producer_transport_) return fail(ack, "produce", {"transport_not_found", {}});
  const std::string_view kind = arguments.text("kind");
  if (kind != "audio" && kind != "video")
    return fail(ack, "produce", {"invalid_field", "kind: it has to be \"audio\" or \"video\"."});
  auto parameters = read_rtp_parameters(member(arguments, "rtpParameters"));
  if (!parameters) return fail(ack, "produce", parameters.error());
  const auto source = kind == "audio" ? rooms::Source::Microphone : rooms::Source::Camera;
  ask("produce", ack, ProduceRequest{source, *std::move(parameters)},
      [](const rooms::Reply& reply) {
        const auto* published = std::get_if<rooms::reply::Published>(&reply);
        return object({{"id", published != nullptr ? published->track.str() : ""}});
      });
}

void Session::consume(const Value& arguments, const Ack& ack) {
  if (!joined(ack)) return;
  if (!has_consumer_transport_) return fail(ack, "consume", {"transport_not_found", {}});
  auto capabilities = read_rtp_capabilities(member(arguments, "rtpCapabilities"));
  if (!capabilities) return fail(ack, "consume", capabilities.error());
  const TrackId track(std::string(arguments.text("producerId")));
  ask("consume", ack, ConsumeRequest{track, *std::move(capabilities)}, {}, track);
}

void Session::consuming(RequestId request, const Consuming& consuming) {
  const auto asked = pending_.extract(request);
  if (asked.empty()) return;
  const auto& [event, ack, write, track] = asked.mapped();
  const std::string id = random_token(kIdLength);
  std::erase_if(consumers_, [&track = track](const auto& entry) { return entry.second == track; });
  consumers_.emplace(id, track);
  ack({object({{"id", id},
               {"producerId", track.str()},
               {"kind", std::string(media::to_string(consuming.kind))},
               {"rtpParameters", to_json(consuming.parameters)}})});
}

void Session::resume_consumer(const Value& arguments, const Ack& ack) {
  set_paused("resumeConsumer", false, arguments, ack);
}

void Session::pause_consumer(const Value& arguments, const Ack& ack) {
  set_paused("pauseConsumer", true, arguments, ack);
}

void Session::set_paused(const char* event, bool paused, const Value& arguments, const Ack& ack) {
  if (!joined(ack)) return;
  const auto consumer = consumers_.find(arguments.text("consumerId"));
  if (consumer == consumers_.end()) return fail(ack, event, {"track_not_found", {}});
  SubscribeRequest subscribe;
  subscribe.subscriptions.push_back({.track = consumer->second, .paused = paused, .layer = {}});
  ask(event, ack, std::move(subscribe), succeeded);
}

}  // namespace parley::signaling::mediasoup
