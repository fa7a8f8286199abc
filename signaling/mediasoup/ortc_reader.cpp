#include "signaling/mediasoup/ortc_reader.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "signaling/sdp/peer_transport.hpp"

namespace parley::signaling::mediasoup {
namespace {

using socketio::Array;
using socketio::Object;
using socketio::Value;

constexpr std::size_t kMaxText = 256;       ///< bytes of a name, a URI…
constexpr std::size_t kMaxParameters = 32;  ///< of one codec
constexpr std::size_t kMaxFingerprints = 16;

/// A value and where it stands. The first thing that is wrong is kept, for all nodes of a reading.
class Node {
 public:
  Node(const Value* value, std::string path, std::optional<Error>& problem)
      : value_(value), path_(std::move(path)), problem_(&problem) {}

  [[nodiscard]] bool present() const { return value_ != nullptr && !value_->is_null(); }
  [[nodiscard]] Node member(std::string_view name) const {
    return {value_ != nullptr ? value_->find(name) : nullptr, path_ + "." + std::string(name),
            *problem_};
  }
  void wrong(std::string_view what) const {
    if (!*problem_) *problem_ = Error{"invalid_field", path_ + ": " + std::string(what)};
  }

  [[nodiscard]] const Object* object() const {
    const Object* members = present() ? value_->object() : nullptr;
    if (members == nullptr) wrong("it has to be an object.");
    return members;
  }
  [[nodiscard]] std::string text(std::size_t limit = kMaxText) const {
    const std::string* text = present() ? value_->string() : nullptr;
    if (text != nullptr && text->size() <= limit) return *text;
    wrong("it has to be a string of at most " + std::to_string(limit) + " bytes.");
    return {};
  }
  [[nodiscard]] std::string optional_text() const { return present() ? text() : std::string(); }
  [[nodiscard]] std::uint32_t number() const {
    constexpr double kMax = std::numeric_limits<std::uint32_t>::max();
    const double* number = present() ? value_->number() : nullptr;
    if (number != nullptr && *number >= 0 && *number <= kMax && std::trunc(*number) == *number)
      return static_cast<std::uint32_t>(*number);
    wrong("it has to be an integer from 0 to 4294967295.");
    return 0;
  }
  [[nodiscard]] std::uint32_t optional_number() const { return present() ? number() : 0; }
  [[nodiscard]] double optional_real(double otherwise) const {
    const double* number = present() ? value_->number() : nullptr;
    if (number == nullptr && present()) wrong("it has to be a number.");
    return number != nullptr ? *number : otherwise;
  }
  [[nodiscard]] bool optional_flag() const {
    const bool* flag = present() ? value_->boolean() : nullptr;
    if (flag == nullptr && present()) wrong("it has to be true or false.");
    return flag != nullptr && *flag;
  }
  /// Nothing for a list that is left out; no more than `limit` items.
  template <typename Visit>
  void each(std::size_t limit, Visit visit) const {
    if (!present()) return;
    const Array* items = value_->array();
    if (items == nullptr) return wrong("it has to be an array.");
    if (items->size() > limit)
      return wrong("it has more than " + std::to_string(limit) + " items.");
    for (std::size_t i = 0; i < items->size() && !*problem_; ++i)
      visit(Node(&(*items)[i], path_ + "[" + std::to_string(i) + "]", *problem_));
  }

  [[nodiscard]] const Value* value() const { return value_; }

