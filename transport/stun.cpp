#include "transport/stun.hpp"

#include <algorithm>
#include <cstring>

#include <openssl/crypto.h>
#include <zlib.h>

#include "forwarding/bytes.hpp"

namespace parley::transport::stun {
namespace {

using forwarding::read_u16;
using forwarding::read_u32;
using forwarding::read_u64;
using forwarding::write_u16;
using forwarding::write_u32;
using forwarding::write_u64;

constexpr std::uint32_t kCookie = 0x2112A442;
constexpr std::uint32_t kFingerprintXor = 0x5354554e;  // RFC 8489 14.7
constexpr std::size_t kAttributeHeader = 4;
constexpr std::size_t kIntegritySize = 20;
constexpr std::size_t kMaxUsername = 512;  // RFC 8489 14.3: fewer than 513 bytes
constexpr std::uint16_t kComprehensionOptional = 0x8000;

std::size_t padded(std::size_t size) {
  return (size + 3) & ~std::size_t{3};
}

std::uint32_t fingerprint_of(std::span<const std::uint8_t> bytes) {
  const auto crc = crc32(0, bytes.data(), static_cast<uInt>(bytes.size()));
  return static_cast<std::uint32_t>(crc) ^ kFingerprintXor;
}

/// The 16 bytes XOR-MAPPED-ADDRESS is masked with (RFC 8489 14.2): cookie and transaction id.
Ip address_mask(const TransactionId& id) {
  Ip mask;
  write_u32(mask, 0, kCookie);
  std::ranges::copy(id, mask.begin() + 4);
  return mask;
}

std::optional<Address> read_xor_mapped(std::span<const std::uint8_t> value,
                                       const TransactionId& id) {
  const bool v4 = value.size() == 8 && value[1] == 1;
  const bool v6 = value.size() == 20 && value[1] == 2;
  if (!v4 && !v6) return std::nullopt;
  const Ip mask = address_mask(id);
  Address address;
  address.port = static_cast<std::uint16_t>(read_u16(value, 2) ^ (kCookie >> 16));
  if (v4) address.ip[10] = address.ip[11] = 0xff;
  const std::size_t size = value.size() - 4;
  std::uint8_t* target = address.ip.data() + (address.ip.size() - size);
  for (std::size_t i = 0; i < size; ++i) target[i] = value[4 + i] ^ mask[i];
  return address;
}

template <typename T>
bool read_number(std::optional<T>& field, std::span<const std::uint8_t> value) {
  if (value.size() != sizeof(T)) return false;
  if (field) return true;
  if constexpr (sizeof(T) == 4) field = read_u32(value, 0);
  if constexpr (sizeof(T) == 8) field = read_u64(value, 0);
  return true;
}

/// Where an attribute occurs twice, the first one counts (RFC 8489 section 14). False: malformed.
bool read_attribute(Message& message, std::uint16_t type, std::span<const std::uint8_t> value) {
  switch (type) {
    case kUsername:
      if (value.empty() || value.size() > kMaxUsername) return false;
      if (message.username.empty())
        message.username = {reinterpret_cast<const char*>(value.data()), value.size()};
      return true;
    case kUseCandidate:
      message.use_candidate = true;
      return value.empty();
    case kPriority:
      return read_number(message.priority, value);
    case kIceControlled:
      return read_number(message.controlled, value);
    case kIceControlling:
      return read_number(message.controlling, value);
    case kXorMappedAddress:
      if (!message.mapped) message.mapped = read_xor_mapped(value, message.transaction);
      return message.mapped.has_value();
    case kErrorCode:
      if (value.size() < 4) return false;
      message.error_code = static_cast<std::uint16_t>((value[2] & 7) * 100 + value[3]);
      return true;
    case kUnknownAttributes:
      return true;
    default:
      if (type < kComprehensionOptional && message.unknown_count < message.unknown.size())
        message.unknown[message.unknown_count++] = type;
      return true;
  }
}

bool read_header(Message& message, std::span<const std::uint8_t> datagram) {
  if (datagram.size() < kHeaderSize || read_u32(datagram, 4) != kCookie) return false;
  const std::uint16_t type = read_u16(datagram, 0);
  const std::size_t length = read_u16(datagram, 2);
  if (type >= 0x4000 || length % 4 != 0 || kHeaderSize + length != datagram.size()) return false;
  // RFC 8489 section 5: the class' two bits stand within the method's twelve.
  message.cls = static_cast<Class>((type >> 7 & 2) | (type >> 4 & 1));
  message.method =
      static_cast<std::uint16_t>((type & 0x0f) | (type >> 1 & 0x70) | (type >> 2 & 0xf80));
  std::copy_n(datagram.begin() + 8, message.transaction.size(), message.transaction.begin());
  return true;
}

}  // namespace

std::optional<Message> parse(std::span<const std::uint8_t> datagram) {
  Message message;
  if (!read_header(message, datagram)) return std::nullopt;
  for (std::size_t at = kHeaderSize; at < datagram.size();) {
    const std::uint16_t type = read_u16(datagram, at);
    const std::size_t size = read_u16(datagram, at + 2);
    const std::size_t end = at + kAttributeHeader + padded(size);
    if (end > datagram.size()) return std::nullopt;
    const auto value = datagram.subspan(at + kAttributeHeader, size);
    if (type == kFingerprint) {  // the last one always (RFC 8489 14.7)
      if (size != 4 || end != datagram.size()) return std::nullopt;
      if (read_u32(value, 0) != fingerprint_of(datagram.first(at))) return std::nullopt;
      message.fingerprint = true;
    } else if (message.integrity_at == 0) {  // what follows MESSAGE-INTEGRITY is not covered by it
      if (type == kMessageIntegrity) {
        if (size != kIntegritySize) return std::nullopt;
        message.integrity_at = at;
      } else if (!read_attribute(message, type, value)) {
        return std::nullopt;
      }
    }
    at = end;
  }
  return message;
}

bool verify(std::span<const std::uint8_t> datagram, const Message& message, const HmacSha1& key) {
  if (message.integrity_at == 0) return false;
  // The HMAC is over the message as it was when MESSAGE-INTEGRITY was its last attribute.
  std::array<std::uint8_t, kHeaderSize> header;
  std::copy_n(datagram.begin(), header.size(), header.begin());
  write_u16(header, 2,
            static_cast<std::uint16_t>(message.integrity_at + kAttributeHeader + kIntegritySize -
                                       kHeaderSize));
  const auto digest =
      key.compute({header, datagram.subspan(kHeaderSize, message.integrity_at - kHeaderSize)});
  const auto* given = datagram.data() + message.integrity_at + kAttributeHeader;
  return CRYPTO_memcmp(digest.data(), given, digest.size()) == 0;
}

Builder::Builder(std::span<std::uint8_t> out, Class cls, std::uint16_t method,
                 const TransactionId& id)
    : out_(out) {
  if (out.size() < kHeaderSize) {
    overflow_ = true;
    return;
  }
  const unsigned c = static_cast<unsigned>(cls);
  write_u16(out, 0,
            static_cast<std::uint16_t>((method & 0x0f) | (method & 0x70) << 1 |
                                       (method & 0xf80) << 2 | (c & 1) << 4 | (c & 2) << 7));
  write_u16(out, 2, 0);
  write_u32(out, 4, kCookie);
  std::ranges::copy(id, out.begin() + 8);
  size_ = kHeaderSize;
}

std::span<std::uint8_t> Builder::append(std::uint16_t type, std::size_t size) {
  const std::size_t total = kAttributeHeader + padded(size);
  if (overflow_ || out_.size() - size_ < total) {
    overflow_ = true;
    return {};
  }
  const auto attribute = out_.subspan(size_, total);
  std::ranges::fill(attribute, std::uint8_t{0});
  write_u16(attribute, 0, type);
  write_u16(attribute, 2, static_cast<std::uint16_t>(size));
  size_ += total;
  return attribute.subspan(kAttributeHeader, size);
}

Builder& Builder::bytes(Attribute type, std::span<const std::uint8_t> value) {
  const auto at = append(type, value.size());
  if (!at.empty()) std::ranges::copy(value, at.begin());
  return *this;
}

Builder& Builder::text(Attribute type, std::string_view value) {
  return bytes(type, {reinterpret_cast<const std::uint8_t*>(value.data()), value.size()});
}

Builder& Builder::number(Attribute type, std::uint32_t value) {
  const auto at = append(type, sizeof value);
  if (!at.empty()) write_u32(at, 0, value);
  return *this;
}

Builder& Builder::number(Attribute type, std::uint64_t value) {
  const auto at = append(type, sizeof value);
  if (!at.empty()) write_u64(at, 0, value);
  return *this;
}

Builder& Builder::xor_mapped(const Address& address) {
  const std::size_t size = is_v4(address.ip) ? 4 : 16;
  const auto at = append(kXorMappedAddress, 4 + size);
  if (at.empty()) return *this;
  TransactionId id;
  std::copy_n(out_.begin() + 8, id.size(), id.begin());
  const Ip mask = address_mask(id);
  at[1] = size == 4 ? 1 : 2;
  write_u16(at, 2, static_cast<std::uint16_t>(address.port ^ (kCookie >> 16)));
  const std::uint8_t* ip = address.ip.data() + (address.ip.size() - size);
  for (std::size_t i = 0; i < size; ++i) at[4 + i] = ip[i] ^ mask[i];
  return *this;
}

Builder& Builder::error(std::uint16_t code, std::string_view reason) {
  const auto at = append(kErrorCode, 4 + reason.size());
  if (at.empty()) return *this;
  at[2] = static_cast<std::uint8_t>(code / 100);
  at[3] = static_cast<std::uint8_t>(code % 100);
  std::ranges::copy(reason, at.begin() + 4);
  return *this;
}

Builder& Builder::unknown_attributes(std::span<const std::uint16_t> types) {
  const auto at = append(kUnknownAttributes, types.size() * 2);
  for (std::size_t i = 0; i * 2 < at.size(); ++i) write_u16(at, i * 2, types[i]);
  return *this;
}

void Builder::set_length(std::size_t size_after) {
  write_u16(out_, 2, static_cast<std::uint16_t>(size_after - kHeaderSize));
}

std::size_t Builder::finish(const HmacSha1* key) {
  if (key != nullptr && !overflow_) {
    const auto covered = out_.first(size_);
    set_length(size_ + kAttributeHeader + kIntegritySize);
    const auto digest = key->compute({covered});
    bytes(kMessageIntegrity, digest);
  }
  if (overflow_ || out_.size() - size_ < kAttributeHeader + 4) return 0;
  const auto covered = out_.first(size_);
  set_length(size_ + kAttributeHeader + 4);
  number(kFingerprint, fingerprint_of(covered));
  return size_;
}

}  // namespace parley::transport::stun
