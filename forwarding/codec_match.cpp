#include "forwarding/codec_match.hpp"

#include <algorithm>
#include <cctype>

namespace parley::forwarding {
namespace {

std::string parameter(std::string_view fmtp, std::string_view name, std::string_view standard) {
  while (!fmtp.empty()) {
    std::string_view item = fmtp.substr(0, fmtp.find(';'));
    fmtp.remove_prefix(std::min(fmtp.size(), item.size() + 1));
    while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
    if (item.size() > name.size() && item.starts_with(name) && item[name.size()] == '=') {
      std::string value(item.substr(name.size() + 1));
      std::transform(value.begin(), value.end(), value.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      return value;
    }
  }
  return std::string(standard);
}

// profile_idc alone: a constraint flag more or less does not change what decoders do with it.
std::string h264_profile(const media::Codec& codec) {
  return parameter(codec.fmtp, "profile-level-id", "42000a").substr(0, 2);
}
std::string h264_mode(const media::Codec& codec) {
  return parameter(codec.fmtp, "packetization-mode", "0");
}

bool compatible(const media::Codec& decodable, const media::Codec& sent) {
  if (decodable.name != sent.name) return false;
  switch (sent.name) {
    case media::CodecName::H264:
      return h264_profile(decodable) == h264_profile(sent) &&
             h264_mode(decodable) >= h264_mode(sent);
    case media::CodecName::Vp9:
      return parameter(decodable.fmtp, "profile-id", "0") ==
             parameter(sent.fmtp, "profile-id", "0");
    case media::CodecName::Av1:
      return parameter(decodable.fmtp, "profile", "0") == parameter(sent.fmtp, "profile", "0");
    default:
      return true;
  }
}

}  // namespace

const media::Codec* find_compatible(const std::vector<media::Codec>& decodable,
                                    const media::Codec& sent) {
  const auto found = std::find_if(decodable.begin(), decodable.end(), [&](const auto& candidate) {
    return compatible(candidate, sent);
  });
  return found == decodable.end() ? nullptr : &*found;
}

}  // namespace parley::forwarding
