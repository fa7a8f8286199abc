#include "signaling/sdp/ortc_parameters.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>

#include "signaling/sdp/codecs.hpp"
#include "signaling/sdp/extensions.hpp"
#include "signaling/sdp/numbering.hpp"
#include "signaling/sdp/ortc_capabilities.hpp"
#include "signaling/sdp/text.hpp"

namespace parley::sdp {
namespace {

using media::Extension;
using media::Kind;

constexpr std::uint32_t kLastPayloadType = 127;
constexpr std::size_t kMaxMid = 32;  ///< characters, as in SDP
constexpr std::size_t kMaxRid = 16;

Error invalid(std::string_view field, std::string_view what) {
  return {"invalid_field", "rtpParameters." + std::string(field) + ": " + std::string(what)};
}

std::string indexed(std::string_view list, std::size_t index, std::string_view member = {}) {
  std::string field = std::string(list) + "[" + std::to_string(index) + "]";
  if (!member.empty()) field.append(".").append(member);
  return field;
}

Feedback feedback_of(const RtpCodec& codec) {
  Feedback feedback;
  for (const auto& [type, parameter] : codec.feedback)
    add_feedback(feedback, parameter.empty() ? type : type + " " + parameter);
  return feedback;
}

/// The encoding's name where the MIME type is of this kind (RFC 4855), else nothing.
std::optional<std::string_view> encoding_of(const RtpCodec& codec, Kind kind) {
  std::string_view name = codec.mime_type;
  const std::string_view type = take_word(name, '/');
  return equals_ignoring_case(type, media::to_string(kind)) && !name.empty() ? std::optional(name)
                                                                             : std::nullopt;
}

bool is_rtx(const RtpCodec& codec, Kind kind) {
  const auto encoding = encoding_of(codec, kind);
  return encoding && equals_ignoring_case(*encoding, "rtx");
}

std::optional<std::uint32_t> apt_of(const RtpCodec& rtx) {
  return parse_number<std::uint32_t>(fmtp_parameter(rtx.parameters, "apt").value_or(""));
}

std::optional<FormatIndex> format_of(const RtpCodec& codec, Kind kind) {
  const auto encoding = encoding_of(codec, kind);
  if (!encoding || codec.channels > 255) return std::nullopt;
  return find_format(kind, *encoding, codec.clock_rate, static_cast<std::uint8_t>(codec.channels),
                     codec.parameters);
}

// --- from a peer ---------------------------------------------------------------------------------

class Reader {
 public:
  Reader(const RtpParameters& parameters, Kind kind, const Policy& policy)
      : parameters_(parameters), kind_(kind), policy_(policy) {}

  Result<media::Receive> read();

 private:
  using Failure = std::optional<Error>;

  Failure read_codecs();
  Failure read_rtx();
  Failure read_extensions();
  Failure read_encodings();
  Failure read_encoding(std::size_t index);
  Failure take_ssrc(std::size_t index, std::string_view member, std::uint32_t ssrc);
  void order_layers();

