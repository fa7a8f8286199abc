// One participant's GStreamer pipeline: its webrtcbin, and a source, tee and fan-out per track.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gst/gst.h>

#include "support/glib/main_loop.hpp"
#include "support/ids.hpp"
#include "support/media.hpp"
#include "support/result.hpp"
#include "transport/transport.hpp"

namespace parley::pipelines {

/// What webrtcbin and the agent made for our end of the connection.
struct LocalParameters {
  std::string ufrag;
  std::string password;
  std::string fingerprint;  ///< "sha-256 AA:BB:…"
};

/// The peer's end, as signaling told it. The server's ICE is lite and never checks, so that a
/// client's credentials may be empty: ORTC clients keep theirs to themselves.
struct RemoteParameters {
  std::string ufrag;
  std::string password;
  std::vector<std::string> fingerprints;  ///< any of them may match
  bool dtls_server = false;               ///< it waits for our handshake, instead of we for its
};

/// A message on a data channel labelled `room`.
struct DataMessage {
  bool ordered = true;
  bool binary = false;
  std::string payload;

  bool operator==(const DataMessage&) const = default;
};

/// Called on the main thread, never from within a call into the Participant, of which the
/// connection is the name: one of a room may have two.
class ParticipantObserver {
 public:
  virtual ~ParticipantObserver() = default;
  /// webrtcbin has its ICE credentials and certificate: offers can be written.
  virtual void on_local_parameters(transport::ConnectionId, const LocalParameters&) = 0;
  /// DTLS is up, and the certificate is the one that signaling named.
  virtual void on_secure(transport::ConnectionId) = 0;
  virtual void on_data(transport::ConnectionId, const DataMessage&) = 0;
  /// The pipeline or its connection is past use; at most once, and nothing follows it. `reason` is
  /// a snake_case word: "peer_closed" (the peer ended DTLS in order), "fingerprint_mismatch",
  /// "dtls_failed", "too_many_channels", "pipeline_error".
  virtual void on_failed(transport::ConnectionId, std::string_view reason) = 0;
};

/// Main-bound. Made, started, closed; the destructor asserts that close() came first.
class Participant {
 public:
  struct Options {
    bool data_channel = true;
    unsigned shard = 0;
    GstClockTime base_time = 0;
  };

  Participant(ParticipantId id, const Options& options, transport::Transport& transport,
              MainLoop& main_loop, ParticipantObserver& observer);
  ~Participant();
  Participant(const Participant&) = delete;
  Participant& operator=(const Participant&) = delete;

  /// Makes the pipeline and has webrtcbin negotiate its one m-line; on_local_parameters() follows.
  Status start();
  /// Gives webrtcbin the peer's end. Once per Participant: an ICE restart needs a new one.
  void set_remote(const RemoteParameters& remote);

  [[nodiscard]] transport::ConnectionId connection() const;
  [[nodiscard]] unsigned shard() const;

  /// Adds source → tee → fan-out for a track that the peer publishes, and its forwarding::Track.
  forwarding::TrackKey add_track(const TrackId& track, media::Kind kind);
  void remove_track(const TrackId& track);
  [[nodiscard]] forwarding::TrackKey key_of(const TrackId& track) const;

  /// Sends to the peer's `room` channel of that ordering, if it has one that is open.
  /// Messages above 64 KiB are dropped, and so is what would make more than 1 MiB wait for the
  /// peer.
  void send_data(const DataMessage& message);
  /// Messages dropped so far, both ways.
  [[nodiscard]] std::uint64_t data_dropped() const;

  /// Ends everything at once for the outside; the pipeline goes to NULL on another thread.
  /// Idempotent. `closed` (may be empty) runs on the main thread when nothing is left.
  void close(std::function<void()> closed);

  /// The pipeline, for graphs; owned by this. Null before start() and after close().
  [[nodiscard]] GstElement* pipeline() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace parley::pipelines