 private:
  const Value* value_;
  std::string path_;
  std::optional<Error>* problem_;
};

/// As SDP's a=fmtp says them, in which such a text cannot hold everything.
bool fits_fmtp(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x21 || c == ';' || c == 0x7f) return false;
  return text.size() <= kMaxText;
}

std::string read_parameters(const Node& node) {
  std::string fmtp;
  if (!node.present()) return fmtp;
  const Object* members = node.object();
  if (members == nullptr) return fmtp;
  if (members->size() > kMaxParameters) node.wrong("it has more than 32 members.");
  for (const auto& [name, value] : *members) {
    std::string text;
    if (value.string() != nullptr) text = *value.string();
    if (value.number() != nullptr || value.boolean() != nullptr) text = to_json(value);
    const bool known = value.string() != nullptr || value.number() != nullptr ||
                       value.boolean() != nullptr || value.is_null();
    if (!known || name.find('=') != std::string::npos || !fits_fmtp(name) || !fits_fmtp(text)) {
      node.wrong("its members have to be numbers, or strings without spaces and semicolons.");
      return {};
    }
    if (!fmtp.empty()) fmtp += ';';
    fmtp += name;
    if (!text.empty()) fmtp.append("=").append(text);
  }
  return fmtp;
}

sdp::RtpCodec read_codec(const Node& node, std::string_view payload_type, bool required) {
  sdp::RtpCodec codec;
  if (node.object() == nullptr) return codec;
  codec.mime_type = node.member("mimeType").text();
  const Node number = node.member(payload_type);
  codec.payload_type = required ? number.number() : number.optional_number();
  codec.clock_rate = node.member("clockRate").number();
  codec.channels = node.member("channels").optional_number();
  codec.parameters = read_parameters(node.member("parameters"));
  node.member("rtcpFeedback").each(sdp::kMaxOrtcFeedback, [&](const Node& feedback) {
    if (feedback.object() == nullptr) return;
    codec.feedback.push_back(
        {feedback.member("type").text(), feedback.member("parameter").optional_text()});
  });
  return codec;
}

sdp::RtpEncoding read_encoding(const Node& node) {
  sdp::RtpEncoding encoding;
  if (node.object() == nullptr) return encoding;
  if (const Node ssrc = node.member("ssrc"); ssrc.present()) encoding.ssrc = ssrc.number();
  if (const Node rtx = node.member("rtx"); rtx.present() && rtx.object() != nullptr)
    encoding.rtx_ssrc = rtx.member("ssrc").number();
  encoding.rid = node.member("rid").optional_text();
  encoding.scale_down = node.member("scaleResolutionDownBy").optional_real(1);
  return encoding;
}

std::optional<media::Kind> read_kind(const Node& node) {
  if (!node.present()) return std::nullopt;
  const std::string kind = node.text();
  if (kind == "audio") return media::Kind::Audio;
  if (kind == "video") return media::Kind::Video;
  node.wrong("it has to be \"audio\" or \"video\".");
  return std::nullopt;
}

}  // namespace

Result<sdp::RtpParameters> read_rtp_parameters(const Value& json) {
  std::optional<Error> problem;
  const Node root(&json, "rtpParameters", problem);
  sdp::RtpParameters parameters;
  if (root.object() == nullptr) return *problem;
  parameters.mid = root.member("mid").optional_text();
  root.member("codecs").each(sdp::kMaxOrtcCodecs, [&](const Node& node) {
    parameters.codecs.push_back(read_codec(node, "payloadType", true));
  });
  root.member("headerExtensions").each(sdp::kMaxOrtcExtensions, [&](const Node& node) {
    if (node.object() == nullptr) return;
    parameters.extensions.push_back({{},
                                     node.member("uri").text(),
                                     node.member("id").number(),
                                     node.member("encrypt").optional_flag(),
                                     {}});
  });
  root.member("encodings").each(sdp::kMaxOrtcEncodings, [&](const Node& node) {
    parameters.encodings.push_back(read_encoding(node));
  });
  if (const Node rtcp = root.member("rtcp"); rtcp.present() && rtcp.object() != nullptr)
    parameters.cname = rtcp.member("cname").optional_text();
  if (problem) return *problem;
  return parameters;
}

Result<sdp::RtpCapabilities> read_rtp_capabilities(const Value& json) {
  std::optional<Error> problem;
  const Node root(&json, "rtpCapabilities", problem);
  sdp::RtpCapabilities capabilities;
  if (!root.present()) return capabilities;
  if (root.object() == nullptr) return *problem;
  root.member("codecs").each(sdp::kMaxOrtcCodecs, [&](const Node& node) {
    capabilities.codecs.push_back(read_codec(node, "preferredPayloadType", false));
  });
  root.member("headerExtensions").each(sdp::kMaxOrtcExtensions, [&](const Node& node) {
    if (node.object() == nullptr) return;
    capabilities.extensions.push_back({read_kind(node.member("kind")), node.member("uri").text(),
                                       node.member("preferredId").optional_number(), false,
                                       node.member("direction").optional_text()});
  });
  if (problem) return *problem;
  return capabilities;
}

Result<DtlsParameters> read_dtls_parameters(const Value& json) {
  std::optional<Error> problem;
  const Node root(&json, "dtlsParameters", problem);
  DtlsParameters parameters;
  if (root.object() == nullptr) return *problem;
  const Node role = root.member("role");
  const std::string said = role.optional_text();
  if (!said.empty() && said != "client" && said != "server" && said != "auto")
    role.wrong("it has to be \"client\", \"server\" or \"auto\".");
  parameters.server = said == "server";
  const Node fingerprints = root.member("fingerprints");
  fingerprints.each(kMaxFingerprints, [&](const Node& node) {
    if (node.object() == nullptr) return;
    std::string fingerprint = node.member("algorithm").text() + " " + node.member("value").text();
    if (!sdp::is_fingerprint(fingerprint))
      node.wrong("it has to be a hash's name, as sha-256, and bytes in hex with colons.");
    parameters.fingerprints.push_back(std::move(fingerprint));
  });
  if (parameters.fingerprints.empty()) fingerprints.wrong("there has to be one.");
  if (problem) return *problem;
  return parameters;
}

}  // namespace parley::signaling::mediasoup
