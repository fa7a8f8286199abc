// The `room` data channels of one participant: the two the server opens, and those the client
// opens.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include <gst/gst.h>

#include "pipelines/session_events.hpp"
#include "support/glib/ref.hpp"
#include "support/glib/signal.hpp"

namespace parley::pipelines {

inline constexpr const char* kRoomLabel = "room";
/// Larger messages are dropped, both ways (RFC 8831 6.6 asks for no more without interleaving).
inline constexpr std::size_t kMaxMessage = 64 * 1024;
/// A receiver that has this much waiting loses messages, instead of the server its memory.
inline constexpr std::size_t kMaxBuffered = 1024 * 1024;
/// A client that opens more than this many channels is ended: each costs webrtcbin a thread.
inline constexpr unsigned kMaxChannels = 16;

/// Wakes the threads of `bin` that wait for room in SCTP's send buffer; nothing is sent after it.
/// Without it a pipeline whose peer stopped reading never gets to NULL: sctpenc of GStreamer 1.22
/// waits for its sink pads to be idle before it stops their waiting. Any thread.
void stop_sending(GstBin* bin);

/// Main-bound. Messages of every `room` channel come as SessionEvents::on_message(); one is sent on
/// the channel of its ordering that was opened last, so that a client's own replaces the server's.
class DataChannels {
 public:
  /// Listens for channels of the client's. `webrtcbin` is at least READY.
  DataChannels(GstElement* webrtcbin, const Postbox& postbox);
  ~DataChannels();
  DataChannels(const DataChannels&) = delete;
  DataChannels& operator=(const DataChannels&) = delete;

  /// Opens the server's two, ordered and unordered. False when webrtcbin cannot (no SCTP elements).
  [[nodiscard]] bool open();
  /// A channel of the client's, from SessionEvents::on_channel().
  void adopt(Ref<GObject> channel, bool ordered);
  /// An empty message is not sent: webrtcbin 1.22 gives SCTP no byte for it, and SCTP takes none.
  void send(const DataMessage& message);

  /// Messages not delivered: too large, malformed, or more than the receiver or we took in time.
  [[nodiscard]] std::uint64_t dropped() const;

  /// Shared with the signal handlers, which run on webrtcbin's threads.
  struct Inbox;

 private:
  struct Channel {
    Ref<GObject> object;
    bool ordered = true;
    std::array<Signal, 2> messages;  ///< of our own channels; those of others end with the channel
  };

  bool open(bool ordered);
  [[nodiscard]] GObject* channel_for(bool ordered) const;

  Ref<GstElement> webrtcbin_;
  std::shared_ptr<Inbox> inbox_;
  std::vector<Channel> channels_;  ///< oldest first
  std::array<Signal, 3> signals_;
};

}  // namespace parley::pipelines
