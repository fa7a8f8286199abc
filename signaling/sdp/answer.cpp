#include "signaling/sdp/answer.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "signaling/sdp/peer_transport.hpp"
#include "signaling/sdp/text.hpp"

namespace parley::sdp {
namespace {

/// Keeps of the answered media what was offered, under the numbers it was offered with
/// (RFC 3264 6.1: the answerer uses the offer's payload types). The number tells the format: an
/// answer may name another H264 profile than the one it accepts. Layers come in the offer's order.
PeerMedia accepted_part(State& state, const Line& line, PeerMedia media) {
  const std::vector<OfferedCodec> offered = state.offered_codecs(line);
  std::erase_if(media.codecs, [&](OfferedCodec& codec) {
    const auto match = std::find_if(offered.begin(), offered.end(), [&](const OfferedCodec& other) {
      return other.codec.name == codec.codec.name &&
             other.codec.payload_type == codec.codec.payload_type;
    });
    if (match == offered.end()) return true;
    codec.format = match->format;
    if (codec.codec.rtx_payload_type != match->codec.rtx_payload_type)
      codec.codec.rtx_payload_type.reset();
    codec.feedback = codec.feedback.both(match->feedback);
    state.payload_types.settle(codec.codec.payload_type);
    if (codec.codec.rtx_payload_type) state.payload_types.settle(*codec.codec.rtx_payload_type);
    return false;
  });
  const std::vector<OfferedExtension> extensions = state.offered_extensions(line);
  std::erase_if(media.extensions, [&](const OfferedExtension& extension) {
    const bool known =
        std::any_of(extensions.begin(), extensions.end(), [&](const OfferedExtension& other) {
          return other.id == extension.id && other.extension == extension.extension;
        });
    if (known) state.extension_ids.settle(extension.id);
    return !known;
  });
  std::vector<OfferedLayer> layers = state.offered_layers(line);
  std::erase_if(layers, [&](const OfferedLayer& offered_layer) {
    return std::none_of(media.layers.begin(), media.layers.end(),
                        [&](const OfferedLayer& layer) { return layer.rid == offered_layer.rid; });
  });
  media.layers = std::move(layers);
  return media;
}

bool is_bundled(const Section& section, const std::vector<std::string>& bundle) {
  const Attribute* mid = section.attributes.find("mid");
  return mid != nullptr && std::find(bundle.begin(), bundle.end(), mid->value) != bundle.end();
}

/// The m-line has to be the one offered (RFC 3264 section 6).
Result<Nothing> check_same(const Line& line, const Section& section) {
  auto mid = read_mid(section);
  if (!mid) return mid.error();
  if (section.head.media != line.head.media)
    return bad_sdp(section.line, "m=" + excerpt(section.head.media) +
                                     " answers an offered m=" + line.head.media + ".");
  if (is_rejected(section)) return Nothing{};
  if (line.kind == Line::Kind::Dead)
    return bad_sdp(section.line, "this m= line was rejected; its port has to be 0.");
  if (*mid != line.mid)
    return bad_sdp(section.line,
                   "a=mid:" + line.mid + " was offered here, not \"" + excerpt(*mid) + "\".");
  if (line.kind == Line::Kind::Data ? !is_data_channel(section.head) : !is_rtp(section.head))
    return bad_sdp(section.line, "m=: \"" + excerpt(section.head.protocol) + "\" was not offered.");
  if (line.is_media() && !section.attributes.has("rtcp-mux"))
    return bad_sdp(section.line, "a=rtcp-mux is missing.");
  return Nothing{};
}

Result<Nothing> take_media(State& state, Line& line, const Section& section,
                           const Description& answer, Applied& applied) {
  auto media = read_media(section, line.media_kind(), answer.attributes);
  if (!media) return media.error();
  line.peer = accepted_part(state, line, std::move(*media));
  judge(line, applied);
  return Nothing{};
}

Result<Nothing> take_section(State& state, std::size_t index, const Description& answer,
                             const std::vector<std::string>& bundle, Applied& applied) {
  Line& line = state.lines[index];
  const Section& section = answer.sections[index];
  if (auto same = check_same(line, section); !same) return same;
  line.replaced_mid.clear();
  if (is_rejected(section)) {
    if (line.kind == Line::Kind::Data) state.data_refused = true;
    const bool reported = line.track.empty() || line.verdict == Verdict::Refused;
    line.die();
    if (!reported) applied.refused.push_back(line.track);
    return Nothing{};
  }
  line.agreed = line.answered = true;
  if (!is_bundled(section, bundle)) {
    // Firefox bundles no more than 127 m-lines. There is no port for the others: they carry
    // nothing.
    line.peer = {};
    judge(line, applied);
    return Nothing{};
  }
  if (line.kind == Line::Kind::Data) applied.transport.data_channel = true;
  return line.is_media() ? take_media(state, line, section, answer, applied) : Nothing{};
}

/// The section whose transport counts: the first of the group (RFC 9143 7.3.1).
Result<const Section*> find_tagged(const Description& answer,
                                   const std::vector<std::string>& bundle) {
  const Section* tagged = nullptr;
  for (const Section& section : answer.sections) {
    if (is_rejected(section) || !is_bundled(section, bundle)) continue;
    if (tagged == nullptr || section.attributes.find("mid")->value == bundle.front())
      tagged = &section;
  }
  if (tagged == nullptr) return bad_sdp(0, "no m= line is accepted and in a=group:BUNDLE.");
  return tagged;
}

}  // namespace

void judge(Line& line, Applied& applied) {
  if (line.track.empty() || !line.told || line.told->track != line.track) return;
  const Verdict verdict =
      line.peer.sends && !line.peer.codecs.empty() ? Verdict::Accepted : Verdict::Refused;
  if (verdict == line.verdict) return;
  line.verdict = verdict;
  (verdict == Verdict::Accepted ? applied.accepted : applied.refused).push_back(line.track);
}

Result<Applied> take_answer(State& state, const Description& answer) {
  if (!state.offered) return Error{"unexpected_answer", "sdp: no offer waits for an answer."};
  if (answer.sections.size() != state.placed)
    return bad_sdp(0, "the offer has " + std::to_string(state.placed) + " m= lines, the answer " +
                          std::to_string(answer.sections.size()) + ".");
  auto bundle = read_bundle(answer);
  if (!bundle) return bundle.error();
  auto tagged = find_tagged(answer, *bundle);
  if (!tagged) return tagged.error();
  auto transport = read_transport(answer, **tagged);
  if (!transport) return transport.error();
  if (transport->setup == Setup::ActPass)
    return bad_sdp(0, "a=setup:actpass in an answer; it has to be active (RFC 5763 section 5).");
  Applied applied;
  applied.transport = std::move(*transport);
  for (std::size_t i = 0; i < state.placed; ++i)
    if (auto taken = take_section(state, i, answer, *bundle, applied); !taken) return taken.error();
  state.agreed = state.placed;
  state.offered = false;
  return applied;
}

}  // namespace parley::sdp
