// What a connection's GObjects, on webrtcbin's threads, and its shard have in common.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <gst/gst.h>

#include "support/glib/ref.hpp"
#include "transport/address.hpp"
#include "transport/mailbox.hpp"
#include "transport/types.hpp"
#include "transport/udp_socket.hpp"

namespace parley::transport {

/// The states of an ICE transport that are told to webrtcbin.
enum class IceState : std::uint8_t { Checking, Connected, Failed };

/// Thread-safe. Owned in shares by the agent, its stream, transport and elements, and by the
/// connection. Refers to socket and mailbox until close() and never afterwards; holds no strong
/// reference to a GObject, so there is no cycle. webrtcbin may call into it after close(), without
/// effect.
class IceLink {
 public:
  IceLink(ConnectionId id, std::vector<std::string> candidates, const UdpSocket& socket,
          Mailbox& mailbox);
  ~IceLink();
  IceLink(const IceLink&) = delete;
  IceLink& operator=(const IceLink&) = delete;

  /// In the form of `a=candidate`, without "a=".
  [[nodiscard]] const std::vector<std::string>& candidates() const { return candidates_; }

  // --- from webrtcbin ---------------------------------------------------------------------------

  void set_local(std::string ufrag, std::string password);
  /// The GstWebRTCICETransport that state is reported on, and the pad that DTLS records go to.
  void attach(GObject* transport, Ref<GstPad> records);
  /// Sends a DTLS record, when there is a selected path.
  void send(std::span<const std::uint8_t> record);

  // --- from the shard ---------------------------------------------------------------------------

  void set_path(const std::optional<Path>& path);
  /// Tells webrtcbin. Its handlers take its locks, so this is for the worker thread, not the
  /// shard's.
  void report(IceState state);

  // --- from the transport -----------------------------------------------------------------------

  /// Waits for a report() that is under way: webrtcbin connects its handlers by bare pointers, so
  /// once its owner lets go of it none may run.
  void close();

 private:
  const ConnectionId id_;
  const std::vector<std::string> candidates_;
  GWeakRef transport_;

  std::mutex report_mutex_;  ///< held while webrtcbin's handlers run; taken before mutex_
  std::mutex mutex_;         ///< guards what follows; held across sendto at most
  const UdpSocket* socket_;  ///< null once closed
  Mailbox* mailbox_;         ///< null once closed
  std::optional<Path> path_;
};

}  // namespace parley::transport
