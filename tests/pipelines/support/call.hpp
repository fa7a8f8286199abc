// What the tests of whole participants share: a main loop, a transport, and what was observed.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "pipelines/participant.hpp"
#include "signaling/sdp/media_session.hpp"
#include "support/glib/main_loop.hpp"
#include "tests/pipelines/support/webrtc_client.hpp"
#include "transport/transport.hpp"

namespace parley::pipelines::testing {

/// Runs the default main context until `done`, at most `limit`; returns whether it was.
bool run_until(const std::function<bool()>& done,
               std::chrono::milliseconds limit = std::chrono::seconds(10));
/// Runs the default main context for this long.
void run_for(std::chrono::milliseconds time);

struct Observed : ParticipantObserver {
  void on_local_parameters(transport::ConnectionId id, const LocalParameters& value) override;
  void on_secure(transport::ConnectionId id) override;
  void on_data(transport::ConnectionId id, const DataMessage& message) override;
  void on_failed(transport::ConnectionId id, std::string_view reason) override;

  std::map<transport::ConnectionId, LocalParameters> local;
  std::vector<transport::ConnectionId> secure;
  std::vector<DataMessage> data;
  std::vector<std::string> failed;
};

struct Reports : transport::Listener {
  void on_connected(transport::ConnectionId) override { ++connected; }
  void on_media_ready(transport::ConnectionId) override { ++media_ready; }
  void on_lost(transport::ConnectionId, transport::Lost) override { ++lost; }
  void on_codec(transport::ConnectionId, forwarding::TrackKey, media::CodecName) override {
    ++codecs;
  }
  void on_speaking(transport::ConnectionId, forwarding::TrackKey,
                   const forwarding::Speech&) override {}
  std::atomic<int> connected{0}, media_ready{0}, lost{0}, codecs{0};
};

/// A server's inside: the transport on loopback, the main loop, and what was reported.
class Server {
 public:
  Server();
  std::unique_ptr<Participant> participant(const std::string& id, bool data_channel = true);
  /// The session whose offers carry this participant's transport.
  [[nodiscard]] sdp::MediaSession session(bool data_channel = true) const;
  /// Waits for webrtcbin's parameters.
  [[nodiscard]] sdp::LocalTransport local(const Participant& participant);
  /// Offers to the client, gives its answer back; whether all of that worked.
  bool negotiate(Participant& participant, sdp::MediaSession& session, WebrtcClient& client);

  MainLoop main_loop;
  Observed seen;
  Reports reports;
  std::unique_ptr<transport::Transport> transport;
  GstClockTime base_time = 0;
};

/// Closes and waits until nothing is left.
void close_and_wait(Participant& participant);

/// Threads and file descriptors of this process.
struct Resources {
  static Resources now();
  std::size_t threads = 0, descriptors = 0;
};

}  // namespace parley::pipelines::testing