  const RtpParameters& parameters_;
  Kind kind_;
  const Policy& policy_;
  Feedback feedback_;  ///< of any codec
  std::set<std::uint32_t> payload_types_, ssrcs_;
  media::Receive receive_;
};

Result<media::Receive> Reader::read() {
  receive_.kind = kind_;
  if (!parameters_.mid.empty() && !is_token(parameters_.mid, kMaxMid))
    return invalid("mid", "it has to be a token of at most 32 characters, or left out.");
  receive_.mid = parameters_.mid;
  if (auto error = read_codecs()) return *error;
  if (auto error = read_rtx()) return *error;
  if (auto error = read_extensions()) return *error;
  if (auto error = read_encodings()) return *error;
  feedback_ = feedback_.both(server_feedback(kind_, policy_));
  receive_.transport_cc =
      feedback_.transport_cc && receive_.extensions.id(Extension::TransportCc) != 0;
  receive_.remb = feedback_.remb;
  receive_.pli = feedback_.pli || !feedback_.fir;
  // What a producer sent that has been replaced may still come, under its own SSRC.
  receive_.any_ssrc = receive_.ssrcs.empty();
  return std::move(receive_);
}

Reader::Failure Reader::read_codecs() {
  const auto& codecs = parameters_.codecs;
  std::set<FormatIndex> seen;
  for (std::size_t i = 0; i < codecs.size(); ++i) {
    const RtpCodec& codec = codecs[i];
    if (!encoding_of(codec, kind_))
      return invalid(indexed("codecs", i, "mimeType"), "it has to be " +
                                                           std::string(media::to_string(kind_)) +
                                                           "/<name>, as the producer's kind.");
    if (codec.payload_type == 0 || codec.payload_type > kLastPayloadType)
      return invalid(indexed("codecs", i, "payloadType"), "it has to be from 1 to 127.");
    if (!payload_types_.insert(codec.payload_type).second)
      return invalid(indexed("codecs", i, "payloadType"), "another codec has the same.");
    if (is_rtx(codec, kind_)) continue;
    const auto format = format_of(codec, kind_);
    if (!format || !seen.insert(*format).second) continue;
    const CodecFormat& known = codec_formats()[*format];
    receive_.codecs.push_back({known.name, static_cast<std::uint8_t>(codec.payload_type),
                               std::nullopt, known.clock_rate, known.channels, codec.parameters});
    const Feedback feedback = feedback_of(codec);
    feedback_ = {feedback_.nack || feedback.nack, feedback_.pli || feedback.pli,
                 feedback_.fir || feedback.fir, feedback_.remb || feedback.remb,
                 feedback_.transport_cc || feedback.transport_cc};
  }
  if (receive_.codecs.empty())
    return invalid("codecs", "none of them is among the router's rtpCapabilities.");
  return std::nullopt;
}

Reader::Failure Reader::read_rtx() {
  const auto& codecs = parameters_.codecs;
  for (std::size_t i = 0; i < codecs.size(); ++i) {
    if (!is_rtx(codecs[i], kind_)) continue;
    const auto apt = apt_of(codecs[i]);
    if (!apt || !payload_types_.contains(*apt))
      return invalid(indexed("codecs", i, "parameters.apt"),
                     "it has to be the payloadType of another codec.");
    const auto repaired =
        std::find_if(receive_.codecs.begin(), receive_.codecs.end(),
                     [&](const media::Codec& codec) { return codec.payload_type == *apt; });
    if (repaired != receive_.codecs.end() && !repaired->rtx_payload_type)
      repaired->rtx_payload_type = static_cast<std::uint8_t>(codecs[i].payload_type);
  }
  return std::nullopt;
}

Reader::Failure Reader::read_extensions() {
  std::set<std::uint32_t> ids;
  for (std::size_t i = 0; i < parameters_.extensions.size(); ++i) {
    const RtpHeaderExtension& given = parameters_.extensions[i];
    if (given.id == 0 || given.id > 255)
      return invalid(indexed("headerExtensions", i, "id"), "it has to be from 1 to 255.");
    if (!ids.insert(given.id).second)
      return invalid(indexed("headerExtensions", i, "id"), "another extension has the same.");
    const auto extension = find_extension(given.uri);
    if (!extension || given.encrypt || given.id > kLastExtensionId) continue;
    if (belongs(*extension, kind_, true, policy_) && receive_.extensions.id(*extension) == 0)
      receive_.extensions.set(*extension, static_cast<std::uint8_t>(given.id));
  }
  return std::nullopt;
}

Reader::Failure Reader::read_encodings() {
  const auto& encodings = parameters_.encodings;
  if (encodings.empty()) return invalid("encodings", "there has to be one, with its ssrc or rid.");
  if (encodings.size() > kMaxOrtcEncodings) return invalid("encodings", "there are more than 16.");
  for (std::size_t i = 0; i < encodings.size(); ++i)
    if (auto error = read_encoding(i)) return error;
  order_layers();
  return std::nullopt;
}

Reader::Failure Reader::read_encoding(std::size_t index) {
  const RtpEncoding& encoding = parameters_.encodings[index];
  const bool only = parameters_.encodings.size() == 1;
  if (!encoding.ssrc && encoding.rid.empty() && !only)
    return invalid(indexed("encodings", index), "it needs an ssrc or a rid to be told by.");
  if (!encoding.rid.empty()) {
    if (!is_token(encoding.rid, kMaxRid))
      return invalid(indexed("encodings", index, "rid"),
                     "it has to be a token of at most 16 characters.");
    if (std::find(receive_.rids.begin(), receive_.rids.end(), encoding.rid) != receive_.rids.end())
      return invalid(indexed("encodings", index, "rid"), "another encoding has the same.");
    receive_.rids.push_back(encoding.rid);
  }
  if (encoding.ssrc) {
    if (auto error = take_ssrc(index, "ssrc", *encoding.ssrc)) return error;
    receive_.ssrcs.push_back(*encoding.ssrc);
  }
  if (!encoding.rtx_ssrc) return std::nullopt;
  if (auto error = take_ssrc(index, "rtx.ssrc", *encoding.rtx_ssrc)) return error;
  if (encoding.ssrc) receive_.rtx.emplace_back(*encoding.ssrc, *encoding.rtx_ssrc);
  return std::nullopt;
}

Reader::Failure Reader::take_ssrc(std::size_t index, std::string_view member, std::uint32_t ssrc) {
  if (ssrc == 0) return invalid(indexed("encodings", index, member), "it may not be 0.");
  if (!ssrcs_.insert(ssrc).second)
    return invalid(indexed("encodings", index, member), "it stands there twice.");
  return std::nullopt;
}

/// Lowest first as far as is told; who scales nothing mostly lists them so.
void Reader::order_layers() {
  const auto& encodings = parameters_.encodings;
  if (encodings.size() == 1) {
    // One stream is no simulcast, but it is told by its rid where it has no SSRC.
    if (!receive_.ssrcs.empty()) receive_.rids.clear();
    return;
  }
  std::vector<const RtpEncoding*> order;
  for (const RtpEncoding& encoding : encodings) order.push_back(&encoding);
  std::stable_sort(order.begin(), order.end(), [](const RtpEncoding* a, const RtpEncoding* b) {
    return a->scale_down > b->scale_down;
  });
  receive_.rids.clear();
  receive_.ssrcs.clear();
  for (std::size_t i = 0; i < order.size(); ++i) {
    const bool named = !order[i]->rid.empty();
    receive_.rids.push_back(named ? order[i]->rid : "r" + std::to_string(i));
    if (order[i]->ssrc) receive_.ssrcs.push_back(*order[i]->ssrc);
  }
  // By place an SSRC means a layer only where each has one; else packets tell by their rids.
  if (receive_.ssrcs.size() != order.size()) {
    receive_.ssrcs.clear();
    receive_.rtx.clear();
  }
}

// --- to a peer -----------------------------------------------------------------------------------

/// The format of the router's capabilities in which what comes as `codec` can be sent on.
std::optional<FormatIndex> router_format(const media::Codec& codec, Kind kind) {
  const auto produced =
      find_format(kind, media::to_string(codec.name), codec.clock_rate, codec.channels, codec.fmtp);
  if (!produced) return std::nullopt;
  const auto formats = codec_formats();
  if (formats[*produced].name == media::CodecName::Red) return std::nullopt;
  if (formats[*produced].offered) return produced;
  if (formats[*produced].name != media::CodecName::H264) return std::nullopt;
  // Whoever decodes packetization mode 1 decodes 0 as well, and High what is constrained of it.
  int profile = formats[*produced].profile;
  if (profile == static_cast<int>(H264Profile::ConstrainedHigh))
    profile = static_cast<int>(H264Profile::High);
  for (FormatIndex i = 0; i < formats.size(); ++i)
    if (formats[i].offered && formats[i].name == media::CodecName::H264 &&
        formats[i].profile == profile)
      return i;
  return std::nullopt;
}

const RtpCodec* find_capability(const RtpCapabilities& capabilities, FormatIndex format,
                                Kind kind) {
  const auto found = std::find_if(capabilities.codecs.begin(), capabilities.codecs.end(),
                                  [&](const RtpCodec& codec) {
                                    return !is_rtx(codec, kind) && format_of(codec, kind) == format;
                                  });
  return found == capabilities.codecs.end() ? nullptr : &*found;
}

void add_codec(Consumption& consumption, FormatIndex index, const RtpCodec& capability, bool rtx,
               const Policy& policy) {
  const CodecFormat& format = codec_formats()[index];
  media::Codec codec{format.name,       format.payload_type, std::nullopt,
                     format.clock_rate, format.channels,     std::string(format.fmtp)};
  const auto known = std::find_if(
      consumption.send.codecs.begin(), consumption.send.codecs.end(),
      [&](const media::Codec& other) { return other.payload_type == codec.payload_type; });
  if (known != consumption.send.codecs.end()) return;
  const Feedback feedback = feedback_of(capability).both(server_feedback(format.kind, policy));
  if (rtx && feedback.nack && format.rtx_payload_type != 0)
    codec.rtx_payload_type = format.rtx_payload_type;
  consumption.send.codecs.push_back(std::move(codec));
  consumption.feedback.push_back(feedback);
}

/// By URI alone: a device of mediasoup-client says the kind of one m-line for an id that several
/// have.
void add_extensions(media::Send& send, const RtpCapabilities& capabilities, const Policy& policy) {
  for (const RtpHeaderExtension& ours : router_capabilities(policy).extensions) {
    if (ours.kind != send.kind || ours.direction != "sendrecv") continue;
    const bool known = std::any_of(capabilities.extensions.begin(), capabilities.extensions.end(),
                                   [&](const RtpHeaderExtension& theirs) {
                                     return theirs.uri == ours.uri &&
                                            theirs.direction != "sendonly" &&
                                            theirs.direction != "inactive";
                                   });
    if (known) send.extensions.set(*find_extension(ours.uri), static_cast<std::uint8_t>(ours.id));
  }
}

}  // namespace

Result<media::Receive> read_parameters(const RtpParameters& parameters, Kind kind,
                                       const Policy& policy) {
  return Reader(parameters, kind, policy).read();
}

std::optional<Consumption> match_capabilities(Kind kind, std::span<const media::Codec> produced,
                                              const RtpCapabilities& capabilities,
                                              const Policy& policy) {
  Consumption consumption;
  consumption.send.kind = kind;
  const bool rtx = std::any_of(capabilities.codecs.begin(), capabilities.codecs.end(),
                               [&](const RtpCodec& codec) { return is_rtx(codec, kind); });
  for (const media::Codec& codec : produced) {
    const auto format = router_format(codec, kind);
    const RtpCodec* capability = format ? find_capability(capabilities, *format, kind) : nullptr;
    if (capability != nullptr)
      add_codec(consumption, *format, *capability, rtx, policy);
    else if (consumption.send.codecs.empty() && codec.name != media::CodecName::Red)
      return std::nullopt;
  }
  if (consumption.send.codecs.empty()) return std::nullopt;
  media::Send& send = consumption.send;
  add_extensions(send, capabilities, policy);
  const auto any = [&](bool Feedback::*what) {
    return std::any_of(consumption.feedback.begin(), consumption.feedback.end(),
                       [what](const Feedback& feedback) { return feedback.*what; });
  };
  send.nack = any(&Feedback::nack);
  send.transport_cc =
      any(&Feedback::transport_cc) && send.extensions.id(Extension::TransportCc) != 0;
  return consumption;
}

RtpParameters write_parameters(const Consumption& consumption) {
  const media::Send& send = consumption.send;
  RtpParameters parameters;
  parameters.mid = send.mid;
  parameters.cname = send.cname;
  for (std::size_t i = 0; i < send.codecs.size(); ++i)
    for (RtpCodec& codec : ortc_codecs(send.codecs[i], consumption.feedback[i]))
      parameters.codecs.push_back(std::move(codec));
  for (std::size_t i = 0; i < static_cast<std::size_t>(Extension::kCount); ++i) {
    const auto extension = static_cast<Extension>(i);
    if (const std::uint8_t id = send.extensions.id(extension); id != 0)
      parameters.extensions.push_back({{}, std::string(uri_of(extension)), id, false, {}});
  }
  RtpEncoding encoding;
  encoding.ssrc = send.ssrc;
  if (send.rtx_ssrc != 0) encoding.rtx_ssrc = send.rtx_ssrc;
  parameters.encodings.push_back(std::move(encoding));
  return parameters;
}

}  // namespace parley::sdp
