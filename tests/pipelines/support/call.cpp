#include "tests/pipelines/support/call.hpp"

#include <filesystem>
#include <iterator>

namespace parley::pipelines::testing {

bool run_until(const std::function<bool()>& done, std::chrono::milliseconds limit) {
  bool expired = false;
  const Timer deadline = Timer::once(limit, [&] { expired = true; });
  while (!done() && !expired) g_main_context_iteration(nullptr, TRUE);
  return done();
}

void run_for(std::chrono::milliseconds time) {
  run_until([] { return false; }, time);
}

void Observed::on_local_parameters(const ParticipantId& id, const LocalParameters& value) {
  local[id] = value;
}
void Observed::on_secure(const ParticipantId& id) { secure.push_back(id); }
void Observed::on_data(const ParticipantId&, const DataMessage& message) { data.push_back(message); }
void Observed::on_failed(const ParticipantId&, std::string_view reason) { failed.emplace_back(reason); }

Resources Resources::now() {
  const auto entries = [](const char* folder) {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder),
                                                  std::filesystem::directory_iterator()));
  };
  return {entries("/proc/self/task"), entries("/proc/self/fd")};
}

}  // namespace parley::pipelines::testing
