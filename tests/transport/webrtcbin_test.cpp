// A real webrtcbin on our agent against another one on libnice: ICE, DTLS, a data channel.
#include <condition_variable>
#include <thread>

#include <gmock/gmock.h>

#include "support/glib/signal.hpp"
#include "tests/transport/support/transport_fixture.hpp"

namespace parley::transport::testing {
namespace {

using namespace std::chrono_literals;

using Description = Handle<GstWebRTCSessionDescription, gst_webrtc_session_description_free>;

Description parse_sdp(GstWebRTCSDPType type, const std::string& text) {
  GstSDPMessage* message = nullptr;
  gst_sdp_message_new_from_text(text.c_str(), &message);
  return Description(gst_webrtc_session_description_new(type, message));
}

/// One webrtcbin in a pipeline of its own.
class End {
 public:
  explicit End(GstElement* webrtcbin)
      : pipeline_(Ref<GstElement>::sink(gst_pipeline_new(nullptr))), bin_(webrtcbin) {
    gst_bin_add(GST_BIN(pipeline_.get()), bin_);
    gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
  }
  ~End() { gst_element_set_state(pipeline_.get(), GST_STATE_NULL); }
  End(const End&) = delete;

  [[nodiscard]] GstElement* bin() const { return bin_; }

  /// "offer" or "answer".
  std::string create(const char* what) {
    GstPromise* promise = gst_promise_new();
    g_signal_emit_by_name(bin_, (std::string("create-") + what).c_str(), nullptr, promise);
    gst_promise_wait(promise);
    GstWebRTCSessionDescription* description = nullptr;
    gst_structure_get(gst_promise_get_reply(promise), what, GST_TYPE_WEBRTC_SESSION_DESCRIPTION,
                      &description, nullptr);
    gst_promise_unref(promise);
    const Description owner(description);
    const GString_ text(gst_sdp_message_as_text(description->sdp));
    return text.get();
  }
  void set(const char* which, GstWebRTCSDPType type, const std::string& sdp) {
    const Description description = parse_sdp(type, sdp);
    GstPromise* promise = gst_promise_new();
    g_signal_emit_by_name(bin_, which, description.get(), promise);
    gst_promise_wait(promise);
    gst_promise_unref(promise);
  }
  [[nodiscard]] bool connected() const {
    GstWebRTCPeerConnectionState state{};
    g_object_get(bin_, "connection-state", &state, nullptr);
    return state == GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED;
  }

