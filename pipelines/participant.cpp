#include "pipelines/participant.hpp"

#include <cassert>
#include <optional>
#include <utility>

#include <gst/gst.h>
#include <spdlog/spdlog.h>

#include "pipelines/data_channels.hpp"
#include "pipelines/dtls_watch.hpp"
#include "pipelines/fingerprint.hpp"
#include "pipelines/live_pipeline.hpp"
#include "pipelines/negotiation.hpp"
#include "pipelines/session_events.hpp"
#include "pipelines/tracks.hpp"

namespace parley::pipelines {
namespace {

using transport::Direction;
using transport::SrtpKey;

constexpr const char* kWebrtcbinName = "webrtcbin";

/// bundle-policy's max-bundle: one transport.
constexpr int kMaxBundle = 3;

/// `ice-agent` is construct-only; webrtcbin takes the reference over without adding one.
Ref<GstElement> make_webrtcbin(Ref<GstWebRTCICE> agent) {
  auto webrtcbin = Ref<GstElement>::sink(
      gst_element_factory_make_full("webrtcbin", "name", kWebrtcbinName, "ice-agent", agent.get(),
                                    "bundle-policy", kMaxBundle, "latency", 0U, nullptr));
  if (webrtcbin) static_cast<void>(agent.release());
  return webrtcbin;
}

/// webrtcbin needs an m-line to make a transport for. Without a data channel it gets an audio line
/// that never carries anything here: receiving, for it stops reading packets where all are
/// inactive.
void add_placeholder(GstElement* webrtcbin) {
  const Handle<GstCaps, gst_caps_unref> caps(gst_caps_from_string(
      "application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,payload=96"));
  constexpr int kRecvOnly = 3;  // GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY
  GstObject* transceiver = nullptr;
  g_signal_emit_by_name(webrtcbin, "add-transceiver", kRecvOnly, caps.get(), &transceiver);
  if (transceiver != nullptr) gst_object_unref(transceiver);
}

}  // namespace

class Participant::Impl final : public SessionEvents, public std::enable_shared_from_this<Impl> {
 public:
  Impl(ParticipantId id, const Options& options, transport::Transport& transport,
       MainLoop& main_loop, ParticipantObserver& observer)
      : id_(std::move(id)),
        options_(options),
        transport_(transport),
        main_loop_(main_loop),
        observer_(observer),
        connection_(transport.connect(options.shard, id_.str())) {}

  ~Impl() override { assert(closed_ && "close() comes before the destructor"); }

  Status start();
  void set_remote(const RemoteParameters& remote);
  void close(std::function<void()> closed);
  void fail(const char* reason);

  void on_key(Direction, const SrtpKey&, const std::string& peer_certificate) override;
  void on_dtls_state(DtlsState state) override;
  void on_channel(Ref<GObject> channel, bool ordered) override;
  void on_message(DataMessage message) override;
  void on_error(const std::string& factory, const std::string& text) override;
  void on_latency() override;
  void on_fatal(const char* reason) override { fail(reason); }

  /// Messages count once the peer's certificate is known to be the right one.
  [[nodiscard]] bool trusted() const { return keys_given_ && !ended(); }
  [[nodiscard]] Postbox postbox() { return {main_loop_, weak_from_this()}; }

  const ParticipantId id_;
  const Options options_;
  transport::Transport& transport_;
  MainLoop& main_loop_;
  ParticipantObserver& observer_;
  const transport::ConnectionId connection_;

  std::shared_ptr<LivePipeline> pipeline_;
  std::optional<DataChannels> channels_;
  std::optional<Tracks> tracks_;

 private:
  [[nodiscard]] bool ended() const { return closed_ || failed_; }
  void start_negotiation(Ref<GstElement> webrtcbin);
  void on_local(const Result<LocalParameters>& local);
  void give_keys();
  void report_secure();

