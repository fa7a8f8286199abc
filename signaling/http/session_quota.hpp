// How many sessions there are, in all and from each address, whatever protocol they speak.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "signaling/http/exchange.hpp"

namespace parley::signaling::http {

/// Main-bound. Seats may outlive it.
class SessionQuota {
  struct Taken {
    std::size_t total = 0;
    std::unordered_map<std::string, std::size_t> by_address;
  };

 public:
  /// Taken until it is destroyed.
  class Seat {
   public:
    Seat(Seat&& other) noexcept = default;
    Seat& operator=(Seat&&) = delete;
    ~Seat() {
      if (!taken_) return;
      const auto count = taken_->by_address.find(address_);
      if (--count->second == 0) taken_->by_address.erase(count);
      --taken_->total;
    }

   private:
    friend class SessionQuota;
    Seat(std::shared_ptr<Taken> taken, std::string address)
        : taken_(std::move(taken)), address_(std::move(address)) {
      ++taken_->by_address[address_];
      ++taken_->total;
    }
    std::shared_ptr<Taken> taken_;
    std::string address_;
  };

  SessionQuota(std::size_t total, std::size_t per_address)
      : limit_(total), per_address_(per_address) {}

  /// Nothing when there are too many.
  [[nodiscard]] std::optional<Seat> take(const std::string& address) {
    const auto known = taken_->by_address.find(address);
    if (taken_->total >= limit_ ||
        (known != taken_->by_address.end() && known->second >= per_address_))
      return std::nullopt;
    return Seat(taken_, address);
  }

 private:
  std::size_t limit_, per_address_;
  std::shared_ptr<Taken> taken_ = std::make_shared<Taken>();
};

/// 503, and when to try again.
Response too_many_sessions();

}  // namespace parley::signaling::http