 private:
  Ref<GstElement> pipeline_;
  GstElement* bin_;
};

GstElement* make_webrtcbin(GstWebRTCICE* agent) {
  if (agent == nullptr)
    return gst_element_factory_make_full("webrtcbin", "bundle-policy",
                                         GST_WEBRTC_BUNDLE_POLICY_MAX_BUNDLE, nullptr);
  // webrtcbin gives a reference back at its end that it never took.
  return gst_element_factory_make_full("webrtcbin", "ice-agent", g_object_ref(agent),
                                       "bundle-policy", GST_WEBRTC_BUNDLE_POLICY_MAX_BUNDLE,
                                       nullptr);
}

class Webrtcbin : public TransportTest, public ::testing::WithParamInterface<bool> {
 protected:
  void SetUp() override {
    const auto found = GObjectHandle(gst_element_factory_find("nicesrc"));
    if (!found) GTEST_SKIP() << "gstreamer1.0-nice is not installed";
    const auto& all = transport->candidates();
    if (std::ranges::all_of(all,
                            [](const Candidate& c) { return is_loopback(*parse_ip(c.address)); }))
      GTEST_SKIP() << "libnice gathers no loopback addresses, and this machine has no other";
  }
  using GObjectHandle = Handle<GstElementFactory, gst_object_unref>;
};

/// Without a=ice-lite the answerer takes the controlled role too, and our 487 has to mend that.
INSTANTIATE_TEST_SUITE_P(Roles, Webrtcbin, ::testing::Bool(), [](const auto& lite) {
  return lite.param ? "AsDescribed" : "InConflict";
});

TEST_P(Webrtcbin, ConnectsAndOpensADataChannel) {
  const ConnectionId id = transport->connect(0, "cname");
  std::atomic<int> agents = 1;
  {
    const auto agent = transport->ice_agent(id);
    g_object_weak_ref(
        G_OBJECT(agent.get()),
        [](gpointer count, GObject*) { --*static_cast<std::atomic<int>*>(count); }, &agents);
    End server(make_webrtcbin(agent.get())), client(make_webrtcbin(nullptr));
    const Signal candidates(
        server.bin(), "on-ice-candidate",
        G_CALLBACK(+[](GstElement*, guint line, gchar* candidate, GstElement* to) {
          g_signal_emit_by_name(to, "add-ice-candidate", line, candidate);
        }),
        client.bin());
    std::atomic<bool> echoed = false;
    const Signal channels(client.bin(), "on-data-channel",
                          G_CALLBACK(+[](GstElement*, GObject* channel, gpointer) {
                            g_signal_connect(channel, "on-message-string",
                                             G_CALLBACK(+[](GObject* self, gchar* text, gpointer) {
                                               g_signal_emit_by_name(self, "send-string", text);
                                             }),
                                             nullptr);
                          }),
                          nullptr);
    GObject* made = nullptr;
    g_signal_emit_by_name(server.bin(), "create-data-channel", "room", nullptr, &made);
    ASSERT_NE(made, nullptr);
    const auto channel = Ref<GObject>::adopt(made);
    const Signal open(made, "on-open", G_CALLBACK(+[](GObject* self, gpointer) {
                        g_signal_emit_by_name(self, "send-string", "hello");
                      }),
                      nullptr);
    const Signal echo(made, "on-message-string",
                      G_CALLBACK(+[](GObject*, gchar* text, std::atomic<bool>* seen) {
                        *seen = std::string_view(text) == "hello";
                      }),
                      &echoed);

    std::string offer = server.create("offer");
    server.set("set-local-description", GST_WEBRTC_SDP_TYPE_OFFER, offer);
    if (GetParam()) offer.insert(offer.find("m="), "a=ice-lite\r\n");
    client.set("set-remote-description", GST_WEBRTC_SDP_TYPE_OFFER, offer);
    const std::string answer = client.create("answer");
    client.set("set-local-description", GST_WEBRTC_SDP_TYPE_ANSWER, answer);
    server.set("set-remote-description", GST_WEBRTC_SDP_TYPE_ANSWER, answer);

    EXPECT_TRUE(eventually([&] { return listener.connected(id) == 1; }));
    EXPECT_TRUE(eventually([&] { return server.connected() && client.connected(); }));
    EXPECT_TRUE(eventually([&] { return echoed.load(); }));
    transport->close(id);
  }
  EXPECT_TRUE(eventually([&] { return agents == 0; })) << "the agent is gone with its webrtcbin";
}

TEST_F(TransportTest, ClosingWhileWebrtcbinIsStillNegotiatingLeavesNothingBehind) {
  std::atomic<int> alive = 0;
  for (int i = 0; i < 30; ++i) {
    const ConnectionId id = transport->connect(0, "cname");
    const auto agent = transport->ice_agent(id);
    ++alive;
    g_object_weak_ref(
        G_OBJECT(agent.get()),
        [](gpointer count, GObject*) { --*static_cast<std::atomic<int>*>(count); }, &alive);
    End server(make_webrtcbin(agent.get()));
    GObject* channel = nullptr;
    g_signal_emit_by_name(server.bin(), "create-data-channel", "room", nullptr, &channel);
    g_clear_object(&channel);
    const Description offer = parse_sdp(GST_WEBRTC_SDP_TYPE_OFFER, server.create("offer"));
    g_signal_emit_by_name(server.bin(), "set-local-description", offer.get(), nullptr);
    std::this_thread::sleep_for(std::chrono::microseconds(i * 100));
    transport->close(id);
  }
  EXPECT_TRUE(eventually([&] { return alive == 0; })) << alive << " agents are left";
}

}  // namespace
}  // namespace parley::transport::testing
