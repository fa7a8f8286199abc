#include "tests/pipelines/support/call.hpp"

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <iterator>

#include "plugins/fan_out_element.hpp"

namespace parley::pipelines::testing {

bool run_until(const std::function<bool()>& done, std::chrono::milliseconds limit) {
  bool expired = false;
  const Timer deadline = Timer::once(limit, [&] { expired = true; });
  // What other threads change does not wake the loop.
  const Timer look = Timer::every(std::chrono::milliseconds(2), [] {});
  while (!done() && !expired) g_main_context_iteration(nullptr, TRUE);
  return done();
}

void run_for(std::chrono::milliseconds time) {
  run_until([] { return false; }, time);
}

void Observed::on_local_parameters(transport::ConnectionId id, const LocalParameters& value) {
  local[id] = value;
}
void Observed::on_secure(transport::ConnectionId id) {
  secure.push_back(id);
}
void Observed::on_data(transport::ConnectionId, const DataMessage& message) {
  data.push_back(message);
}
void Observed::on_failed(transport::ConnectionId, std::string_view reason) {
  failed.emplace_back(reason);
}

Server::Server() {
  gst_init(nullptr, nullptr);
  plugins::register_elements();
  base_time = gst_util_get_timestamp();
  transport::Options options;
  options.port = 0;
  options.announce = {"127.0.0.1"};
  transport = std::move(transport::Transport::open(options, base_time, reports)).value();
}

std::unique_ptr<Participant> Server::participant(const std::string& id, bool data_channel) {
  Participant::Options options;
  options.data_channel = data_channel;
  options.base_time = base_time;
  return std::make_unique<Participant>(ParticipantId(id), options, *transport, main_loop, seen);
}

sdp::MediaSession Server::session(bool data_channel) const {
  sdp::Options options;
  options.data_channel = data_channel;
  options.next_ssrc = [next = 1000U]() mutable { return next++; };
  return sdp::MediaSession(std::move(options));
}

sdp::LocalTransport Server::local(const Participant& participant) {
  const transport::ConnectionId id = participant.connection();
  if (!run_until([&] { return seen.local.contains(id); })) return {};
  const LocalParameters& own = seen.local[id];
  sdp::LocalTransport local{own.ufrag, own.password, own.fingerprint, {}};
  for (const auto& c : transport->candidates())
    local.candidates.push_back({c.foundation, c.priority, c.address, c.port});
  return local;
}

bool Server::negotiate(Participant& participant, sdp::MediaSession& session, WebrtcClient& client) {
  client.take_offer(session.make_offer(local(participant)));
  if (!run_until([&] { return !client.answer().empty(); })) return false;
  const auto applied = session.apply_answer(client.answer());
  if (!applied) return false;
  const sdp::RemoteTransport& peer = applied->transport;
  participant.set_remote({peer.ufrag, peer.password, peer.fingerprints});
  return true;
}

void close_and_wait(Participant& participant) {
  bool closed = false;
  participant.close([&] { closed = true; });
  if (run_until([&] { return closed; })) return;
  std::cerr << "a participant did not close\n";
  std::abort();  // what it still uses is about to go
}

Resources Resources::now() {
  const auto entries = [](const char* folder) {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder),
                                                  std::filesystem::directory_iterator()));
  };
  return {entries("/proc/self/task"), entries("/proc/self/fd")};
}

}  // namespace parley::pipelines::testing
