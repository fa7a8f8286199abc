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
  using Counts = std::unordered_map<std::string, std::size_t>;

 public:
  /// Taken until it is destroyed.
  class Seat {
   public:
    Seat(Seat&& other) noexcept = default;
    Seat& operator=(Seat&&) = delete;
    ~Seat() {
      if (!counts_) return;
      const auto count = counts_->find(address_);
      if (--count->second == 0) counts_->erase(count);
      --*total_;
    }

   private:
    friend class SessionQuota;
    Seat(std::shared_ptr<Counts> counts, std::shared_ptr<std::size_t> total, std::string address)
        : counts_(std::move(counts)), total_(std::move(total)), address_(std::move(address)) {
      ++(*counts_)[address_];
      ++*total_;
    }
    std::shared_ptr<Counts> counts_;
    std::shared_ptr<std::size_t> total_;
    std::string address_;
  };

  SessionQuota(std::size_t total, std::size_t per_address)
      : limit_(total), per_address_(per_address) {}

  /// Nothing when there are too many.
  [[nodiscard]] std::optional<Seat> take(const std::string& address) {
    const auto known = counts_->find(address);
    if (*total_ >= limit_ || (known != counts_->end() && known->second >= per_address_))
      return std::nullopt;
    return Seat(counts_, total_, address);
  }

 private:
  std::size_t limit_, per_address_;
  std::shared_ptr<Counts> counts_ = std::make_shared<Counts>();
  std::shared_ptr<std::size_t> total_ = std::make_shared<std::size_t>(0);
};

/// 503, and when to try again.
Response too_many_sessions();

}  // namespace parley::signaling::http
