// Compound RTCP packets on their way out.
#pragma once

#include <cstdint>
#include <string_view>

#include "forwarding/egress.hpp"
#include "forwarding/rtcp.hpp"

namespace parley::forwarding {

/// Collects RTCP packets and sends them with as few compound packets as they fit in; the last one
/// at destruction. Feedback may not stand alone (RFC 4585 3.1: a report and a CNAME come first).
class Compound {
 public:
  Compound(Egress& egress, std::uint32_t ssrc, std::string_view cname)
      : egress_(egress), ssrc_(ssrc), cname_(cname) {}
  ~Compound() { flush(); }
  Compound(const Compound&) = delete;
  Compound& operator=(const Compound&) = delete;

  [[nodiscard]] std::uint32_t ssrc() const { return ssrc_; }

  /// `write` gets a Writer and returns false when it had no room; then it is called once more with
  /// an empty one.
  template <typename Write>
  void report(Write write) {
    if (write(writer_)) return;
    flush();
    write(writer_);
  }
  template <typename Write>
  void feedback(Write write) {
    if (writer_.empty()) begin();
    if (write(writer_)) return;
    flush();
    begin();
    write(writer_);
  }

 private:
  void begin() {
    writer_.receiver_report(ssrc_);
    writer_.cname(ssrc_, cname_);
  }
  void flush() {
    if (!writer_.empty()) egress_.send_rtcp(writer_.bytes());
    writer_.clear();
  }

  Egress& egress_;
  std::uint32_t ssrc_;
  std::string_view cname_;
  rtcp::Writer writer_;
};

}  // namespace parley::forwarding
