#include "tests/transport/support/transport_fixture.hpp"

#include <future>

#include "support/ids.hpp"

namespace parley::transport::testing {

TransportTest::TransportTest(unsigned threads) {
  gst_init(nullptr, nullptr);
  base_time = gst_util_get_timestamp();
  auto opened =
      Transport::open({.port = 0, .announce = {}, .threads = threads}, base_time, listener);
  EXPECT_TRUE(opened) << opened.error().message;
  transport = std::move(opened).value();
}

Member TransportTest::join(unsigned shard) {
  Member member;
  member.id = transport->connect(shard, "cname");
  member.shard = shard;
  member.credentials = {random_token(16), random_token(24)};
  member.agent = transport->ice_agent(member.id);
  member.stream = gst_webrtc_ice_add_stream(member.agent.get(), 0);
  member.ice = Ref<GstWebRTCICETransport>::adopt(gst_webrtc_ice_find_transport(
      member.agent.get(), member.stream, GST_WEBRTC_ICE_COMPONENT_RTP));
  gst_webrtc_ice_set_local_credentials(member.agent.get(), member.stream,
                                       member.credentials.ufrag.c_str(),
                                       member.credentials.password.c_str());
  on_shard(shard, [](Shard&) {});  // until the credentials are known there
  return member;
}

void TransportTest::on_shard(unsigned shard, std::function<void(Shard&)> task) {
  std::promise<void> done;
  transport->post(shard, [&](Shard& self) {
    task(self);
    done.set_value();
  });
  done.get_future().wait();
}

void TransportTest::key(const Member& member, TestPeer& client) {
  const auto number = static_cast<unsigned>(member.id);
  const SrtpKey to_server = make_key(2 * number), from_server = make_key(2 * number + 1);
  client.use_keys(to_server, from_server);
  transport->set_key(member.id, Direction::Receive, to_server);
  transport->set_key(member.id, Direction::Send, from_server);
}

GstWebRTCICEConnectionState TransportTest::state_of(const Member& member) const {
  GstWebRTCICEConnectionState state{};
  g_object_get(member.ice.get(), "state", &state, nullptr);
  return state;
}

PadPair::PadPair(Sink sink)
    : handler_(std::move(sink)),
      source_(Ref<GstPad>::sink(gst_pad_new("src", GST_PAD_SRC))),
      sink_(Ref<GstPad>::sink(gst_pad_new("sink", GST_PAD_SINK))) {
  gst_pad_set_element_private(sink_.get(), this);
  gst_pad_set_chain_function(sink_.get(), [](GstPad* pad, GstObject*, GstBuffer* buffer) {
    auto* self = static_cast<PadPair*>(gst_pad_get_element_private(pad));
    const GstFlowReturn flow = self->handler_(buffer);
    gst_buffer_unref(buffer);
    return flow;
  });
  gst_pad_set_active(sink_.get(), TRUE);
  gst_pad_set_active(source_.get(), TRUE);
  EXPECT_EQ(gst_pad_link(source_.get(), sink_.get()), GST_PAD_LINK_OK);
  gst_pad_push_event(source_.get(), gst_event_new_stream_start("track"));
  GstSegment time;
  gst_segment_init(&time, GST_FORMAT_TIME);
  gst_pad_push_event(source_.get(), gst_event_new_segment(&time));
}

PadPair::~PadPair() {
  gst_pad_set_active(source_.get(), FALSE);
  gst_pad_set_active(sink_.get(), FALSE);
}

}  // namespace parley::transport::testing
