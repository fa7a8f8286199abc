// A participant may be closed at any moment and leaves nothing: no thread, no descriptor, no
// object.
#include <algorithm>
#include <random>

#include <gst/gst.h>
#include <gtest/gtest.h>

#include "tests/pipelines/support/call.hpp"

namespace parley::pipelines {
namespace {

using testing::Resources;
using testing::run_for;
using testing::run_until;
using testing::Server;
using testing::WebrtcClient;
using namespace std::chrono_literals;

/// Starts `count` participants one after the other and closes each; `live` is its life in between.
template <typename Live>
void start_and_close(Server& server, int count, const Live& live) {
  int closed = 0;
  for (int i = 0; i < count; ++i) {
    auto participant = server.participant("p" + std::to_string(i), i % 3 != 0);
    ASSERT_TRUE(participant->start().ok());
    live(*participant);
    participant->close([&] { ++closed; });
  }
  EXPECT_TRUE(run_until([&] { return closed == count; }));
  EXPECT_EQ(server.transport->counters().connections, 0u);
}

/// GLib's pools let their idle threads go after a while, so what counts is that no more come.
void expect_no_more(const Resources& before, const std::function<void()>& work) {
  work();
  Resources after = Resources::now();
  run_until(
      [&] {
        after = Resources::now();
        return after.threads <= before.threads && after.descriptors <= before.descriptors;
      },
      3s);
  EXPECT_LE(after.threads, before.threads);
  EXPECT_LE(after.descriptors, before.descriptors);
}

TEST(Closing, AHundredParticipantsLeaveNoThreadAndNoDescriptor) {
  Server server;
  const auto until_local = [&](const Participant& participant) {
    EXPECT_TRUE(run_until([&] { return server.seen.local.contains(participant.connection()); }));
    server.seen.local.clear();
  };
  start_and_close(server, 5, until_local);
  expect_no_more(Resources::now(), [&] { start_and_close(server, 100, until_local); });
}

TEST(Closing, FiftyAtRandomMomentsOfStarting) {
  Server server;
  std::mt19937 random(40);
  const auto a_moment = [&](const Participant&) {
    if (const auto wait = random() % 12; wait != 0) run_for(std::chrono::milliseconds(wait));
  };
  start_and_close(server, 5, a_moment);
  expect_no_more(Resources::now(), [&] { start_and_close(server, 50, a_moment); });
  EXPECT_TRUE(server.seen.failed.empty());
}

TEST(Closing, AtRandomMomentsOfConnecting) {
  Server server;
  std::mt19937 random(41);
  std::vector<std::unique_ptr<WebrtcClient>> clients;
  const auto connect_for_a_moment = [&](Participant& participant) {
    auto session = server.session(true);
    session.add_receive(TrackId("t"), media::Kind::Audio);
    participant.add_track(TrackId("t"), media::Kind::Audio);
    clients.push_back(
        std::make_unique<WebrtcClient>(server.main_loop, WebrtcClient::Options{true, true}));
    EXPECT_TRUE(server.negotiate(participant, session, *clients.back()));
    run_for(std::chrono::milliseconds(random() % 150));
    if (random() % 2 == 0) participant.remove_track(TrackId("t"));
    if (random() % 2 == 0) clients.back()->say_goodbye();
    if (random() % 4 == 0) clients.clear();
  };
  start_and_close(server, 50, connect_for_a_moment);
  clients.clear();
  EXPECT_EQ(std::count(server.seen.failed.begin(), server.seen.failed.end(), "peer_closed"),
            static_cast<std::ptrdiff_t>(server.seen.failed.size()));
}

}  // namespace
}  // namespace parley::pipelines
