// One peer connection of a client: SDP here, media on a thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "load/net/media_loop.hpp"
#include "load/run/client.hpp"
#include "load/signaling/answerer.hpp"
#include "load/signaling/signaling.hpp"

namespace parley::load {

/// Main-bound.
class ClientPeer final : public Peer {
 public:
  /// What it can send: audio, and so many layers of video.
  struct Sends {
    bool audio = false, video = false;
    std::size_t layers = 1;
    media::CodecName video_codec = media::CodecName::Vp8;
  };

  /// `server`: where signaling goes; media is likely to go there, too. Error "socket_failed".
  static Result<std::unique_ptr<ClientPeer>> open(ConnectionId id, MediaLoop& loop,
                                                  const DtlsIdentity& identity, const Sends& sends,
                                                  const Place& place,
                                                  std::optional<transport::Ip> server);
  /// Ends the connection.
  ~ClientPeer() override;
  ClientPeer(const ClientPeer&) = delete;
  ClientPeer& operator=(const ClientPeer&) = delete;

  [[nodiscard]] ConnectionId id() const { return id_; }

  Result<std::string> answer(std::string_view offer, const std::vector<std::string>& mids) override;
  std::string offer() override;
  Status accept(std::string_view answer) override;

 private:
  ClientPeer(ConnectionId id, MediaLoop& loop, LocalEnd local, std::optional<transport::Ip> server);
  void prefer_server(RemoteEnd& remote) const;

  ConnectionId id_;
  MediaLoop& loop_;
  LocalEnd local_;
  std::optional<transport::Ip> server_;
};

}  // namespace parley::load
