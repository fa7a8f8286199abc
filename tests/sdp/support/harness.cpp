#include "tests/sdp/support/harness.hpp"

#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <stdexcept>

#include <gtest/gtest.h>

namespace parley::sdp::test {
namespace {

std::string flipped(const std::string& direction, const std::string& mid, const Peer& peer) {
  const bool receives = direction.starts_with("send") && !peer.pauses.contains(mid);
  const bool may_send = direction == "recvonly" || direction == "sendrecv";
  const bool sends = may_send && peer.sends.contains(mid);
  if (sends) return receives ? "sendrecv" : "sendonly";
  return receives ? "recvonly" : "inactive";
}

/// Payload types of the encodings that the peer knows, with the RTX of each.
std::set<std::string> known_formats(const Section& section, const Peer& peer) {
  std::set<std::string> known;
  for (const Attribute& attribute : section.attributes) {
    const std::string number = attribute.value.substr(0, attribute.value.find(' '));
    const auto slash = attribute.value.find('/');
    if (attribute.name == "rtpmap" &&
        peer.codecs.contains(attribute.value.substr(number.size() + 1, slash - number.size() - 1)))
      known.insert(number);
    const auto apt = attribute.value.find("apt=");
    if (attribute.name == "fmtp" && apt != std::string::npos &&
        known.contains(attribute.value.substr(apt + 4)))
      known.insert(number);
  }
  return known;
}

Section answer_section(const Section& offered, const Peer& peer) {
  Section section;
  section.head = offered.head;
  const std::string mid = value_of(offered, "mid");
  if (direction_of(offered) == "rejected" || peer.rejects.contains(mid)) {
    section.head.port = 0;
    section.attributes.add("mid", mid);
    return section;
  }
  const bool media = section.head.media != "application";
  const std::set<std::string> known =
      media && !peer.codecs.empty()
          ? known_formats(offered, peer)
          : std::set(offered.head.formats.begin(), offered.head.formats.end());
  std::erase_if(section.head.formats,
                [&](const std::string& format) { return !known.contains(format); });
  if (section.head.formats.empty()) {
    section.head = offered.head;
    section.head.port = 0;
  }
  const std::set<std::string> numbered{"rtpmap", "fmtp", "rtcp-fb"};
  const std::set<std::string> kept{"mid",    "rtcp-mux",  "rtcp-rsize",
                                   "extmap", "sctp-port", "max-message-size"};
  for (const Attribute& attribute : offered.attributes) {
    const std::string number = attribute.value.substr(0, attribute.value.find(' '));
    if (kept.contains(attribute.name) ||
        (numbered.contains(attribute.name) && known.contains(number)))
      section.attributes.add(attribute.name, attribute.value);
  }
  if (!media) return section;
  section.attributes.add(flipped(direction_of(offered), mid, peer));
  std::string list;
  for (const std::string& rid : peer.layers) {
    section.attributes.add("rid", rid + " send");
    list += (list.empty() ? "" : ";") + rid;
  }
  if (offered.attributes.has("simulcast") && !list.empty())
    section.attributes.add("simulcast", "send " + list);
  if (const auto ssrc = peer.ssrcs.find(mid); ssrc != peer.ssrcs.end())
    section.attributes.add("ssrc", std::to_string(ssrc->second) + " cname:peer");
  return section;
}

}  // namespace

MediaSession make_session(bool data_channel, Policy policy) {
  Options options;
  options.session_id = 4711;
  options.data_channel = data_channel;
  options.policy = policy;
  options.next_ssrc = [next = std::make_shared<std::uint32_t>(1'000'000)] { return (*next)++; };
  return MediaSession(std::move(options));
}

LocalTransport local_transport() {
  return {"srvu",
          "serverpassword0123456789ab",
          "sha-256 "
          "9B:9C:4E:84:61:FE:72:47:21:C7:44:5A:A0:39:90:1C:59:FB:0B:1A:9D:9B:4E:CB:66:06:8C:1A:36:"
          "1C:0B:8E",
          {{"1", 2130706431, "127.0.0.1", 10000}, {"2", 2130706175, "::1", 10000}}};
}

std::string answer_of(MediaSession& session) {
  return session.make_answer(local_transport());
}

std::string fixture(const std::string& name) {
  std::ifstream file(PARLEY_SOURCE_DIR "/tests/sdp/fixtures/" + name + ".sdp", std::ios::binary);
  if (!file) throw std::runtime_error("no fixture " + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

Description parsed(std::string_view sdp) {
  auto description = parse_description(sdp);
  if (!description) throw std::runtime_error(description.error().message);
  return *description;
}

const Section& section_of(const Description& description, std::string_view mid) {
  for (const Section& section : description.sections)
    if (value_of(section, "mid") == mid) return section;
  throw std::runtime_error("no section " + std::string(mid));
}

std::string value_of(const Section& section, std::string_view name) {
  const Attribute* attribute = section.attributes.find(name);
  return attribute ? attribute->value : "";
}

std::set<std::string> values_of(const Section& section, std::string_view name) {
  std::set<std::string> values;
  for (const Attribute& attribute : section.attributes)
    if (attribute.name == name) values.insert(attribute.value);
  return values;
}

std::string direction_of(const Section& section) {
  if (section.head.port == 0 && !section.attributes.has("bundle-only")) return "rejected";
  for (const char* direction : {"sendrecv", "sendonly", "recvonly", "inactive"})
    if (section.attributes.has(direction)) return direction;
  return "sendrecv";
}

std::size_t section_count(std::string_view sdp) {
  return parsed(sdp).sections.size();
}

std::string Peer::answer(std::string_view offer) const {
  const Description offered = parsed(offer);
  Description answer;
  answer.origin = "- 1 1 IN IP4 0.0.0.0";
  std::string bundle = "BUNDLE";
  for (const Section& section : offered.sections) {
    answer.sections.push_back(answer_section(section, *this));
    if (answer.sections.back().head.port != 0) bundle += " " + value_of(section, "mid");
  }
  answer.attributes.add("group", bundle);
  answer.attributes.add("ice-ufrag", "peer");
  answer.attributes.add("ice-pwd", "peerpassword0123456789ab");
  answer.attributes.add("fingerprint", "sha-256 " + std::string("00") + std::string(":11:22:33"));
  answer.attributes.add("setup", "active");
  return write_description(answer);
}

Applied exchange(MediaSession& session, const Peer& peer) {
  auto applied = session.apply_answer(peer.answer(session.make_offer(local_transport())));
  if (!applied) throw std::runtime_error(applied.error().message);
  return *applied;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  if (at == std::string::npos)
    throw std::runtime_error("no \"" + std::string(from) + "\" to replace");
  return text.replace(at, from.size(), to);
}

}  // namespace parley::sdp::test
