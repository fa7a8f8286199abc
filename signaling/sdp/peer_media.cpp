#include "signaling/sdp/peer_media.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "signaling/sdp/extensions.hpp"
#include "signaling/sdp/numbering.hpp"
#include "signaling/sdp/text.hpp"

namespace parley::sdp {
namespace {

using media::Kind;

constexpr std::size_t kPayloadTypes = 128;
constexpr std::size_t kMaxRid = 16;  ///< characters; what fits a one-byte header extension

/// All that a section says of one payload type.
struct PayloadType {
  bool listed = false;  ///< in the m= line
  std::string_view encoding;
  std::uint32_t clock_rate = 0;
  std::uint8_t channels = 0;
  std::string_view fmtp;
  Feedback feedback;
};

auto find_layer(const std::vector<OfferedLayer>& layers, std::string_view rid) {
  return std::find_if(layers.begin(), layers.end(),
                      [&](const OfferedLayer& layer) { return layer.rid == rid; });
}

class Reader {
 public:
  Reader(const Section& section, Kind kind) : section_(section), kind_(kind) {}

  Result<PeerMedia> read(const Attributes& session);

 private:
  using Failure = std::optional<Error>;

  Failure list_payload_types();
  Failure read_attribute(const Attribute& attribute);
  Failure read_rtpmap(const Attribute& attribute);
  Failure read_fmtp(const Attribute& attribute);
  Failure read_feedback(const Attribute& attribute);
  Failure read_extension(const Attribute& attribute);
  Failure read_ssrc(const Attribute& attribute);
  Failure read_ssrc_group(const Attribute& attribute);
  Failure read_rid(const Attribute& attribute);
  Failure read_simulcast(const Attribute& attribute);
  void read_direction(const Attributes& attributes);
  void sort_payload_types();
  void drop_repair_ssrcs();
  void settle_layers();

  static Failure broken(const Attribute& attribute, std::string_view form);
  PayloadType* find(std::string_view payload_type);

