#include "load/run/client_peer.hpp"

#include <algorithm>
#include <array>
#include <random>

#include "support/ids.hpp"

namespace parley::load {
namespace {

constexpr std::array<const char*, 3> kRids{"q", "h", "f"};

std::uint32_t new_ssrc() {
  static std::mt19937 random(std::random_device{}());
  return std::uniform_int_distribution<std::uint32_t>(1, UINT32_MAX)(random);
}

std::vector<SendLayer> new_layers(std::size_t count, bool repair) {
  std::vector<SendLayer> layers;
  for (std::size_t i = 0; i < count; ++i) {
    const char* rid = kRids[kRids.size() - count + i];
    layers.push_back({count > 1 ? rid : "", new_ssrc(), repair ? new_ssrc() : 0});
  }
  return layers;
}

}  // namespace

Result<std::unique_ptr<ClientPeer>> ClientPeer::open(ConnectionId id, MediaLoop& loop,
                                                     const DtlsIdentity& identity,
                                                     const Sends& sends, const Place& place,
                                                     std::optional<transport::Ip> server) {
  auto socket = ClientSocket::open();
  if (!socket) return socket.error();
  LocalEnd local;
  local.ice = {random_token(8), random_token(24)};
  local.fingerprint = identity.fingerprint();
  local.port = socket->port();
  if (server)
    if (const auto ip = local_ip_towards({*server, 9, 0}))
      local.address = transport::to_string(*ip);
  local.cname = "load-" + std::to_string(place.client);
  local.video_codec = sends.video_codec;
  if (sends.audio) local.audio = new_layers(1, false);
  if (sends.video) local.video = new_layers(sends.layers, true);
  // std::function wants what it holds to be copyable.
  const auto moved = std::make_shared<ClientSocket>(std::move(*socket));
  loop.post([id, moved, ice = local.ice, place](MediaLoop& self) {
    self.add(id, std::move(*moved), ice, place);
  });
  return std::unique_ptr<ClientPeer>(new ClientPeer(id, loop, std::move(local), server));
}

ClientPeer::ClientPeer(ConnectionId id, MediaLoop& loop, LocalEnd local,
                       std::optional<transport::Ip> server)
    : id_(id), loop_(loop), local_(std::move(local)), server_(server) {}

ClientPeer::~ClientPeer() {
  loop_.post([id = id_](MediaLoop& self) { self.close(id); });
}

Result<std::string> ClientPeer::answer(std::string_view offer,
                                       const std::vector<std::string>& mids) {
  auto description = answer_offer(offer, local_, mids);
  if (!description) return description.error();
  prefer_server(description->session.remote);
  loop_.post(
      [id = id_, session = description->session](MediaLoop& self) { self.update(id, session); });
  return std::move(description->sdp);
}

std::string ClientPeer::offer() {
  return make_offer(local_);
}

Status ClientPeer::accept(std::string_view answer) {
  auto session = read_answer(answer, local_);
  if (!session) return session.error();
  prefer_server(session->remote);
  loop_.post(
      [id = id_, agreed = std::move(*session)](MediaLoop& self) { self.update(id, agreed); });
  return Nothing{};
}

/// The address that signaling reached is the likeliest to be reachable.
void ClientPeer::prefer_server(RemoteEnd& remote) const {
  if (server_)
    std::stable_partition(
        remote.candidates.begin(), remote.candidates.end(),
        [&](const transport::Address& candidate) { return candidate.ip == *server_; });
}

}  // namespace parley::load
