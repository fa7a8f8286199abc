// The numbers by which RTCP packets are told apart (IANA's registry of RTP parameters).
#pragma once

#include <cstddef>
#include <cstdint>

namespace parley::forwarding::rtcp {

inline constexpr std::uint8_t kSenderReport = 200;
inline constexpr std::uint8_t kReceiverReport = 201;
inline constexpr std::uint8_t kSourceDescription = 202;
inline constexpr std::uint8_t kBye = 203;
inline constexpr std::uint8_t kTransportFeedback = 205;
inline constexpr std::uint8_t kPayloadFeedback = 206;

// Feedback message types of the last two.
inline constexpr std::uint8_t kNack = 1;
inline constexpr std::uint8_t kPli = 1;
inline constexpr std::uint8_t kFir = 4;
inline constexpr std::uint8_t kTransportCc = 15;
inline constexpr std::uint8_t kApplicationLayer = 15;

inline constexpr std::uint32_t kRembName = 0x52454d42;  // "REMB"

inline constexpr std::size_t kHeader = 4;
inline constexpr std::size_t kBlock = 24;

}  // namespace parley::forwarding::rtcp
