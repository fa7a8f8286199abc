// What an operator can set: command line, PARLEY_… environment variables and a config file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "support/result.hpp"

namespace parley::server {

/// An address to listen on, split from ADDR:PORT ("127.0.0.1:8080", "[::1]:0", ":8080" for all).
struct ListenAddress {
  std::string host;
  std::uint16_t port = 0;

  bool operator==(const ListenAddress&) const = default;
};
Result<ListenAddress> parse_listen_address(const std::string& text);

struct Config {
  ListenAddress listen{"127.0.0.1", 8080};
  std::uint16_t rtc_port = 10000;
  unsigned rtc_threads = 1;
  std::vector<std::string> announce;
  std::string recordings = "./var/recordings";
  std::string web;  ///< empty: the built-in page
  std::string tls_cert;
  std::string tls_key;
  bool tls_self_signed = false;
  std::string operator_token;
  std::vector<std::string> ice_servers;
  std::string turn_secret;
  std::vector<std::string> allow_origins;
  std::string jwt_key;  ///< a secret, or a file with it or with a public key; empty: unverified
  std::string branches = "safe";
  std::vector<std::string> branch_elements;  ///< allowed beside the list of `safe`
  std::uint16_t peerjs_port = 0;             ///< 0: off
  std::string log_level = "info";
  std::size_t max_rooms = 1000;
  std::size_t max_participants = 100;  ///< in a room
  std::size_t last_n = 0;              ///< of rooms that set none of their own; 0: all cameras
  std::size_t max_per_address = 256;   ///< sessions of one address; a proxy is one
  /// Options that were set, wherever, and that this version only takes so that files and scripts
  /// written for later ones start it.
  std::vector<std::string> without_effect;
};

/// Text to print on stdout and leave with status 0 (--help, --version).
struct ShowText {
  std::string text;
};

/// Reads argv, the environment and --config, in this order of precedence. Error "bad_option": one
/// line that says what is wrong and how to mend it. Call once, from main().
Result<std::variant<Config, ShowText>> read_config(int argc, const char* const* argv);

}  // namespace parley::server
