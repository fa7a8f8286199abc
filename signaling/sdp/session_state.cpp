#include "signaling/sdp/session_state.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "signaling/sdp/extensions.hpp"

namespace parley::sdp {

void Line::die() {
  kind = Kind::Dead;
  agreed = true;
  answered = false;
  told = Terms{};
  verdict = track.empty() ? Verdict::Unknown : Verdict::Refused;
  peer = {};
}

State::State(Options given) : options(std::move(given)) {
  assert(options.next_ssrc);
}

Line* State::find_mid(std::string_view mid) {
  const auto it =
      std::find_if(lines.begin(), lines.end(), [&](const Line& line) { return line.mid == mid; });
  return it == lines.end() ? nullptr : &*it;
}

Line* State::find_published(const TrackId& track) {
  const auto it = std::find_if(lines.begin(), lines.end(),
                               [&](const Line& line) { return line.track == track; });
  return it == lines.end() || track.empty() ? nullptr : &*it;
}

Line* State::find_subscribed(const TrackId& track) {
  const auto it = std::find_if(lines.begin(), lines.end(), [&](const Line& line) {
    return line.slot && line.slot->track == track;
  });
  return it == lines.end() || track.empty() ? nullptr : &*it;
}

bool State::is_free(std::size_t seat) const {
  return std::none_of(lines.begin(), lines.end(), [&](const Line& line) {
    return line.slot && line.slot->seat == seat && !line.slot->track.empty();
  });
}

Line& State::plan(Line::Kind kind) {
  Line line;
  line.kind = kind;
  // Browsers number their own m-lines; with the letter neither end ever picks the other's mid.
  do {
    line.mid = "s" + std::to_string(next_mid++);
  } while (find_mid(line.mid) != nullptr);
  if (kind == Line::Kind::Data)
    line.head = {"application", 9, "UDP/DTLS/SCTP", {"webrtc-datachannel"}};
  else
    line.head = {kind == Line::Kind::Audio ? "audio" : "video", 9, "UDP/TLS/RTP/SAVPF", {"0"}};
  lines.push_back(std::move(line));
  return lines.back();
}

Slot State::new_slot(std::size_t seat, media::Kind kind) const {
  Slot slot;
  slot.seat = seat;
  slot.ssrc = options.next_ssrc();
  if (kind == media::Kind::Video) slot.rtx_ssrc = options.next_ssrc();
  return slot;
}

std::size_t State::new_seat(std::string owner) {
  seats.push_back({"seat" + std::to_string(seats.size()), std::move(owner)});
  return seats.size() - 1;
}

void State::forget(const Line& line) {
  assert(!line.told && !line.agreed);
  lines.erase(lines.begin() + (&line - lines.data()));
}

void State::place_planned() {
  std::size_t dead = 0;
  while (placed < lines.size()) {
    while (dead < placed && !(lines[dead].kind == Line::Kind::Dead && lines[dead].track.empty() &&
                              (!lines[dead].slot || lines[dead].slot->track.empty())))
      ++dead;
    if (dead < placed) {
      lines[placed].replaced_mid = lines[dead].mid;
      lines[dead] = std::move(lines[placed]);
      lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(placed));
    } else {
      ++placed;
    }
  }
}

void State::take_back() {
  for (std::size_t i = 0; i < agreed; ++i) {
    if (lines[i].agreed) continue;
    Line dead;
    dead.mid = std::exchange(lines[i].replaced_mid, {});
    dead.head = lines[i].head;
    dead.die();
    lines.push_back(std::exchange(lines[i], std::move(dead)));
  }
  placed = agreed;
}

Feedback State::feedback(media::Kind kind) const {
  return server_feedback(kind, options.policy);
}

namespace {
/// One repetition of each packet, as browsers send it (RFC 2198 5).
std::string red_fmtp(const media::Codec& opus) {
  const std::string number = std::to_string(opus.payload_type);
  return number + "/" + number;
}
}  // namespace

std::vector<OfferedCodec> State::offered_codecs(const Line& line) const {
  std::vector<OfferedCodec> codecs;
  for (FormatIndex i = 0; i < codec_formats().size(); ++i) {
    const CodecFormat& format = codec_formats()[i];
    const auto agreed_on =
        std::find_if(line.peer.codecs.begin(), line.peer.codecs.end(),
                     [&](const OfferedCodec& codec) { return codec.format == i; });
    const bool known = agreed_on != line.peer.codecs.end();
    const std::uint8_t number = payload_types.of(payload_owner(i, false));
    if (format.kind != line.media_kind() || !(format.offered || known) || number == 0) continue;
    OfferedCodec codec{i,
                       {format.name, number, std::nullopt, format.clock_rate, format.channels,
                        std::string(format.fmtp)},
                       feedback(format.kind)};
    if (!format.offered) codec.codec.fmtp = agreed_fmtp(i, agreed_on->codec.fmtp);
    if (format.name == media::CodecName::Red) codec.codec.fmtp = red_fmtp(codecs.front().codec);
    if (const std::uint8_t rtx = payload_types.of(payload_owner(i, true)); rtx != 0)
      codec.codec.rtx_payload_type = rtx;
    codecs.push_back(std::move(codec));
  }
  return codecs;
}

/// Whatever is published on an m-line of ours, and also while nothing is: a browser that is offered
/// the m-line once without its layers never sends them again.
std::vector<OfferedLayer> State::offered_layers(const Line& line) const {
  if (!line.ours) return line.layers;
  std::vector<OfferedLayer> layers;
  if (options.policy.simulcast && line.kind == Line::Kind::Video && !line.slot)
    for (std::string_view rid : kRids) layers.push_back({std::string(rid), {}, false});
  return layers;
}

std::vector<OfferedExtension> State::offered_extensions(const Line& line) const {
  std::vector<OfferedExtension> extensions;
  const bool receiving = !line.slot.has_value() || !line.track.empty();
  for (std::size_t i = 0; i < static_cast<std::size_t>(media::Extension::kCount); ++i) {
    const auto extension = static_cast<media::Extension>(i);
    const std::uint8_t id = extension_ids.of(static_cast<int>(i));
    if (id != 0 && belongs(extension, line.media_kind(), receiving, options.policy))
      extensions.push_back({id, extension, {}});
  }
  return extensions;
}

}  // namespace parley::sdp
