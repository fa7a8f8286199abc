// A run: clients come, are measured, and go.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "load/net/media_loop.hpp"
#include "load/run/client.hpp"
#include "load/run/options.hpp"
#include "load/run/report.hpp"
#include "support/glib/main_loop.hpp"
#include "support/result.hpp"

namespace parley::load {

/// Main-bound, but for ConnectionObserver.
class Campaign final : private ConnectionObserver {
 public:
  /// Errors "crypto_failed", "thread_failed", "no_process".
  static Result<std::unique_ptr<Campaign>> prepare(const Options& options, MainLoop& main);
  ~Campaign() override;
  Campaign(const Campaign&) = delete;
  Campaign& operator=(const Campaign&) = delete;

  /// Quits the main loop when it is over.
  void start();
  /// Ends it early; what was measured so far is in the report.
  void interrupt();
  [[nodiscard]] const Report& report() const { return report_; }

 private:
  enum class Phase : std::uint8_t {
    Publishers,   ///< those that send join
    Subscribers,  ///< the others do
    WarmUp,
    Measuring,
    Draining,  ///< what is under way still arrives
    Leaving,
    Over,
  };

  Campaign(const Options& options, MainLoop& main);
  Status set_up();
  void add_clients();

  // --- ConnectionObserver, on media threads -----------------------------------------------------
  void on_secure(ConnectionId id, Time at) override;
  void on_first_media(ConnectionId id, Time at) override;
  void on_lost(ConnectionId id, const Error& error) override;
  [[nodiscard]] Client* find(ConnectionId id);

  void tick();
  void enter(Phase phase);
  void join_some();
  void check_ramp();
  void check_all_gone();
  void churn_some();
  [[nodiscard]] bool is_settled(const Client& client) const;
  [[nodiscard]] bool hears_at_once(const Client& client) const;
  [[nodiscard]] bool expects_media(const Client& client) const;
  void note_failure(const Client& client, const Error& error);
  void begin_measuring();
  void end_measuring();
  void collect();
  void show_progress();
  [[nodiscard]] std::optional<ProcessSample> sample() const;

  const Options options_;
  MainLoop& main_;
  Window window_;
  SourceFactory make_source_;
  Ref<SoupSession> session_;
  std::vector<std::unique_ptr<MediaLoop>> loops_;
  std::unique_ptr<ClientContext> context_;
  std::vector<std::unique_ptr<Client>> clients_;
  // Of each client: connected once; ended by an error; its time to join means something.
  std::vector<bool> counted_, failed_, timed_;

  Phase phase_ = Phase::Over;
  Time phase_since_{};
  std::size_t asked_ = 0;  ///< clients that were told to join
  Time first_asked_{};
  std::size_t publishers_ = 0;
  double churned_due_ = 0;
  std::size_t next_churn_ = 0;
  Time last_tick_{};
  Time measured_since_{};
  std::optional<ProcessSample> before_, begin_;
  Duration own_cpu_before_{};
  Time next_progress_{};
  std::uint64_t received_before_ = 0;
  bool progress_shown_ = false;
  Report report_;
  Timer timer_;
};

}  // namespace parley::load
