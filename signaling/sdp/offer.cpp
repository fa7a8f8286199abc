#include "signaling/sdp/offer.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "signaling/sdp/answer.hpp"
#include "signaling/sdp/extensions.hpp"
#include "signaling/sdp/peer_transport.hpp"
#include "signaling/sdp/text.hpp"

namespace parley::sdp {
namespace {

class Taker {
 public:
  Taker(State& state, const Description& offer) : state_(state), offer_(offer) {}
  Result<Applied> take();

 private:
  Result<Nothing> take_section(std::size_t index);
  Result<Nothing> place(std::size_t index, const std::string& mid);
  Result<Nothing> take_media(Line& line, const Section& section);
  void take_data(Line& line);
  void reject(Line& line);
  void claim_numbers(Line& line);
  void claim_codecs(Line& line);
  void claim_extensions(Line& line);
  void take_layers(Line& line);
  void open_slot(Line& line);

  State& state_;
  const Description& offer_;
  std::vector<std::string> bundle_;
  std::set<std::string, std::less<>> mids_;
  const Section* tagged_ = nullptr;
  Applied applied_;
};

Result<Applied> Taker::take() {
  if (state_.offered)
    for (Line& line : state_.lines) line.told.reset();
  state_.offered = false;
  state_.take_back();
  if (offer_.sections.size() < state_.agreed)
    return bad_sdp(0, "the session has " + std::to_string(state_.agreed) +
                          " m= lines, the offer only " + std::to_string(offer_.sections.size()) +
                          " (RFC 3264 section 8).");
  auto bundle = read_bundle(offer_);
  if (!bundle) return bundle.error();
  bundle_ = std::move(*bundle);
  for (std::size_t i = 0; i < offer_.sections.size(); ++i)
    if (auto taken = take_section(i); !taken) return taken.error();
  state_.agreed = state_.placed = offer_.sections.size();
  const bool any = std::any_of(state_.lines.begin(),
                               state_.lines.begin() + static_cast<std::ptrdiff_t>(state_.placed),
                               [](const Line& line) { return line.kind != Line::Kind::Dead; });
  if (tagged_ == nullptr || !any)
    return bad_sdp(
        0, "no m= line can be taken: each is rejected, not bundled or without a codec known here.");
  auto transport = read_transport(offer_, *tagged_);
  if (!transport) return transport.error();
  transport->data_channel = applied_.transport.data_channel;
  applied_.transport = std::move(*transport);
  return std::move(applied_);
}

Result<Nothing> Taker::take_section(std::size_t index) {
  const Section& section = offer_.sections[index];
  auto mid = read_mid(section);
  if (!mid) return mid.error();
  if (auto placed = place(index, *mid); !placed) return placed;
  Line& line = state_.lines[index];
  if (is_rejected(section)) {
    reject(line);
    return Nothing{};
  }
  if (mid->empty()) return bad_sdp(section.line, "a=mid is missing; BUNDLE needs it.");
  if (!mids_.insert(*mid).second)
    return bad_sdp(section.line, "a=mid:" + *mid + " stands there twice.");
  const auto position = std::find(bundle_.begin(), bundle_.end(), *mid);
  // The transport is that of the group's first section, whether or not its media is taken.
  if (position != bundle_.end() && (tagged_ == nullptr || position == bundle_.begin()))
    tagged_ = &section;
  if (position != bundle_.end() && is_rtp(section.head)) return take_media(line, section);
  if (position != bundle_.end() && is_data_channel(section.head))
    take_data(line);
  else
    reject(line);
  return Nothing{};
}

/// Puts the Line that the section is about at its index: the one that is there, or a new one for a
/// new section or a dead one's place (RFC 8829 5.2.2).
Result<Nothing> Taker::place(std::size_t index, const std::string& mid) {
  const Section& section = offer_.sections[index];
  const bool appended = index >= state_.agreed;
  if (!appended) {
    const Line& line = state_.lines[index];
    const bool same = line.mid == mid && line.head.media == section.head.media;
    if (line.kind != Line::Kind::Dead && (same || is_rejected(section))) return Nothing{};
    if (line.kind != Line::Kind::Dead)
      return bad_sdp(section.line, "this m= line has been m=" + line.head.media +
                                       " with a=mid:" + line.mid + ".");
    if (is_rejected(section)) return Nothing{};
  }
  const Line* taken = mid.empty() ? nullptr : state_.find_mid(mid);
  if (taken != nullptr && taken->kind != Line::Kind::Dead)
    return bad_sdp(section.line, "a=mid:" + mid + " is in use by another m= line.");
  Line line;
  line.mid = mid;
  line.ours = false;
  line.head = section.head;
  if (section.head.media == "audio") line.kind = Line::Kind::Audio;
  if (section.head.media == "video") line.kind = Line::Kind::Video;
  if (is_data_channel(section.head)) line.kind = Line::Kind::Data;
  const auto position = state_.lines.begin() + static_cast<std::ptrdiff_t>(index);
  if (appended)
    state_.lines.insert(position, std::move(line));
  else
    *position = std::move(line);
  return Nothing{};
}

Result<Nothing> Taker::take_media(Line& line, const Section& section) {
  if (!section.attributes.has("rtcp-mux"))
    return bad_sdp(section.line, "a=rtcp-mux is missing; there is one port for all.");
  auto media = read_media(section, line.media_kind(), offer_.attributes);
  if (!media) return media.error();
  media->sends = media->sends && state_.options.receives;
  media->receives = media->receives && state_.options.sends;
  const bool sent = line.peer.sends;
  line.peer = std::move(*media);
  const bool known = !line.peer.codecs.empty();
  claim_numbers(line);
  // Against what was agreed on before the m-line loses; within one offer the offer is wrong.
  if (known && line.peer.codecs.empty() && state_.agreed == 0)
    return bad_sdp(section.line,
                   "its payload types stand for other codecs in another m= line of the BUNDLE; "
                   "give each codec a number of its own (RFC 8843 9.1).");
  if (line.peer.codecs.empty()) {
    reject(line);
    return Nothing{};
  }
  line.agreed = true;
  line.answered = false;
  line.head.protocol = section.head.protocol;
  take_layers(line);
  if (line.peer.receives && !line.slot) open_slot(line);
  if (line.peer.sends && !sent && line.track.empty())
    applied_.incoming.push_back({line.mid, line.media_kind(), line.peer.stream});
  judge(line, applied_);
  return Nothing{};
}

void Taker::take_data(Line& line) {
  const bool other = std::any_of(state_.lines.begin(), state_.lines.end(), [&](const Line& one) {
    return &one != &line && one.agreed && one.kind == Line::Kind::Data;
  });
  if (!state_.options.data_channel || other) return reject(line);
  line.agreed = true;
  applied_.transport.data_channel = true;
  // A data channel that was planned and not offered yet has become needless.
  std::erase_if(state_.lines,
                [](const Line& one) { return one.kind == Line::Kind::Data && !one.agreed; });
}

void Taker::reject(Line& line) {
  const bool reported = line.track.empty() || line.verdict == Verdict::Refused;
  if (line.kind == Line::Kind::Data && line.agreed) state_.data_refused = true;
  line.die();
  if (!reported) applied_.refused.push_back(line.track);
}

/// Keeps the codecs and extensions that both ends have, under the peer's numbers.
void Taker::claim_numbers(Line& line) {
  for (std::uint8_t number : line.peer.foreign_payload_types)
    (void)state_.payload_types.claim(number, Numbering::kForeign);
  for (std::uint8_t id : line.peer.foreign_extension_ids)
    (void)state_.extension_ids.claim(id, Numbering::kForeign);
  claim_codecs(line);
  claim_extensions(line);
}

void Taker::claim_codecs(Line& line) {
  const Feedback ours = state_.feedback(line.media_kind());
  std::set<FormatIndex> seen;
  std::erase_if(line.peer.codecs, [&](OfferedCodec& codec) {
    Numbering& numbers = state_.payload_types;
    const bool rtx_wanted = codec.codec.rtx_payload_type.has_value();
    if (!seen.insert(codec.format).second) {
      (void)numbers.claim(codec.codec.payload_type, Numbering::kForeign);
      return true;
    }
    if (!numbers.claim(codec.codec.payload_type, payload_owner(codec.format, false))) return true;
    numbers.settle(codec.codec.payload_type);
    if (rtx_wanted &&
        numbers.claim(*codec.codec.rtx_payload_type, payload_owner(codec.format, true)))
      numbers.settle(*codec.codec.rtx_payload_type);
    else
      codec.codec.rtx_payload_type.reset();
    codec.feedback = codec.feedback.both(ours);
    return false;
  });
}

void Taker::claim_extensions(Line& line) {
  std::erase_if(line.peer.extensions, [&](const OfferedExtension& extension) {
    Numbering& ids = state_.extension_ids;
    if (!ids.claim(extension.id, static_cast<int>(extension.extension))) return true;
    if (!belongs(extension.extension, line.media_kind(), line.peer.sends, state_.options.policy))
      return true;
    ids.settle(extension.id);
    return false;
  });
}

/// Of the layers offered, those that can come in a codec that was taken (RFC 8851 6.3).
void Taker::take_layers(Line& line) {
  if (!state_.options.policy.simulcast) line.peer.layers.clear();
  const auto taken = [&](std::string_view payload_type) {
    const auto number = parse_number<std::uint8_t>(payload_type);
    return std::any_of(
        line.peer.codecs.begin(), line.peer.codecs.end(),
        [&](const OfferedCodec& codec) { return codec.codec.payload_type == number; });
  };
  std::erase_if(line.peer.layers, [&](const OfferedLayer& layer) {
    std::string_view payload_types = fmtp_parameter(layer.restrictions, "pt").value_or("");
    bool usable = payload_types.empty();
    while (!payload_types.empty() && !usable) usable = taken(take_word(payload_types, ','));
    return !usable;
  });
  if (line.ours || line.peer.layers.empty()) return;
  line.layers = line.peer.layers;
  for (OfferedLayer& layer : line.layers) layer.paused = false;  // by then it may send it
}

/// The peer made room to receive: a free slot. Those of one offer share seats, so that the audio
/// and the video of a player come from one publisher.
void Taker::open_slot(Line& line) {
  const auto lacks_kind = [&](std::size_t seat) {
    return std::none_of(state_.lines.begin(), state_.lines.end(), [&](const Line& other) {
      return other.slot && other.slot->seat == seat && other.kind == line.kind;
    });
  };
  std::size_t seat = 0;
  while (seat < state_.seats.size() && !(state_.is_free(seat) && lacks_kind(seat))) ++seat;
  if (seat == state_.seats.size()) seat = state_.new_seat({});
  line.slot = state_.new_slot(seat, line.media_kind());
}

}  // namespace

Result<Applied> take_offer(State& state, const Description& offer) {
  return Taker(state, offer).take();
}

void settle_answer(State& state) {
  for (std::size_t i = 0; i < state.placed; ++i) {
    Line& line = state.lines[i];
    if (!line.is_media()) {
      line.told = Terms{};
      continue;
    }
    // A publication that waits for our own offer is not what the peer's offer was about.
    const bool about_track = line.bound_to_offer || line.verdict != Verdict::Unknown;
    line.told = Terms{line.slot.has_value(), about_track && !line.track.empty(),
                      about_track ? line.track : TrackId()};
    if (line.told->receive && line.peer.sends) line.verdict = Verdict::Accepted;
  }
}

}  // namespace parley::sdp
