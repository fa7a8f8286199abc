// A session description as RFC 8866 structures it: attributes and media sections, no meaning yet.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/result.hpp"

namespace parley::sdp {

/// What a description may be at most. Larger ones are refused before anything is stored.
inline constexpr std::size_t kMaxDescription = 512 * 1024;  ///< bytes
inline constexpr std::size_t kMaxLine = 8 * 1024;           ///< bytes, without the line end
inline constexpr std::size_t kMaxSections = 256;            ///< m-lines

/// `a=name:value`, or `a=name` where the value is empty.
struct Attribute {
  std::string name;
  std::string value;
  std::size_t line = 0;  ///< where it was read, from 1; 0 when made here
};

class Attributes {
 public:
  void add(std::string name, std::string value = {}, std::size_t line = 0);
  /// The first of that name, or null.
  [[nodiscard]] const Attribute* find(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  [[nodiscard]] std::vector<Attribute>::const_iterator begin() const { return list_.begin(); }
  [[nodiscard]] std::vector<Attribute>::const_iterator end() const { return list_.end(); }

 private:
  std::vector<Attribute> list_;
};

/// What an m= line itself says.
struct MediaHead {
  std::string media;  ///< "audio", "video", "application"…
  std::uint16_t port = 9;
  std::string protocol;              ///< "UDP/TLS/RTP/SAVPF"…
  std::vector<std::string> formats;  ///< payload types, or "webrtc-datachannel"
};

/// An m= line and what follows it.
struct Section {
  MediaHead head;
  Attributes attributes;
  std::size_t line = 0;  ///< of the m= line
};

struct Description {
  std::string origin;  ///< the o= line's value
  Attributes attributes;
  std::vector<Section> sections;
};

/// Reads a description. v=, o= and s= have to lead (RFC 8866 section 5); line ends may be LF alone,
/// as the same section asks of readers, and the last may be missing. Of the other lines only m= and
/// a= are kept: WebRTC gives the rest no meaning (RFC 8829 5.8). Error: "bad_sdp" with the line's
/// number.
Result<Description> parse_description(std::string_view text);

/// Writes it with CRLF, a "t=0 0" and a connection line of 0.0.0.0 for each section (RFC
/// 8829 5.2.1).
std::string write_description(const Description& description);

}  // namespace parley::sdp
