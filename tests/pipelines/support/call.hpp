// What the tests of whole participants share: a main loop, a transport, and what was observed.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "pipelines/participant.hpp"
#include "support/glib/main_loop.hpp"
#include "transport/transport.hpp"

namespace parley::pipelines::testing {

/// Runs the default main context until `done`, at most `limit`; returns whether it was.
bool run_until(const std::function<bool()>& done,
               std::chrono::milliseconds limit = std::chrono::seconds(10));
/// Runs the default main context for this long.
void run_for(std::chrono::milliseconds time);

struct Observed : ParticipantObserver {
  void on_local_parameters(const ParticipantId& id, const LocalParameters& value) override;
  void on_secure(const ParticipantId& id) override;
  void on_data(const ParticipantId& id, const DataMessage& message) override;
  void on_failed(const ParticipantId& id, std::string_view reason) override;

  std::map<ParticipantId, LocalParameters> local;
  std::vector<ParticipantId> secure;
  std::vector<DataMessage> data;
  std::vector<std::string> failed;
};

/// Threads and file descriptors of this process.
struct Resources {
  static Resources now();
  std::size_t threads = 0, descriptors = 0;
};

}  // namespace parley::pipelines::testing
