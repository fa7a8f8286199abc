// What clients of the four applications say, in any order: a line each, its first character the
// client's number ("+" and "-" behind it: it comes, it goes), the rest a packet.
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "signaling/applications/applications.hpp"
#include "tests/signaling_socketio/support/fake_link.hpp"

using namespace parley;
using signaling::applications::Applications;
using signaling::applications::TokenReader;
using signaling::socketio::FakeLink;

namespace {

constexpr std::size_t kClients = 4;
constexpr std::size_t kMaxSent = 64 * 1024 * 1024;

struct World {
  Time now{};
  signaling::socketio::Timers timers{[this] { return now; }};
  signaling::socketio::Server server{{}, timers};
  Applications applications{server.of("/"), timers, TokenReader::create({}).value()};
  std::array<std::unique_ptr<FakeLink>, kClients> clients;

  ~World() { clients = {}; }

  /// "$0" to "$3" stand for the clients' ids.
  std::string with_ids(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool names = text[i] == '$' && i + 1 < text.size();
      const auto number = names ? static_cast<std::size_t>(text[i + 1] - '0') : kClients;
      if (number < kClients) {
        out += ids[number];
        ++i;
      } else {
        out += text[i];
      }
    }
    return out;
  }

  void take(std::string_view line) {
    if (line.empty()) return;
    const auto number = static_cast<std::size_t>(line[0] - '0');
    if (number >= kClients) {
      now += std::chrono::seconds(1);
      return timers.run();
    }
    line.remove_prefix(1);
    auto& client = clients[number];
    if (line == "-") return client.reset();
    if (line.starts_with('+')) return connect(number, line.substr(1));
    if (!client) connect(number, "{}");
    if (line.starts_with('b')) {
      client->receive_binary(std::string(line.substr(1)));
    } else {
      client->receive(with_ids(line));
    }
    std::size_t sent = 0;
    for (const auto& other : clients)
      if (other)
        for (const std::string& message : other->sent()) sent += message.size();
    if (sent > kMaxSent) __builtin_trap();
  }

  void connect(std::size_t number, std::string_view auth) {
    auto& client = clients[number];
    client =
        std::make_unique<FakeLink>(server.accept(), number == 0 ? signaling::socketio::Version::V3
                                                                : signaling::socketio::Version::V4);
    client->receive('0' + std::string(auth));
    ids[number] = client->handshake().sid;
    for (const std::string& message : client->sent()) {
      constexpr std::string_view kWelcome = R"(0{"sid":")";
      if (message.starts_with(kWelcome))
        ids[number] = message.substr(kWelcome.size(), message.size() - kWelcome.size() - 2);
    }
  }

  std::array<std::string, kClients> ids;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  World world;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    world.take(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return 0;
}
