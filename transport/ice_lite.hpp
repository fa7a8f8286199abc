// One connection's ICE: the lite, always controlled side of RFC 8445, and consent as RFC 7675 has
// it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "transport/address.hpp"
#include "transport/stun.hpp"
#include "transport/types.hpp"

namespace parley::transport {

/// Answers checks and learns from them where the peer is. Pure: datagrams and time are arguments.
/// Bound to one thread.
///
/// What a stranger can do: nothing without the password. Copies of the peer's own checks, sent from
/// elsewhere, are told by their transaction ids (the last kTransactions are remembered).
class IceLite {
 public:
  static constexpr std::size_t kPaths = 8;  ///< the peer's addresses kept; the stalest goes first
  static constexpr std::size_t kTransactions = 512;
  static constexpr unsigned kErrorsPerSecond = 10;  ///< answers to checks that prove nothing

  enum class State : std::uint8_t {
    New,        ///< no valid check yet
    Checking,   ///< valid checks, none nominates
    Connected,  ///< there is a selected path
    Expired,    ///< consent was lost, for good: these credentials are never taken again
  };

  enum class Verdict : std::uint8_t {
    Refused,   ///< not the peer's, or not acceptable
    Repeated,  ///< a retransmission: answered again, but it proves nothing new
    Valid,
  };

  /// What one check led to.
  struct Outcome {
    Verdict verdict = Verdict::Refused;
    std::size_t response = 0;        ///< bytes to send back on the check's path; 0 is silence
    bool new_address = false;        ///< from where it had not come before
    bool selected = false;           ///< the selected path is another one now
    std::optional<Address> dropped;  ///< made room for the new address
  };

  /// Our end's credentials; a change (an ICE restart) makes earlier ones void.
  void set_local(std::string ufrag, std::string_view password);
  [[nodiscard]] const std::string& ufrag() const { return ufrag_; }

  /// Handles a Binding request whose USERNAME starts with ufrag(). `response` has room for
  /// stun::kMaxResponse bytes.
  Outcome on_request(std::span<const std::uint8_t> datagram, const stun::Message& message,
                     const Path& path, Time now, std::span<std::uint8_t> response);

  /// Another time than kConsentTimeout. A shorter one counts from now on for a peer that never
  /// came.
  void set_consent_timeout(Duration timeout, Time now);
  /// True once, when the last valid check is that long ago. Nothing may be sent from then on. Until
  /// the first valid check there is no consent to lose.
  [[nodiscard]] bool expire(Time now);

  [[nodiscard]] State state() const { return state_; }
  /// Where to send; none before the first nomination and after consent was lost.
  [[nodiscard]] const std::optional<Path>& selected() const { return selected_; }

  /// The part of a check's USERNAME that names our end (RFC 8445 7.2.2): before the colon.
  static std::string_view local_ufrag(std::string_view username);

 private:
  struct Seen {
    Path path;
    Time last_check;
  };
  struct Transaction {
    stun::TransactionId id{};
    Path path;
  };
  enum class Novelty : std::uint8_t { Fresh, Retransmitted, Replayed };

  Novelty novelty(const stun::TransactionId& id, const Path& path);
  void validate(const Path& path, Time now, Outcome& outcome);
  bool may_answer_error(Time now);

  std::string ufrag_;
  std::optional<HmacSha1> password_;
  State state_ = State::New;
  std::optional<Path> selected_;
  std::vector<Seen> seen_;
  std::vector<Transaction> transactions_;  ///< a ring once full
  std::size_t next_transaction_ = 0;
  Duration consent_timeout_ = kConsentTimeout;
  Time silent_since_ = Time::max();
  Time error_window_{};
  unsigned errors_ = 0;
};

}  // namespace parley::transport
