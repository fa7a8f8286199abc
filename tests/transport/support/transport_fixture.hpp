// A Transport on a free port, driven as webrtcbin and a conference would drive it.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/transport/support/test_peer.hpp"
#include "transport/transport.hpp"
#include "transport/webrtc_ice_gst.hpp"

namespace parley::transport::testing {

/// Keeps what it is told. Thread-safe.
class RecordingListener final : public Listener {
 public:
  void on_connected(ConnectionId id) override { add(connected_, id); }
  void on_media_ready(ConnectionId id) override { add(media_ready_, id); }
  void on_lost(ConnectionId id, Lost lost) override {
    add(lost == Lost::PeerClosed ? closed_ : expired_, id);
  }
  void on_codec(ConnectionId id, forwarding::TrackKey, media::CodecName) override {
    add(codecs_, id);
  }
  void on_speaking(ConnectionId, forwarding::TrackKey, const forwarding::Speech&) override {}

  std::size_t connected(ConnectionId id) const { return count(connected_, id); }
  std::size_t media_ready(ConnectionId id) const { return count(media_ready_, id); }
  std::size_t closed(ConnectionId id) const { return count(closed_, id); }
  std::size_t expired(ConnectionId id) const { return count(expired_, id); }
  std::size_t codecs(ConnectionId id) const { return count(codecs_, id); }

 private:
  using Ids = std::vector<ConnectionId>;
  void add(Ids& ids, ConnectionId id) {
    const std::lock_guard lock(mutex_);
    ids.push_back(id);
  }
  std::size_t count(const Ids& ids, ConnectionId id) const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::count(ids.begin(), ids.end(), id));
  }

  mutable std::mutex mutex_;
  Ids connected_, media_ready_, closed_, expired_, codecs_;
};

/// A connection with its agent, set up as webrtcbin does it.
struct Member {
  ConnectionId id = 0;
  unsigned shard = 0;
  Credentials credentials;
  Ref<GstWebRTCICE> agent;
  GstWebRTCICEStream* stream = nullptr;  ///< the agent's
  Ref<GstWebRTCICETransport> ice;
};

class TransportTest : public ::testing::Test {
 protected:
  TransportTest() : TransportTest(1) {}
  explicit TransportTest(unsigned threads);

  Member join(unsigned shard = 0);
  /// Runs `task` on the shard and waits for it.
  void on_shard(unsigned shard, std::function<void(Shard&)> task);
  TestPeer peer(std::string_view ip = "127.0.0.1") { return TestPeer(ip, transport->port()); }
  /// Gives both ends their SRTP keys.
  void key(const Member& member, TestPeer& client);
  GstWebRTCICEConnectionState state_of(const Member& member) const;

  RecordingListener listener;
  GstClockTime base_time;
  std::unique_ptr<Transport> transport;
};

/// A source pad, ready for buffers, and the pad it is linked to, which hands them to `sink`.
class PadPair {
 public:
  using Sink = std::function<GstFlowReturn(GstBuffer*)>;  ///< does not own the buffer
  explicit PadPair(Sink sink);
  ~PadPair();
  PadPair(const PadPair&) = delete;

  [[nodiscard]] Ref<GstPad> source() const { return source_; }

 private:
  Sink handler_;
  Ref<GstPad> source_, sink_;
};

}  // namespace parley::transport::testing
