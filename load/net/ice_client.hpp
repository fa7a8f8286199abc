// The client's end of ICE (RFC 8445): checks on the server's candidates, one nominated pair, and
// consent (RFC 7675).
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "support/time.hpp"
#include "transport/address.hpp"
#include "transport/hmac_sha1.hpp"
#include "transport/stun.hpp"

namespace parley::load {

struct IceCredentials {
  std::string ufrag;
  std::string password;

  bool operator==(const IceCredentials&) const = default;
};

enum class IceRole : std::uint8_t { Controlling, Controlled };

/// Takes STUN messages that are to be sent.
class IceOutput {
 public:
  virtual ~IceOutput() = default;
  virtual void send_check(const transport::Address& to, std::span<const std::uint8_t> datagram) = 0;
};

/// Pure: datagrams and time are arguments. Bound to one thread.
class IceClient {
 public:
  static constexpr Duration kPacing = std::chrono::milliseconds(20);
  static constexpr Duration kFirstRetry = std::chrono::milliseconds(100);
  static constexpr unsigned kTries = 8;  ///< of one check, with doubled waits: 12 s
  static constexpr Duration kMaxWait = std::chrono::seconds(3);
  static constexpr Duration kConsentInterval = std::chrono::seconds(4);
  static constexpr Duration kConsentTimeout = std::chrono::seconds(30);

  enum class State : std::uint8_t { Checking, Connected, Failed };

  IceClient(IceCredentials local, std::uint64_t seed);

  /// `candidates`: the server's, best first.
  void start(const IceCredentials& remote, const std::vector<transport::Address>& candidates,
             IceRole role, Time now);
  void on_datagram(std::span<const std::uint8_t> datagram, const transport::Address& from, Time now,
                   IceOutput& out);
  /// Sends what is due.
  void tick(Time now, IceOutput& out);
  [[nodiscard]] Time due() const;

  [[nodiscard]] State state() const { return state_; }
  /// The server's end of the nominated pair.
  [[nodiscard]] const std::optional<transport::Address>& selected() const { return selected_; }

 private:
  struct Check {
    transport::Address to;
    transport::stun::TransactionId transaction{};
    Time due{};
    unsigned tries = 0;
    bool nominates = false;
    bool succeeded = false;
    bool failed = false;
    bool nominated_by_peer = false;
  };

  void send(Check& check, Time now, IceOutput& out);
  void on_success(const transport::stun::Message& message, Time now, IceOutput& out);
  void on_request(const transport::stun::Message& message, const transport::Address& from, Time now,
                  IceOutput& out);
  void select(const Check& check, Time now);
  Check& check_for(const transport::Address& address, Time now);
  void renew(Check& check, Time now);

  IceCredentials local_;
  transport::HmacSha1 local_key_;
  std::mt19937_64 random_;
  std::uint64_t tie_breaker_;
  IceRole role_ = IceRole::Controlling;
  std::string username_;
  std::optional<transport::HmacSha1> remote_key_;
  std::vector<Check> checks_;
  State state_ = State::Checking;
  std::optional<transport::Address> selected_;
  Time consent_{};  ///< when it was last given
};

}  // namespace parley::load
