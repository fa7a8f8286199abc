#include "forwarding/congestion/allocation.hpp"

namespace parley::forwarding::congestion {
namespace {

// What a step upward must leave free.
constexpr double kHeadroom = 1.12;

class Divider {
 public:
  Divider(double budget, std::span<Claim> claims, bool congested)
      : budget_(budget), claims_(claims), congested_(congested) {}

  void give_cheapest(Priority priority) {
    for (Claim& claim : claims_)
      if (claim.priority == priority && claim.count > 0 && (claim.assured || fits(claim, 0)))
        give(claim, 0);
  }
  void raise(Priority priority) {
    while (Claim* claim = cheapest_step(priority)) give(*claim, *next(*claim));
  }
  [[nodiscard]] double used() const { return used_; }

 private:
  static double cost(const Claim& claim, std::size_t option) {
    return static_cast<double>(claim.options[option].bits_per_second);
  }
  static std::optional<std::size_t> next(const Claim& claim) {
    for (std::size_t option = *claim.granted + 1; option < claim.count; ++option)
      if (claim.options[option].layer > claim.options[*claim.granted].layer) return option;
    return std::nullopt;
  }
  [[nodiscard]] double with(const Claim& claim, std::size_t option) const {
    return used_ + cost(claim, option) - (claim.granted ? cost(claim, *claim.granted) : 0);
  }
  [[nodiscard]] bool fits(const Claim& claim, std::size_t option) const {
    const bool rises = !claim.before || claim.options[option].layer > *claim.before;
    if (!rises && !congested_) return true;
    if (rises && !claim.may_rise) return false;
    return with(claim, option) * (rises ? kHeadroom : 1) <= budget_;
  }
  [[nodiscard]] Claim* cheapest_step(Priority priority) const {
    Claim* cheapest = nullptr;
    double least = 0;
    for (Claim& claim : claims_) {
      if (claim.priority != priority || !claim.granted) continue;
      const auto option = next(claim);
      if (!option || !fits(claim, *option)) continue;
      if (cheapest != nullptr && cost(claim, *option) >= least) continue;
      cheapest = &claim;
      least = cost(claim, *option);
    }
    return cheapest;
  }
  void give(Claim& claim, std::size_t option) {
    used_ = with(claim, option);
    claim.granted = option;
  }

  double budget_;
  std::span<Claim> claims_;
  bool congested_;
  double used_ = 0;
};

}  // namespace

Division divide(double bits_per_second, std::span<Claim> claims, bool congested) {
  double wanted = 0;
  for (Claim& claim : claims) {
    claim.granted.reset();
    if (claim.count > 0)
      wanted += static_cast<double>(claim.options[claim.count - 1].bits_per_second);
  }
  Divider divider(bits_per_second, claims, congested);
  for (const Priority priority : {Priority::High, Priority::Normal})
    divider.give_cheapest(priority);
  for (const Priority priority : {Priority::High, Priority::Normal}) divider.raise(priority);
  return {divider.used(), wanted * kHeadroom};
}

}  // namespace parley::forwarding::congestion
