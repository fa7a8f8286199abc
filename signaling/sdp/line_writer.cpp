#include "signaling/sdp/line_writer.hpp"

#include <algorithm>
#include <vector>

#include "signaling/sdp/extensions.hpp"

namespace parley::sdp {
namespace {

constexpr const char* kMaxMessageSize = "262144";

std::string direction(const Terms& terms) {
  if (terms.send) return terms.receive ? "sendrecv" : "sendonly";
  return terms.receive ? "recvonly" : "inactive";
}

/// An extension's direction as the other end sees it (RFC 8285 section 6).
std::string mirrored(const std::string& given) {
  if (given == "sendonly") return "recvonly";
  return given == "recvonly" ? "sendonly" : given;
}

void write_ssrcs(Attributes& attributes, const Slot& slot, const std::string& cname) {
  const std::string ssrc = std::to_string(slot.ssrc);
  const std::string rtx = std::to_string(slot.rtx_ssrc);
  if (slot.rtx_ssrc != 0) attributes.add("ssrc-group", "FID " + ssrc + " " + rtx);
  attributes.add("ssrc", ssrc + " cname:" + cname);
  if (slot.rtx_ssrc != 0) attributes.add("ssrc", rtx + " cname:" + cname);
}

/// The peer's restrictions are repeated (RFC 8851 6.3), and what it paused stays so: browsers go by
/// each description of ours and would begin to send a layer that the page has switched off.
void write_layers(Attributes& attributes, const std::vector<OfferedLayer>& layers) {
  if (layers.empty()) return;
  std::string list;
  for (const auto& [rid, restrictions, paused] : layers) {
    attributes.add("rid", rid + " recv" + (restrictions.empty() ? "" : " " + restrictions));
    list += std::string(list.empty() ? "" : ";") + (paused ? "~" : "") + rid;
  }
  attributes.add("simulcast", "recv " + list);
}

std::vector<OfferedCodec> codecs_of(const State& state, const Line& line, Role role) {
  if (role == Role::Offer) return state.offered_codecs(line);
  std::vector<OfferedCodec> codecs = line.peer.codecs;
  for (OfferedCodec& codec : codecs) codec.codec.fmtp = agreed_fmtp(codec.format, codec.codec.fmtp);
  return codecs;
}

void write_media(Section& section, const State& state, const Line& line, Role role) {
  Attributes& attributes = section.attributes;
  const bool answering = role == Role::Answer;
  Terms terms = line.told.value_or(Terms{});
  if (answering) {  // RFC 3264 6.1: no more than the offer has room for
    terms.send = terms.send && line.peer.receives;
    terms.receive = terms.receive && line.peer.sends;
  }
  attributes.add(direction(terms));
  const std::string& stream = line.slot ? state.seats[line.slot->seat].stream : std::string();
  if (terms.send) attributes.add("msid", stream + " " + line.mid);
  attributes.add("rtcp-mux");
  if (!answering || line.peer.reduced_size_rtcp) attributes.add("rtcp-rsize");
  for (const OfferedExtension& extension :
       answering ? line.peer.extensions : state.offered_extensions(line)) {
    const std::string its_direction = mirrored(extension.direction);
    attributes.add("extmap", std::to_string(extension.id) +
                                 (its_direction.empty() ? "" : "/" + its_direction) + " " +
                                 std::string(uri_of(extension.extension)));
  }
  section.head.formats.clear();
  for (const auto& [format, codec, feedback] : codecs_of(state, line, role))
    write_codec(section, codec, feedback);
  write_layers(attributes, answering ? line.peer.layers : state.offered_layers(line));
  if (terms.send) write_ssrcs(attributes, *line.slot, stream);
}

Section write_line(const State& state, const Line& line, Role role) {
  Section section;
  section.head = line.head;
  section.head.port = line.kind == Line::Kind::Dead ? 0 : 9;
  if (!line.mid.empty()) section.attributes.add("mid", line.mid);
  if (line.kind == Line::Kind::Dead) {
    section.attributes.add("inactive");
  } else if (line.kind == Line::Kind::Data) {
    section.attributes.add("sctp-port", "5000");
    section.attributes.add("max-message-size", kMaxMessageSize);
  } else {
    write_media(section, state, line, role);
  }
  return section;
}

/// RFC 8839 5.1. All of them stand in the description, so the peer need not wait for any
/// (RFC 8840 4.1: end-of-candidates).
void write_candidates(Attributes& attributes, const std::vector<Candidate>& candidates) {
  for (const Candidate& candidate : candidates)
    attributes.add("candidate", candidate.foundation + " 1 udp " +
                                    std::to_string(candidate.priority) + " " + candidate.address +
                                    " " + std::to_string(candidate.port) + " typ host");
  attributes.add("end-of-candidates");
}

/// In an offer the transport stands once for all, as there may be a hundred m-lines; in an answer
/// with each, where clients that look nowhere else find it.
void write_transport(Attributes& attributes, const LocalTransport& local) {
  attributes.add("ice-ufrag", local.ufrag);
  attributes.add("ice-pwd", local.password);
  attributes.add("fingerprint", local.fingerprint);
}

bool mixed_extensions(const State& state, Role role) {
  return role == Role::Offer ||
         std::any_of(state.lines.begin(), state.lines.end(),
                     [](const Line& line) { return line.peer.mixed_extensions; });
}

}  // namespace

void write_codec(Section& section, const media::Codec& codec, const Feedback& feedback) {
  Attributes& attributes = section.attributes;
  const std::string number = std::to_string(codec.payload_type);
  const std::string clock = "/" + std::to_string(codec.clock_rate);
  section.head.formats.push_back(number);
  attributes.add("rtpmap", number + " " + std::string(media::to_string(codec.name)) + clock +
                               (codec.channels > 1 ? "/" + std::to_string(codec.channels) : ""));
  if (feedback.remb) attributes.add("rtcp-fb", number + " goog-remb");
  if (feedback.transport_cc) attributes.add("rtcp-fb", number + " transport-cc");
  if (feedback.fir) attributes.add("rtcp-fb", number + " ccm fir");
  if (feedback.nack) attributes.add("rtcp-fb", number + " nack");
  if (feedback.pli) attributes.add("rtcp-fb", number + " nack pli");
  if (!codec.fmtp.empty()) attributes.add("fmtp", number + " " + codec.fmtp);
  if (!codec.rtx_payload_type) return;
  const std::string rtx = std::to_string(*codec.rtx_payload_type);
  section.head.formats.push_back(rtx);
  attributes.add("rtpmap", rtx + " rtx" + clock);
  attributes.add("fmtp", rtx + " apt=" + number);
}

std::string write_session(const State& state, const LocalTransport& local, Role role) {
  Description description;
  description.origin = "- " + std::to_string(state.options.session_id) + " " +
                       std::to_string(state.version) + " IN IP4 127.0.0.1";
  std::string bundle = "BUNDLE";
  for (std::size_t i = 0; i < state.placed; ++i) {
    const Line& line = state.lines[i];
    Section section = write_line(state, line, role);
    // With dead m-lines as well: webrtcbin takes no description in which one lacks it.
    section.attributes.add("setup", role == Role::Offer ? "actpass" : "passive");
    if (role == Role::Answer) write_transport(section.attributes, local);
    if (line.kind != Line::Kind::Dead) {
      if (bundle.find(' ') == std::string::npos)
        write_candidates(section.attributes, local.candidates);
      bundle += " " + line.mid;
    }
    description.sections.push_back(std::move(section));
  }
  Attributes& session = description.attributes;
  session.add("ice-lite");
  session.add("group", bundle);
  session.add("ice-options", "trickle");
  if (role == Role::Offer) write_transport(session, local);
  if (mixed_extensions(state, role)) session.add("extmap-allow-mixed");
  session.add("msid-semantic", "WMS *");
  return write_description(description);
}

}  // namespace parley::sdp
