#include "forwarding/demux.hpp"

#include <algorithm>

namespace parley::forwarding {
namespace {

std::string_view text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

template <typename Range, typename Value>
std::optional<std::size_t> place_of(const Range& range, const Value& value) {
  const auto found = std::find(range.begin(), range.end(), value);
  if (found == range.end()) return std::nullopt;
  return static_cast<std::size_t>(found - range.begin());
}

bool has_media_type(const media::Receive& line, std::uint8_t payload_type) {
  return std::any_of(line.codecs.begin(), line.codecs.end(),
                     [&](const media::Codec& codec) { return codec.payload_type == payload_type; });
}

bool has_rtx_type(const media::Receive& line, std::uint8_t payload_type) {
  return std::any_of(line.codecs.begin(), line.codecs.end(), [&](const media::Codec& codec) {
    return codec.rtx_payload_type == payload_type;
  });
}

std::optional<Binding> by_ssrc(std::size_t index, const media::Receive& line, std::uint32_t ssrc) {
  for (std::size_t i = 0; i < line.rtx.size(); ++i) {
    const auto& [primary, repair] = line.rtx[i];
    const std::size_t layer = place_of(line.ssrcs, primary).value_or(i);
    if (ssrc == repair) return Binding{index, layer, true};
    if (ssrc == primary) return Binding{index, layer, false};
  }
  if (const auto layer = place_of(line.ssrcs, ssrc)) return Binding{index, *layer, false};
  return std::nullopt;
}

std::optional<Binding> by_mid(std::size_t index, const media::Receive& line,
                              const RtpPacket& packet) {
  using media::Extension;
  const ExtensionValues values(packet, line.extensions);
  const std::string_view mid = text(values.get(Extension::Mid));
  if (mid.empty() || mid != line.mid) return std::nullopt;
  const std::string_view repaired = text(values.get(Extension::RepairedRid));
  if (!repaired.empty()) {
    const auto layer = place_of(line.rids, repaired);
    return layer ? std::optional(Binding{index, *layer, true}) : std::nullopt;
  }
  const std::string_view rid = text(values.get(Extension::Rid));
  const auto layer = rid.empty() ? std::optional<std::size_t>(0) : place_of(line.rids, rid);
  if (!layer) return std::nullopt;
  return Binding{index, *layer, has_rtx_type(line, packet.payload_type)};
}

std::optional<Binding> by_payload_type(const std::vector<const media::Receive*>& lines,
                                       std::uint8_t payload_type) {
  std::optional<Binding> only;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!lines[i]->any_ssrc) continue;
    const bool repair = has_rtx_type(*lines[i], payload_type);
    if (!repair && !has_media_type(*lines[i], payload_type)) continue;
    if (only || lines[i]->rids.size() > 1) return std::nullopt;
    only = Binding{i, 0, repair};
  }
  return only;
}

}  // namespace

std::optional<Binding> bind(const RtpPacket& packet,
                            const std::vector<const media::Receive*>& lines) {
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (const auto binding = by_ssrc(i, *lines[i], packet.ssrc)) return binding;
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (const auto binding = by_mid(i, *lines[i], packet)) return binding;
  return by_payload_type(lines, packet.payload_type);
}

}  // namespace parley::forwarding
