// What a client and a server agreed on, as the media side carries it out. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "load/net/dtls.hpp"
#include "load/net/ice_client.hpp"
#include "support/media.hpp"
#include "transport/address.hpp"

namespace parley::load {

/// The server's end of the transport.
struct RemoteEnd {
  IceCredentials ice;
  std::vector<transport::Address> candidates;  ///< best first
  std::vector<std::string> fingerprints;       ///< "sha-256 AB:…"
  bool lite = false;

  bool operator==(const RemoteEnd&) const = default;
};

/// One encoding of a sent m-line.
struct SendLayer {
  std::string rid;  ///< empty without simulcast
  std::uint32_t ssrc = 0;
  std::uint32_t rtx_ssrc = 0;  ///< 0 without retransmission

  bool operator==(const SendLayer&) const = default;
};

/// An m-line on which the client sends.
struct SendLine {
  std::string mid;
  media::Kind kind{};
  media::Codec codec;
  media::ExtensionMap extensions;
  std::vector<SendLayer> layers;  ///< lowest first

  bool operator==(const SendLine&) const = default;
};

struct Session {
  RemoteEnd remote;
  IceRole ice_role = IceRole::Controlling;
  DtlsRole dtls_role = DtlsRole::Client;
  std::vector<media::Receive> receives;
  std::vector<SendLine> sends;
};

}  // namespace parley::load
