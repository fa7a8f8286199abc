// The whole way of a packet through a shard: socket, SRTP, Peer, pads, tee, fan-out, rewriting,
// SRTP, batch, socket. The publisher and the subscribers are sockets of this process.
#include <future>
#include <memory>
#include <thread>

#include <benchmark/benchmark.h>
#include <gst/gst.h>

#include "forwarding/send_stream.hpp"
#include "plugins/fan_out_element.hpp"
#include "plugins/track_source_element.hpp"
#include "support/ids.hpp"
#include "tests/bench/support/load.hpp"
#include "tests/bench/support/media.hpp"
#include "tests/transport/support/test_peer.hpp"
#include "transport/transport.hpp"
#include "transport/webrtc_ice_gst.hpp"

namespace parley::bench {
namespace {

using namespace std::chrono_literals;
using forwarding::TrackKey;
using transport::Direction;
using transport::Shard;
using transport::testing::Credentials;
using transport::testing::TestPeer;

struct NoListener final : transport::Listener {
  void on_connected(transport::ConnectionId) override {}
  void on_media_ready(transport::ConnectionId) override {}
  void on_lost(transport::ConnectionId, transport::Lost) override {}
  void on_codec(transport::ConnectionId, TrackKey, media::CodecName) override {}
  void on_speaking(transport::ConnectionId, TrackKey, const forwarding::Speech&) override {}
};

/// A track's elements as a participant's pipeline has them.
class TrackElements {
 public:
  TrackElements() : pipeline_(Ref<GstElement>::sink(gst_pipeline_new(nullptr))) {
    plugins::register_elements();
    source_ = gst_element_factory_make(plugins::kTrackSourceElement, nullptr);
    GstElement* tee = gst_element_factory_make("tee", nullptr);
    fan_out_ = gst_element_factory_make(plugins::kFanOutElement, nullptr);
    gst_bin_add_many(GST_BIN(pipeline_.get()), source_, tee, fan_out_, nullptr);
    gst_element_link_many(source_, tee, fan_out_, nullptr);
    gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
  }
  ~TrackElements() { gst_element_set_state(pipeline_.get(), GST_STATE_NULL); }
  TrackElements(const TrackElements&) = delete;
  TrackElements& operator=(const TrackElements&) = delete;

  [[nodiscard]] GstElement* fan_out() const { return fan_out_; }
  [[nodiscard]] Ref<GstPad> pad() const {
    return Ref<GstPad>::adopt(gst_element_get_static_pad(source_, "src"));
  }

 private:
  Ref<GstElement> pipeline_;
  GstElement* source_;
  GstElement* fan_out_;
};

class Path {
 public:
  explicit Path(std::size_t subscribers)
      : transport_(transport::Transport::open({.port = 0, .announce = {"127.0.0.1"}, .threads = 1},
                                              gst_util_get_timestamp(), listener_)
                       .value()) {
    publish();
    while (clients_.size() < subscribers) subscribe();
    for (int i = 0; i < 5; ++i) forward_tenth();  // keyframes asked for, memory warm
  }
  ~Path() { transport_.reset(); }
  Path(const Path&) = delete;
  Path& operator=(const Path&) = delete;

  void forward_tenth() {
    for (const auto& burst : source_.next_tenth()) {
      const std::uint64_t wanted = sent() + burst.size() * clients_.size();
      for (const Packet& packet : burst) publisher_->send_rtp(packet);
      for (int i = 0; sent() < wanted && i < 1000; ++i) std::this_thread::sleep_for(20us);
    }
    for (const auto& client : clients_)
      while (client->receive(0ms)) {
      }
  }
  /// Seconds of the shard's thread.
  [[nodiscard]] double cpu() {
    double seconds = 0;
    on_shard([&](Shard&) { seconds = thread_cpu(); });
    return seconds;
  }
  [[nodiscard]] std::uint64_t sent() const { return transport_->counters().packets_out; }

 private:
  transport::ConnectionId connect(TestPeer& client) {
    const auto id = transport_->connect(0, "cname");
    const Credentials credentials{random_token(16), random_token(24)};
    const auto agent = transport_->ice_agent(id);
    auto* stream = gst_webrtc_ice_add_stream(agent.get(), 0);
    const auto ice = Ref<GstWebRTCICETransport>::adopt(
        gst_webrtc_ice_find_transport(agent.get(), stream, GST_WEBRTC_ICE_COMPONENT_RTP));
    gst_webrtc_ice_set_local_credentials(agent.get(), stream, credentials.ufrag.c_str(),
                                         credentials.password.c_str());
    on_shard([id](Shard& shard) { shard.set_consent_timeout(id, 1h); });
    if (!client.connect(credentials)) std::abort();
    client.use_keys(key(2 * id), key(2 * id + 1));
    transport_->set_key(id, Direction::Receive, key(2 * id));
    transport_->set_key(id, Direction::Send, key(2 * id + 1));
    return id;
  }

  void publish() {
    publisher_ = std::make_unique<TestPeer>("127.0.0.1", transport_->port());
    publisher_id_ = connect(*publisher_);
    on_shard([&](Shard& shard) {
      for (const media::Kind kind : kKinds) {
        TrackElements& elements = elements_[track_of(kind)];
        forwarding::Track& track = describe_track(*shard.find(publisher_id_), kind);
        plugins::set_fan_out(elements.fan_out(), track.fan_out());
        shard.set_output(publisher_id_, track.key(), elements.pad());
      }
    });
  }

  void subscribe() {
    clients_.push_back(std::make_unique<TestPeer>("127.0.0.1", transport_->port()));
    const auto id = connect(*clients_.back());
    on_shard([&](Shard& shard) {
      for (const media::Kind kind : kKinds)
        shard.find(id)
            ->set_send(send_line(kind, static_cast<std::uint32_t>(0x20000 + 2 * id)))
            .attach(*shard.find(publisher_id_)->find_track(track_of(kind)), now());
    });
  }

  void on_shard(const std::function<void(Shard&)>& task) {
    std::promise<void> done;
    transport_->post(0, [&](Shard& shard) {
      task(shard);
      done.set_value();
    });
    done.get_future().wait();
  }

  NoListener listener_;
  std::unique_ptr<transport::Transport> transport_;
  std::array<TrackElements, kKinds.size()> elements_;
  std::unique_ptr<TestPeer> publisher_;
  transport::ConnectionId publisher_id_ = 0;
  std::vector<std::unique_ptr<TestPeer>> clients_;
  Source source_;
};

void path(benchmark::State& state) {
  gst_init(nullptr, nullptr);
  const auto subscribers = static_cast<std::size_t>(state.range(0));
  Path all(subscribers);
  const double before = all.cpu();
  const std::uint64_t sent_before = all.sent();
  for (auto _ : state) {
    const double begin = all.cpu();
    all.forward_tenth();
    state.SetIterationTime(all.cpu() - begin);
  }
  const double cpu = all.cpu() - before;
  const auto sent = static_cast<double>(all.sent() - sent_before);
  state.counters["us_per_packet"] = cpu * 1e6 / sent;
}
BENCHMARK(path)->Arg(3)->Arg(10)->Arg(50)->Arg(100)->Arg(200)->UseManualTime()->Unit(
    benchmark::kMicrosecond);

}  // namespace
}  // namespace parley::bench
