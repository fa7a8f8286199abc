// offer, answer, candidate, ping.
#include <array>

#include "signaling/native/requests.hpp"

namespace parley::signaling::native {
namespace {

constexpr std::size_t kMaxCandidate = 1024;

/// candidate-attribute of RFC 8839, section 5.1, by its fixed parts: eight fields of which the
/// seventh is "typ". Empty: the end of candidates.
bool is_candidate(std::string_view text) {
  if (text.empty()) return true;
  if (text.starts_with("a=")) text.remove_prefix(2);
  if (text.size() > kMaxCandidate || !text.starts_with("candidate:")) return false;
  std::array<std::string_view, 8> fields;
  for (std::string_view& field : fields) {
    const auto end = text.find(' ');
    field = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (field.empty()) return false;
  }
  return fields[6] == "typ";
}

std::string candidate_text(json::Fields& in) {
  std::string text = in.text("candidate");
  if (!is_candidate(text))
    in.invalid("candidate", "must be like \"candidate:1 1 udp 1 192.0.2.1 9 typ host\"");
  return text;
}

}  // namespace

Command decode_offer(json::Fields& in) {
  return OfferRequest{in.text("sdp", shape::kSdp)};
}

Command decode_answer(json::Fields& in) {
  AnswerRequest answer;
  answer.sdp = in.text("sdp", shape::kSdp);
  answer.version = in.uint32_or("version", 0);
  return answer;
}

/// A string, an RTCIceCandidate as JSON.stringify() writes it, or null for the end of candidates.
Command decode_candidate(json::Fields& in) {
  JsonNode* node = in.node("candidate");
  if (node != nullptr && JSON_NODE_HOLDS_NULL(node)) return CandidateRequest{};
  if (node == nullptr || !JSON_NODE_HOLDS_OBJECT(node)) return CandidateRequest{candidate_text(in)};
  json::Fields held = in.object("candidate");
  return CandidateRequest{candidate_text(held)};
}

Command decode_ping(json::Fields&) {
  return Ping{};
}

}  // namespace parley::signaling::native