  const Section& section_;
  Kind kind_;
  std::array<PayloadType, kPayloadTypes> payload_types_{};
  std::vector<std::uint8_t> order_;
  std::vector<OfferedLayer> rids_;  ///< of a=rid lines with "send"
  std::vector<OfferedLayer> simulcast_;
  PeerMedia media_;
};

Result<PeerMedia> Reader::read(const Attributes& session) {
  if (auto error = list_payload_types()) return *error;
  for (const Attribute& attribute : section_.attributes)
    if (auto error = read_attribute(attribute)) return *error;
  media_.sends = media_.receives = true;  // RFC 8866 6.7: sendrecv unless something else is said
  read_direction(session);
  read_direction(section_.attributes);
  media_.reduced_size_rtcp = section_.attributes.has("rtcp-rsize");
  media_.mixed_extensions =
      section_.attributes.has("extmap-allow-mixed") || session.has("extmap-allow-mixed");
  sort_payload_types();
  drop_repair_ssrcs();
  settle_layers();
  return std::move(media_);
}

Reader::Failure Reader::list_payload_types() {
  for (const std::string& format : section_.head.formats) {
    const auto number = parse_number<std::uint8_t>(format);
    if (!number || *number >= kPayloadTypes)
      return bad_sdp(section_.line,
                     "m=: \"" + excerpt(format) + "\" is no payload type (0 to 127).");
    if (payload_types_[*number].listed)
      return bad_sdp(section_.line, "m=: payload type " + format + " stands there twice.");
    payload_types_[*number].listed = true;
    order_.push_back(*number);
  }
  return std::nullopt;
}

Reader::Failure Reader::read_attribute(const Attribute& attribute) {
  const std::string& name = attribute.name;
  if (name == "rtpmap") return read_rtpmap(attribute);
  if (name == "fmtp") return read_fmtp(attribute);
  if (name == "rtcp-fb") return read_feedback(attribute);
  if (name == "extmap") return read_extension(attribute);
  if (name == "ssrc") return read_ssrc(attribute);
  if (name == "ssrc-group") return read_ssrc_group(attribute);
  if (name == "rid") return read_rid(attribute);
  if (name == "simulcast") return read_simulcast(attribute);
  if (name == "msid" && media_.stream == "-") {
    std::string_view rest = attribute.value;
    const std::string_view stream = take_word(rest);
    if (stream.size() <= 64) media_.stream = stream;
  }
  return std::nullopt;
}

Reader::Failure Reader::broken(const Attribute& attribute, std::string_view form) {
  return bad_sdp(attribute.line, "a=" + attribute.name + ": \"" + excerpt(attribute.value) +
                                     "\" is not of the form " + std::string(form) + ".");
}

/// Null for a payload type the m= line does not list; what is said of it has no effect.
PayloadType* Reader::find(std::string_view payload_type) {
  const auto number = parse_number<std::uint8_t>(payload_type);
  return number && *number < kPayloadTypes && payload_types_[*number].listed
             ? &payload_types_[*number]
             : nullptr;
}

Reader::Failure Reader::read_rtpmap(const Attribute& attribute) {
  std::string_view rest = attribute.value;
  PayloadType* payload = find(take_word(rest));
  const std::string_view encoding = take_word(rest, '/');
  const auto clock_rate = parse_number<std::uint32_t>(take_word(rest, '/'));
  const auto channels = rest.empty() ? std::uint8_t{0} : parse_number<std::uint8_t>(rest);
  if (!is_token(encoding, 64) || !clock_rate || !channels)
    return broken(attribute, "<payload type> <encoding>/<clock rate>[/<channels>]");
  if (payload == nullptr) return std::nullopt;
  if (!payload->encoding.empty())
    return bad_sdp(attribute.line, "a=rtpmap: a second one for the same payload type.");
  payload->encoding = encoding;
  payload->clock_rate = *clock_rate;
  payload->channels = *channels;
  return std::nullopt;
}

Reader::Failure Reader::read_fmtp(const Attribute& attribute) {
  std::string_view rest = attribute.value;
  PayloadType* payload = find(take_word(rest));
  if (rest.empty()) return broken(attribute, "<payload type> <parameters>");
  if (payload != nullptr && payload->fmtp.empty()) payload->fmtp = rest;
  return std::nullopt;
}

Reader::Failure Reader::read_feedback(const Attribute& attribute) {
  std::string_view rest = attribute.value;
  const std::string_view payload_type = take_word(rest);
  if (rest.empty()) return broken(attribute, "<payload type or *> <feedback>");
  if (payload_type == "*") {
    for (PayloadType& payload : payload_types_) add_feedback(payload.feedback, rest);
  } else if (PayloadType* payload = find(payload_type)) {
    add_feedback(payload->feedback, rest);
  }
  return std::nullopt;
}

Reader::Failure Reader::read_extension(const Attribute& attribute) {
  std::string_view rest = attribute.value;
  std::string_view key = take_word(rest);
  const auto id = parse_number<std::uint8_t>(take_word(key, '/'));
  const std::string_view uri = take_word(rest);
  if (!id || *id == 0 || uri.empty()) return broken(attribute, "<id>[/<direction>] <URI>");
  const auto same_id = [&](const OfferedExtension& other) { return other.id == *id; };
  if (std::any_of(media_.extensions.begin(), media_.extensions.end(), same_id))
    return bad_sdp(attribute.line, "a=extmap: id " + std::to_string(*id) + " stands there twice.");
  const auto extension = find_extension(uri);
  const auto same = [&](const OfferedExtension& other) { return other.extension == extension; };
  const bool usable = extension && *id <= kLastExtensionId && key != "inactive" &&
                      std::none_of(media_.extensions.begin(), media_.extensions.end(), same);
  if (usable)
    media_.extensions.push_back({*id, *extension, std::string(key)});
  else
    media_.foreign_extension_ids.push_back(*id);
  return std::nullopt;
}

Reader::Failure Reader::read_ssrc(const Attribute& attribute) {
  std::string_view rest = attribute.value;
  const auto ssrc = parse_number<std::uint32_t>(take_word(rest));
  if (!ssrc || *ssrc == 0) return broken(attribute, "<ssrc> <attribute>");
  auto& ssrcs = media_.ssrcs;
  if (std::find(ssrcs.begin(), ssrcs.end(), *ssrc) != ssrcs.end()) return std::nullopt;
  if (ssrcs.size() == kMaxSsrcs)
    return bad_sdp(attribute.line,
                   "a=ssrc: more than " + std::to_string(kMaxSsrcs) + " in one m-line.");
  ssrcs.push_back(*ssrc);
  return std::nullopt;
}

Reader::Failure Reader::read_ssrc_group(const Attribute& attribute) {
  std::string_view rest = attribute.value;
  if (take_word(rest) != "FID") return std::nullopt;
  const auto primary = parse_number<std::uint32_t>(take_word(rest));
  const auto repair = parse_number<std::uint32_t>(take_word(rest));
  if (!primary || !repair || *primary == *repair || *primary == 0 || *repair == 0 || !rest.empty())
    return broken(attribute, "FID <ssrc> <repair ssrc>");
  if (media_.rtx.size() == kMaxSsrcs)
    return bad_sdp(attribute.line, "a=ssrc-group: more than " + std::to_string(kMaxSsrcs) + ".");
  media_.rtx.emplace_back(*primary, *repair);
  return std::nullopt;
}

// RFC 8851 4: "h send pt=96;max-width=640". One that cannot be read counts as not there (6.3).
Reader::Failure Reader::read_rid(const Attribute& attribute) {
  std::string_view rest = attribute.value;
  const std::string_view rid = take_word(rest);
  if (take_word(rest) != "send" || !is_token(rid, kMaxRid) || rids_.size() == kMaxRids)
    return std::nullopt;
  rids_.push_back({std::string(rid), std::string(rest), false});
  return std::nullopt;
}

// RFC 8853 5.1: "send h,h2;~q recv ...": streams by ";", alternatives by ",", "~" is paused.
Reader::Failure Reader::read_simulcast(const Attribute& attribute) {
  std::string_view rest = attribute.value;
  while (!rest.empty()) {
    const bool sends = take_word(rest) == "send";
    std::string_view streams = take_word(rest);
    while (sends && !streams.empty()) {
      std::string_view alternatives = take_word(streams, ';');
      std::string_view rid = take_word(alternatives, ',');
      const bool paused = !rid.empty() && rid.front() == '~';
      if (paused) rid.remove_prefix(1);
      if (!is_token(rid, kMaxRid) || simulcast_.size() == kMaxRids)
        return broken(attribute, "send <rid>;<rid>, 16 of 16 characters at most");
      if (find_layer(simulcast_, rid) == simulcast_.end())
        simulcast_.push_back({std::string(rid), {}, paused});
    }
  }
  return std::nullopt;
}

/// RFC 8853 5.1: a rid without its a=rid line means nothing.
void Reader::settle_layers() {
  for (OfferedLayer& layer : simulcast_) {
    const auto line = find_layer(rids_, layer.rid);
    if (line == rids_.end()) continue;
    layer.restrictions = line->restrictions;
    media_.layers.push_back(std::move(layer));
  }
}

void Reader::read_direction(const Attributes& attributes) {
  for (const Attribute& attribute : attributes) {
    const std::string& name = attribute.name;
    if (name != "sendrecv" && name != "sendonly" && name != "recvonly" && name != "inactive")
      continue;
    media_.sends = name == "sendrecv" || name == "sendonly";
    media_.receives = name == "sendrecv" || name == "recvonly";
  }
}

/// Splits the payload types into codecs the server has, with their RTX, and foreign ones.
void Reader::sort_payload_types() {
  for (std::uint8_t number : order_) {
    const PayloadType& payload = payload_types_[number];
    if (equals_ignoring_case(payload.encoding, "rtx")) continue;
    const auto format =
        find_format(kind_, payload.encoding, payload.clock_rate, payload.channels, payload.fmtp);
    if (!format || number == 0) {
      media_.foreign_payload_types.push_back(number);
      continue;
    }
    const media::Codec codec{
        codec_formats()[*format].name, number, std::nullopt, payload.clock_rate, payload.channels,
        std::string(payload.fmtp)};
    media_.codecs.push_back({*format, codec, payload.feedback});
  }
  for (std::uint8_t number : order_) {
    const PayloadType& payload = payload_types_[number];
    if (!equals_ignoring_case(payload.encoding, "rtx")) continue;
    const auto apt = parse_number<std::uint8_t>(fmtp_parameter(payload.fmtp, "apt").value_or(""));
    const auto original =
        std::find_if(media_.codecs.begin(), media_.codecs.end(), [&](const OfferedCodec& codec) {
          return codec.codec.payload_type == apt && !codec.codec.rtx_payload_type;
        });
    if (original == media_.codecs.end() || number == 0)
      media_.foreign_payload_types.push_back(number);
    else
      original->codec.rtx_payload_type = number;
  }
}

void Reader::drop_repair_ssrcs() {
  std::erase_if(media_.ssrcs, [&](std::uint32_t ssrc) {
    return std::any_of(media_.rtx.begin(), media_.rtx.end(),
                       [&](const auto& group) { return group.second == ssrc; });
  });
}

}  // namespace

void add_feedback(Feedback& feedback, std::string_view what) {
  if (what == "nack") feedback.nack = true;
  if (what == "nack pli") feedback.pli = true;
  if (what == "ccm fir") feedback.fir = true;
  if (what == "goog-remb") feedback.remb = true;
  if (what == "transport-cc") feedback.transport_cc = true;
}

Feedback server_feedback(Kind kind, const Policy& policy) {
  const bool video = kind == Kind::Video;
  return {video, video, video, video && policy.remb, policy.transport_cc};
}

Feedback Feedback::both(const Feedback& other) const {
  return {nack && other.nack, pli && other.pli, fir && other.fir, remb && other.remb,
          transport_cc && other.transport_cc};
}

Result<PeerMedia> read_media(const Section& section, Kind kind, const Attributes& session) {
  return Reader(section, kind).read(session);
}

bool is_rtp(const MediaHead& head) {
  return (head.media == "audio" || head.media == "video") &&
         (head.protocol == "UDP/TLS/RTP/SAVPF" || head.protocol == "RTP/SAVPF" ||
          head.protocol == "TCP/DTLS/RTP/SAVPF" || head.protocol == "UDP/TLS/RTP/SAVP" ||
          head.protocol == "RTP/SAVP");
}

bool is_data_channel(const MediaHead& head) {
  return head.media == "application" &&
         (head.protocol == "UDP/DTLS/SCTP" || head.protocol == "TCP/DTLS/SCTP") &&
         head.formats.front() == "webrtc-datachannel";
}

Result<std::string> read_mid(const Section& section) {
  const Attribute* mid = section.attributes.find("mid");
  if (mid == nullptr) return std::string();
  if (!is_token(mid->value, 32))
    return bad_sdp(mid->line,
                   "a=mid: \"" + excerpt(mid->value) + "\" is no token of at most 32 characters.");
  return mid->value;
}

bool is_rejected(const Section& section) {
  return section.head.port == 0 && !section.attributes.has("bundle-only");
}

}  // namespace parley::sdp
