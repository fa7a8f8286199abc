// What the SDP tests share: sessions with predictable SSRCs, recorded descriptions, a made-up peer.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "signaling/sdp/description.hpp"
#include "signaling/sdp/media_session.hpp"

namespace parley::sdp::test {

/// SSRCs count from 1000000, as they did when the fixtures were recorded.
MediaSession make_session(bool data_channel = true, Policy policy = {});
LocalTransport local_transport();

/// Our answer to the offer that the session took.
std::string answer_of(MediaSession& session);

/// tests/sdp/fixtures/<name>.sdp
std::string fixture(const std::string& name);

/// The description, which has to be a good one.
Description parsed(std::string_view sdp);
const Section& section_of(const Description& description, std::string_view mid);
/// Value of the section's first attribute of that name, "" without.
std::string value_of(const Section& section, std::string_view name);
/// All values of that name.
std::set<std::string> values_of(const Section& section, std::string_view name);
/// "sendonly" …, "rejected" for port 0
std::string direction_of(const Section& section);
std::size_t section_count(std::string_view sdp);

/// A peer that accepts all it is offered, but for what is said here by mid.
struct Peer {
  std::set<std::string> sends{};                 ///< it has something to send there
  std::set<std::string> rejects{};               ///< answered with port 0
  std::set<std::string> pauses{};                ///< our slots it does not want now
  std::set<std::string> codecs{};                ///< encodings it knows; empty: all
  std::map<std::string, std::uint32_t> ssrcs{};  ///< announced where it sends
  std::vector<std::string> layers{};             ///< rids it sends where it is offered layers

  [[nodiscard]] std::string answer(std::string_view offer) const;
};

/// One exchange of our offer and the peer's answer, which has to succeed.
Applied exchange(MediaSession& session, const Peer& peer);

/// The text with the first `from` replaced; it has to be there.
std::string replaced(std::string text, std::string_view from, std::string_view to);

}  // namespace parley::sdp::test
