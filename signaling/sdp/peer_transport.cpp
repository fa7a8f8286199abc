#include "signaling/sdp/peer_transport.hpp"

#include <algorithm>
#include <optional>

#include "signaling/sdp/text.hpp"

namespace parley::sdp {
namespace {

constexpr std::size_t kMaxFingerprints = 16;

const Attribute* find_either(const Section& section, const Description& description,
                             std::string_view name) {
  const Attribute* attribute = section.attributes.find(name);
  return attribute != nullptr ? attribute : description.attributes.find(name);
}

bool is_ice_char(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '/';
}

/// RFC 8839 5.4: ice-chars only, within the lengths it allows. Some agents write '-', '_' and '='
/// as well; they are taken, since nothing here depends on the alphabet.
Result<std::string> read_credential(const Section& section, const Description& description,
                                    const char* name, std::size_t shortest) {
  const Attribute* attribute = find_either(section, description, name);
  if (attribute == nullptr) return bad_sdp(0, std::string("a=") + name + " is missing.");
  const std::string& value = attribute->value;
  const bool good = value.size() >= shortest && value.size() <= 256 &&
                    std::all_of(value.begin(), value.end(), [](char c) {
                      return is_ice_char(c) || c == '-' || c == '_' || c == '=';
                    });
  if (!good)
    return bad_sdp(attribute->line, std::string("a=") + name + " has to be " +
                                        std::to_string(shortest) +
                                        " to 256 letters, digits, + or /.");
  return value;
}

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

std::optional<Error> read_fingerprints(const Attributes& attributes,
                                       std::vector<std::string>& fingerprints) {
  for (const Attribute& attribute : attributes) {
    if (attribute.name != "fingerprint") continue;
    if (!is_fingerprint(attribute.value))
      return bad_sdp(attribute.line,
                     "a=fingerprint has to be a hash name and bytes in hex with colons.");
    if (fingerprints.size() == kMaxFingerprints)
      return bad_sdp(attribute.line,
                     "more than " + std::to_string(kMaxFingerprints) + " fingerprints.");
    fingerprints.push_back(attribute.value);
  }
  return std::nullopt;
}

Result<Setup> read_setup(const Section& section, const Description& description) {
  const Attribute* attribute = find_either(section, description, "setup");
  if (attribute == nullptr || attribute->value == "active") return Setup::Active;  // RFC 4145 4.1
  if (attribute->value == "actpass") return Setup::ActPass;
  if (attribute->value == "passive") return Setup::Passive;
  return bad_sdp(attribute->line,
                 "a=setup: \"" + excerpt(attribute->value) + "\" is not active or actpass.");
}

}  // namespace

bool is_fingerprint(std::string_view text) {
  const std::string_view hash = take_word(text);
  if (!is_token(hash, 16) || text.size() < 2 || text.size() > 64 * 3) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (i % 3 == 2 ? text[i] != ':' : !is_hex(text[i])) return false;
  return text.size() % 3 == 2;
}

Result<std::vector<std::string>> read_bundle(const Description& description) {
  for (const Attribute& attribute : description.attributes) {
    if (attribute.name != "group") continue;
    std::string_view rest = attribute.value;
    if (take_word(rest) != "BUNDLE") continue;
    std::vector<std::string> mids;
    while (!rest.empty() && mids.size() <= kMaxSections) mids.emplace_back(take_word(rest));
    return mids;
  }
  return bad_sdp(0, "a=group:BUNDLE is missing; bundle all m-lines (bundlePolicy \"max-bundle\").");
}

Result<RemoteTransport> read_transport(const Description& description, const Section& tagged) {
  RemoteTransport transport;
  auto ufrag = read_credential(tagged, description, "ice-ufrag", 4);
  if (!ufrag) return ufrag.error();
  auto password = read_credential(tagged, description, "ice-pwd", 22);
  if (!password) return password.error();
  transport.ufrag = *ufrag;
  transport.password = *password;
  // RFC 8122 section 5: those of the section replace those of the session.
  if (auto error = read_fingerprints(tagged.attributes, transport.fingerprints)) return *error;
  if (transport.fingerprints.empty())
    if (auto error = read_fingerprints(description.attributes, transport.fingerprints))
      return *error;
  if (transport.fingerprints.empty())
    return bad_sdp(0, "a=fingerprint is missing; only DTLS-SRTP is spoken here.");
  auto setup = read_setup(tagged, description);
  if (!setup) return setup.error();
  transport.setup = *setup;
  if (const Attribute* setup_line = find_either(tagged, description, "setup");
      transport.setup == Setup::Passive)
    return bad_sdp(setup_line->line,
                   "a=setup:passive: the server is the passive side; say active or actpass.");
  if (const Attribute* lite = description.attributes.find("ice-lite"))
    return bad_sdp(lite->line,
                   "a=ice-lite: the server is lite; the peer has to be a full ICE agent.");
  return transport;
}

}  // namespace parley::sdp
