#include "load/signaling/remote_end.hpp"

#include <algorithm>
#include <utility>

#include "signaling/sdp/text.hpp"

namespace parley::load {
namespace {

using sdp::Attribute;
using sdp::Attributes;

struct Candidate {
  std::uint32_t priority = 0;
  transport::Address address;
};

/// RFC 8839 5.1: foundation, component, transport, priority, address, port, "typ" and its type.
std::optional<Candidate> read_candidate(std::string_view text) {
  (void)sdp::take_word(text);
  const std::string_view component = sdp::take_word(text);
  const std::string_view protocol = sdp::take_word(text);
  const auto priority = sdp::parse_number<std::uint32_t>(sdp::take_word(text));
  const auto ip = transport::parse_ip(sdp::take_word(text));
  const auto port = sdp::parse_number<std::uint16_t>(sdp::take_word(text));
  if (component != "1" || !sdp::equals_ignoring_case(protocol, "udp") || !priority || !ip || !port)
    return std::nullopt;
  return Candidate{*priority, {*ip, *port, 0}};
}

const sdp::Section* transport_section(const sdp::Description& description) {
  const auto live = std::ranges::find_if(
      description.sections, [](const sdp::Section& section) { return section.head.port != 0; });
  return live == description.sections.end() ? nullptr : &*live;
}

std::string find_either(const sdp::Description& description, std::string_view name) {
  const sdp::Section* section = transport_section(description);
  const Attribute* attribute = section == nullptr ? nullptr : section->attributes.find(name);
  if (attribute == nullptr) attribute = description.attributes.find(name);
  return attribute == nullptr ? std::string() : attribute->value;
}

/// In all of a description, for some write candidates of a bundle on one m-line, some on each.
std::vector<transport::Address> read_candidates(const sdp::Description& description) {
  std::vector<Candidate> candidates;
  const auto read = [&](const Attributes& attributes) {
    for (const Attribute& attribute : attributes)
      if (attribute.name == "candidate")
        if (const auto candidate = read_candidate(attribute.value))
          if (std::ranges::find(candidates, candidate->address, &Candidate::address) ==
              candidates.end())
            candidates.push_back(*candidate);
  };
  read(description.attributes);
  for (const sdp::Section& section : description.sections) read(section.attributes);
  std::ranges::stable_sort(candidates, std::greater(), &Candidate::priority);
  std::vector<transport::Address> addresses;
  for (const Candidate& candidate : candidates) addresses.push_back(candidate.address);
  return addresses;
}

void read_fingerprints(const Attributes& attributes, std::vector<std::string>& out) {
  for (const Attribute& attribute : attributes)
    if (attribute.name == "fingerprint") out.push_back(attribute.value);
}

}  // namespace

Result<RemoteEnd> read_remote_end(const sdp::Description& description) {
  const sdp::Section* section = transport_section(description);
  if (section == nullptr) return sdp::bad_sdp(0, "no m= line is in use.");
  RemoteEnd remote;
  remote.ice = {find_either(description, "ice-ufrag"), find_either(description, "ice-pwd")};
  if (remote.ice.ufrag.empty() || remote.ice.password.empty())
    return sdp::bad_sdp(0, "a=ice-ufrag or a=ice-pwd is missing.");
  read_fingerprints(section->attributes, remote.fingerprints);
  if (remote.fingerprints.empty()) read_fingerprints(description.attributes, remote.fingerprints);
  if (remote.fingerprints.empty()) return sdp::bad_sdp(0, "a=fingerprint is missing.");
  remote.candidates = read_candidates(description);
  if (remote.candidates.empty())
    return sdp::bad_sdp(0, "a=candidate is missing: there is no address to send to.");
  remote.lite = description.attributes.has("ice-lite");
  return remote;
}

std::string read_setup(const sdp::Description& description) {
  return find_either(description, "setup");
}

}  // namespace parley::load
