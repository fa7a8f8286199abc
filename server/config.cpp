#include "server/config.hpp"

#include <charconv>

#include <CLI/CLI.hpp>
#include <arpa/inet.h>
#include <fmt/format.h>

#include "server/version.hpp"

namespace parley::server {
namespace {

Error bad_option(std::string message) {
  return {"bad_option", std::move(message)};
}

bool is_address(const std::string& text) {
  in6_addr ignored;
  return inet_pton(AF_INET, text.c_str(), &ignored) == 1 ||
         inet_pton(AF_INET6, text.c_str(), &ignored) == 1;
}

std::string env_name(std::string option) {
  for (char& c : option)
    c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return "PARLEY_" + option;
}

/// Adds --name with its environment variable PARLEY_NAME.
template <typename T>
CLI::Option* option(CLI::App& app, const std::string& name, T& value, const std::string& help) {
  return app.add_option("--" + name, value, help)->envname(env_name(name))->capture_default_str();
}

/// The same for an option that may be given more than once, each time with one value.
void repeatable(CLI::App& app, const std::string& name, std::vector<std::string>& values,
                const std::string& help) {
  option(app, name, values, help)
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void add_network_options(CLI::App& app, Config& config, std::string& listen) {
  option(app, "listen", listen, "Address and port of the page and the signaling, ADDR:PORT");
  option(app, "rtc-port", config.rtc_port, "The one UDP port of all media (0: any free one)");
  option(app, "rtc-threads", config.rtc_threads, "Transport threads; a room stays on one")
      ->check(CLI::Range(1U, 64U));
  repeatable(app, "announce", config.announce,
             "Address put into ICE candidates, repeatable (default: the machine's own)");
  repeatable(app, "ice-server", config.ice_servers,
             "STUN or TURN server that clients are told of, repeatable: stun:HOST[:PORT] or "
             "turn:HOST[:PORT][?transport=tcp]");
  option(app, "turn-secret", config.turn_secret,
         "Secret shared with the TURN servers (coturn: static-auth-secret)");
  option(app, "web", config.web, "Folder of another front end instead of the built-in page")
      ->check(CLI::ExistingDirectory);
  option(app, "tls-cert", config.tls_cert, "Certificate chain for HTTPS, PEM")
      ->check(CLI::ExistingFile);
  option(app, "tls-key", config.tls_key, "Private key for HTTPS, PEM")->check(CLI::ExistingFile);
  app.add_flag("--tls-self-signed", config.tls_self_signed,
               "HTTPS with a certificate made at start")
      ->envname("PARLEY_TLS_SELF_SIGNED");
  repeatable(app, "allow-origin", config.allow_origins,
             "Origin of a foreign page that may open a WebSocket, repeatable");
  option(app, "peerjs-port", config.peerjs_port, "A PeerServer on a port of its own (0: off)");
}

void add_service_options(CLI::App& app, Config& config) {
  option(app, "operator-token", config.operator_token,
         "Bearer token for every REST call that changes something");
  option(
      app, "jwt-key", config.jwt_key,
      "Key that verifies the tokens of Socket.IO clients: a secret (HS256…), or a file with it or "
      "with a PEM public key (RS256, ES256…). Without one a token is only read, and tells no more "
      "than a name that its client chose");
  option(app, "recordings", config.recordings, "Folder of recordings");
  option(app, "branches", config.branches, "gst-launch branches: off, safe or any")
      ->check(CLI::IsMember({"off", "safe", "any"}));
  repeatable(app, "branch-elements", config.branch_elements,
             "Element that safe branches may use as well, repeatable");
  option(app, "max-rooms", config.max_rooms, "Rooms at once")->check(CLI::Range(1, 100000));
  option(app, "max-participants", config.max_participants, "Participants in a room")
      ->check(CLI::Range(1, 1000));
  option(app, "last-n", config.last_n,
         "Cameras anybody is sent: those of the last N speakers (0: all)")
      ->check(CLI::Range(0, 1000));
  option(app, "max-per-address", config.max_per_address,
         "Sessions of one address; raise it behind a proxy")
      ->check(CLI::Range(1, 100000));
  option(app, "log-level", config.log_level, "trace, debug, info, warn, error or off")
      ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}));
}

Status check(const Config& config) {
  if (config.tls_cert.empty() != config.tls_key.empty())
    return bad_option(fmt::format("--tls-{} is missing: give --tls-cert and --tls-key together",
                                  config.tls_cert.empty() ? "cert" : "key"));
  if (config.tls_self_signed && !config.tls_cert.empty())
    return bad_option("--tls-self-signed and --tls-cert exclude each other: give one of them");
  for (const std::string& address : config.announce)
    if (!is_address(address))
      return bad_option(fmt::format("--announce: '{}' is no IPv4 or IPv6 address", address));
  return Nothing{};
}

std::vector<std::string> set_without_effect(const CLI::App& app) {
  std::vector<std::string> set;
  if (app.get_option("--recordings")->count() > 0) set.emplace_back("--recordings");
  return set;
}

/// CLI11's messages may span lines; an operator gets one.
std::string one_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  for (char& c : text)
    if (c == '\n') c = ' ';
  return text;
}

}  // namespace

Result<ListenAddress> parse_listen_address(const std::string& text) {
  const auto bad = [&] {
    return bad_option(fmt::format(
        "--listen: '{}' is not ADDR:PORT; write 127.0.0.1:8080, 0.0.0.0:8080 or [::]:8080", text));
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return bad();
  ListenAddress address{text.substr(0, colon), 0};
  if (address.host.size() >= 2 && address.host.front() == '[' && address.host.back() == ']')
    address.host = address.host.substr(1, address.host.size() - 2);
  if (address.host.empty()) address.host = "::";
  if (address.host == "localhost") address.host = "127.0.0.1";
  if (!is_address(address.host)) return bad();
  const char* begin = text.data() + colon + 1;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(begin, end, address.port);
  if (error != std::errc() || stopped != end || begin == end) return bad();
  return address;
}

Result<std::variant<Config, ShowText>> read_config(int argc, const char* const* argv) {
  Config config;
  std::string listen = "127.0.0.1:8080";
  CLI::App app{"Parley: a conference server whose every room is a live GStreamer graph", "parley"};
  app.set_version_flag("--version", std::string("parley ") + kVersion);
  app.set_config("--config", "", "File with the same keys as the options, KEY=VALUE a line")
      ->envname("PARLEY_CONFIG");
  add_network_options(app, config, listen);
  add_service_options(app, config);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return {ShowText{app.help()}};
  } catch (const CLI::CallForVersion&) {
    return {ShowText{std::string("parley ") + kVersion + "\n"}};
  } catch (const CLI::Error& error) {
    return bad_option(one_line(error.what()) + " (parley --help lists the options)");
  }
  auto address = parse_listen_address(listen);
  if (!address) return address.error();
  config.listen = *address;
  config.without_effect = set_without_effect(app);
  if (const Status status = check(config); !status) return status.error();
  return {std::move(config)};
}

}  // namespace parley::server
