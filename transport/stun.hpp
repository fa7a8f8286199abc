// STUN messages (RFC 8489) as far as ICE uses them (RFC 8445). Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "transport/address.hpp"
#include "transport/hmac_sha1.hpp"

namespace parley::transport::stun {

inline constexpr std::size_t kHeaderSize = 20;
inline constexpr std::uint16_t kBinding = 0x001;
/// More than any message written here takes.
inline constexpr std::size_t kMaxResponse = 256;

enum class Class : std::uint8_t { Request, Indication, Success, Error };

using TransactionId = std::array<std::uint8_t, 12>;

/// RFC 8489 section 18.3 and RFC 8445 section 16.1.
enum Attribute : std::uint16_t {
  kUsername = 0x0006,
  kMessageIntegrity = 0x0008,
  kErrorCode = 0x0009,
  kUnknownAttributes = 0x000A,
  kXorMappedAddress = 0x0020,
  kPriority = 0x0024,
  kUseCandidate = 0x0025,
  kFingerprint = 0x8028,
  kIceControlled = 0x8029,
  kIceControlling = 0x802A,
};

/// What a message says. Only attributes that MESSAGE-INTEGRITY covers are here (RFC 8489 14.5).
/// Views point into the datagram it was read from.
struct Message {
  Class cls{};
  std::uint16_t method = 0;
  TransactionId transaction{};
  std::string_view username;
  bool use_candidate = false;
  std::optional<std::uint32_t> priority;
  std::optional<std::uint64_t> controlled;   ///< tie-breaker
  std::optional<std::uint64_t> controlling;  ///< tie-breaker
  std::optional<Address> mapped;
  std::uint16_t error_code = 0;
  std::size_t integrity_at = 0;            ///< where MESSAGE-INTEGRITY starts; 0 without one
  bool fingerprint = false;                ///< there is one, and it is right
  std::array<std::uint16_t, 8> unknown{};  ///< comprehension-required and not understood
  std::size_t unknown_count = 0;
};

/// None for what is no well-formed STUN message, or has a wrong FINGERPRINT. Does not allocate.
std::optional<Message> parse(std::span<const std::uint8_t> datagram);

/// Whether the message's MESSAGE-INTEGRITY is that of `key`, compared in constant time.
bool verify(std::span<const std::uint8_t> datagram, const Message& message, const HmacSha1& key);

/// Writes one message into `out`, attribute by attribute.
class Builder {
 public:
  Builder(std::span<std::uint8_t> out, Class cls, std::uint16_t method, const TransactionId& id);

  Builder& bytes(Attribute type, std::span<const std::uint8_t> value);
  Builder& text(Attribute type, std::string_view value);
  Builder& number(Attribute type, std::uint32_t value);
  Builder& number(Attribute type, std::uint64_t value);
  Builder& flag(Attribute type) { return bytes(type, {}); }
  Builder& xor_mapped(const Address& address);
  Builder& error(std::uint16_t code, std::string_view reason);
  Builder& unknown_attributes(std::span<const std::uint16_t> types);

  /// Adds MESSAGE-INTEGRITY, where there is a key, and FINGERPRINT. Returns the message's size,
  /// 0 when it did not fit.
  [[nodiscard]] std::size_t finish(const HmacSha1* key);

 private:
  /// Space for an attribute's value; empty when `out` is full.
  std::span<std::uint8_t> append(std::uint16_t type, std::size_t size);
  void set_length(std::size_t size_after);

  std::span<std::uint8_t> out_;
  std::size_t size_ = 0;
  bool overflow_ = false;
};

}  // namespace parley::transport::stun