  std::shared_ptr<Negotiation> negotiation_;
  Signal dtls_watch_;
  std::optional<RemoteParameters> remote_;
  std::optional<SrtpKey> receive_key_, send_key_;
  std::string peer_certificate_;
  bool keys_given_ = false;
  bool dtls_up_ = false;
  bool failed_ = false;
  bool closed_ = false;
};

// --- from start to keys --------------------------------------------------------------------------

Status Participant::Impl::start() {
  assert(!pipeline_ && !closed_);
  auto webrtcbin = make_webrtcbin(transport_.ice_agent(connection_));
  if (!webrtcbin)
    return Error{"missing_element",
                 "GStreamer has no webrtcbin; install gstreamer1.0-plugins-bad."};
  pipeline_ = std::make_shared<LivePipeline>(id_.str(), options_.base_time, postbox());
  tracks_.emplace(pipeline_, transport_, options_.shard, connection_);
  gst_bin_add(pipeline_->bin(), webrtcbin.get());
  dtls_watch_ = watch_dtls(webrtcbin.get(), postbox());
  if (gst_element_set_state(pipeline_->get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
    return Error{
        "missing_element",
        "webrtcbin does not start; install gstreamer1.0-nice and gstreamer1.0-plugins-bad."};
  if (options_.data_channel) {
    channels_.emplace(webrtcbin.get(), postbox());
    if (!channels_->open())
      return Error{"missing_element",
                   "No data channels; install gstreamer1.0-plugins-bad with sctp."};
  } else {
    add_placeholder(webrtcbin.get());
  }
  start_negotiation(std::move(webrtcbin));
  return Nothing{};
}

void Participant::Impl::start_negotiation(Ref<GstElement> webrtcbin) {
  const auto on_main = [weak = weak_from_this()](auto call) {
    if (const auto self = weak.lock()) call(*self);
  };
  negotiation_ = Negotiation::start(
      std::move(webrtcbin), main_loop_,
      [on_main](const Result<LocalParameters>& local) {
        on_main([&](Impl& self) { self.on_local(local); });
      },
      [on_main](const Error& error) {
        on_main([&](Impl& self) { self.on_error("webrtcbin", error.message); });
      });
}

void Participant::Impl::on_local(const Result<LocalParameters>& local) {
  if (ended()) return;
  if (!local) return on_error("webrtcbin", local.error().message);
  observer_.on_local_parameters(connection_, *local);
}

void Participant::Impl::set_remote(const RemoteParameters& remote) {
  assert(!remote_ && "an ICE restart needs a new Participant");
  if (ended()) return;
  remote_ = remote;
  negotiation_->set_remote(remote);
  give_keys();
}

void Participant::Impl::on_key(Direction direction, const SrtpKey& key,
                               const std::string& peer_certificate) {
  if (direction == Direction::Receive) {
    receive_key_ = key;
    peer_certificate_ = peer_certificate;
  } else {
    send_key_ = key;
  }
  give_keys();
}

/// webrtcbin takes any certificate, so this is where the peer is known to be the one that signaling
/// spoke for (RFC 8827 6.5). No key leaves before; keys that come first wait for the fingerprints.
void Participant::Impl::give_keys() {
  if (ended() || keys_given_ || !remote_ || !receive_key_ || !send_key_) return;
  if (!matches_fingerprint(peer_certificate_, remote_->fingerprints))
    return fail("fingerprint_mismatch");
  keys_given_ = true;
  transport_.set_key(connection_, Direction::Receive, *receive_key_);
  transport_.set_key(connection_, Direction::Send, *send_key_);
  receive_key_.reset();
  send_key_.reset();
  if (dtls_up_) report_secure();
}

void Participant::Impl::on_dtls_state(DtlsState state) {
  if (ended()) return;
  switch (state) {
    case DtlsState::Connected:
      dtls_up_ = true;
      if (keys_given_) report_secure();
      return;
    case DtlsState::Closed:
      return fail("peer_closed");
    case DtlsState::Failed:
      return fail("dtls_failed");
  }
}

void Participant::Impl::report_secure() {
  postbox().post([](SessionEvents& events) {
    auto& self = static_cast<Impl&>(events);
    if (!self.ended()) self.observer_.on_secure(self.connection_);
  });
}

// --- messages, errors, the end -------------------------------------------------------------------

void Participant::Impl::on_channel(Ref<GObject> channel, bool ordered) {
  if (channels_ && !ended()) channels_->adopt(std::move(channel), ordered);
}

void Participant::Impl::on_message(DataMessage message) {
  if (trusted()) observer_.on_data(connection_, message);
}

void Participant::Impl::on_error(const std::string& factory, const std::string& text) {
  if (ended()) return;
  // A peer that closes leaves SCTP without a way out; DTLS or consent say that it has gone.
  if (factory == "sctpenc") return spdlog::debug("{}: {}", id_.str(), text);
  spdlog::warn("{}: {}: {}", id_.str(), factory, text);
  fail("pipeline_error");
}

void Participant::Impl::on_latency() {
  // Unless this is done, rtpsession complains with every report that it knows no latency.
  if (pipeline_) gst_bin_recalculate_latency(pipeline_->bin());
}

void Participant::Impl::fail(const char* reason) {
  if (ended()) return;
  failed_ = true;
  transport_.close(connection_);
  postbox().post([reason](SessionEvents& events) {
    auto& self = static_cast<Impl&>(events);
    if (!self.closed_) self.observer_.on_failed(self.connection_, reason);
  });
}

void Participant::Impl::close(std::function<void()> closed) {
  if (std::exchange(closed_, true)) return;
  transport_.close(connection_);
  dtls_watch_.disconnect();
  channels_.reset();
  tracks_.reset();
  auto on_main = [main_loop = &main_loop_, closed = std::move(closed)] {
    if (closed) main_loop->post(closed);
  };
  if (!pipeline_) return on_main();
  auto settle = [last = negotiation_ ? negotiation_->last_request() : nullptr](GstBin* bin) {
    if (last) gst_promise_wait(last.get());
    stop_sending(bin);
  };
  negotiation_.reset();
  pipeline_->at_end(std::move(settle), std::move(on_main));
  // Through the shard, behind all that was posted to it: from then on nothing is pushed into pads.
  transport_.post(options_.shard, [pipeline = std::exchange(pipeline_, nullptr)](
                                      transport::Shard&) mutable { pipeline.reset(); });
}

// --- Participant ---------------------------------------------------------------------------------

Participant::Participant(ParticipantId id, const Options& options, transport::Transport& transport,
                         MainLoop& main_loop, ParticipantObserver& observer)
    : impl_(std::make_shared<Impl>(std::move(id), options, transport, main_loop, observer)) {}

Participant::~Participant() = default;

Status Participant::start() {
  return impl_->start();
}
void Participant::set_remote(const RemoteParameters& remote) {
  impl_->set_remote(remote);
}
transport::ConnectionId Participant::connection() const {
  return impl_->connection_;
}
unsigned Participant::shard() const {
  return impl_->options_.shard;
}

forwarding::TrackKey Participant::add_track(const TrackId& track, media::Kind kind) {
  assert(impl_->tracks_ && "start() comes first");
  return impl_->tracks_->add(track, kind);
}

void Participant::remove_track(const TrackId& track) {
  if (impl_->tracks_) impl_->tracks_->remove(track);
}

forwarding::TrackKey Participant::key_of(const TrackId& track) const {
  return impl_->tracks_ ? impl_->tracks_->key_of(track) : 0;
}

void Participant::send_data(const DataMessage& message) {
  if (impl_->channels_ && impl_->trusted()) impl_->channels_->send(message);
}

std::uint64_t Participant::data_dropped() const {
  return impl_->channels_ ? impl_->channels_->dropped() : 0;
}

void Participant::close(std::function<void()> closed) {
  impl_->close(std::move(closed));
}

GstElement* Participant::pipeline() const {
  return impl_->pipeline_ ? impl_->pipeline_->get() : nullptr;
}

}  // namespace parley::pipelines
