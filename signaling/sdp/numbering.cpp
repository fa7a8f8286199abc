#include "signaling/sdp/numbering.hpp"

#include "signaling/sdp/codecs.hpp"
#include "support/media.hpp"

namespace parley::sdp {

Numbering::Numbering(const std::vector<std::uint8_t>& preferred, std::vector<std::uint8_t> pool)
    : numbers_(preferred), pool_(std::move(pool)) {
  for (std::size_t owner = 0; owner < preferred.size(); ++owner)
    if (preferred[owner] != 0) uses_[preferred[owner]].owner = static_cast<int>(owner);
}

std::uint8_t Numbering::unused() const {
  for (std::uint8_t number : pool_)
    if (uses_[number].owner == kFree) return number;
  return 0;
}

bool Numbering::claim(std::uint8_t number, int owner) {
  Use& use = uses_[number];
  const int previous = use.owner;
  if (previous != owner && use.settled) return false;
  use.owner = owner;
  if (previous >= 0 && previous != owner && of(previous) == number)
    if ((numbers_[static_cast<std::size_t>(previous)] = unused()) != 0)
      uses_[of(previous)].owner = previous;
  if (owner < 0 || of(owner) == number) return true;
  // What the server offered before and the peer took stays; only a number nobody agreed on yields.
  std::uint8_t& mine = numbers_[static_cast<std::size_t>(owner)];
  if (mine != 0 && uses_[mine].settled) return true;
  if (mine != 0) uses_[mine].owner = kFree;
  mine = number;
  return true;
}

Numbering payload_type_numbering() {
  std::vector<std::uint8_t> preferred;
  for (const CodecFormat& format : codec_formats()) {
    preferred.push_back(format.payload_type);
    preferred.push_back(format.rtx_payload_type);
  }
  // RFC 3551 leaves 96-127 for this and RFC 5761 4 forbids 64-95 beside RTCP; 35-63 are the
  // unassigned ones below, which browsers use too.
  std::vector<std::uint8_t> pool;
  for (std::uint8_t number = 96; number <= 127; ++number) pool.push_back(number);
  for (std::uint8_t number = 35; number <= 63; ++number) pool.push_back(number);
  return {preferred, std::move(pool)};
}

Numbering extension_numbering() {
  std::vector<std::uint8_t> preferred(static_cast<std::size_t>(media::Extension::kCount));
  const auto prefer = [&](media::Extension extension, std::uint8_t id) {
    preferred[static_cast<std::size_t>(extension)] = id;
  };
  // Chromium's ids, for the same reason as the payload types.
  prefer(media::Extension::AudioLevel, 1);
  prefer(media::Extension::AbsSendTime, 2);
  prefer(media::Extension::TransportCc, 3);
  prefer(media::Extension::Mid, 4);
  prefer(media::Extension::Rid, 10);
  prefer(media::Extension::RepairedRid, 11);
  prefer(media::Extension::DependencyDescriptor, 12);
  prefer(media::Extension::VideoOrientation, 13);
  std::vector<std::uint8_t> pool;
  for (std::uint8_t id = 1; id <= kLastExtensionId; ++id) pool.push_back(id);
  return {preferred, std::move(pool)};
}

}  // namespace parley::sdp
