// What holds whatever happens in a call: random tracks, answers and offers against one session.
#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/sdp/support/harness.hpp"

namespace parley::sdp::test {
namespace {

using media::Kind;

/// A call with a peer that says yes, no and things of its own, and keeps watch over our
/// descriptions.
class Call {
 public:
  void publish();
  void unpublish();
  void attach();
  void detach();
  void our_offer();
  void peer_offer();
  void broken_description();

 private:
  static bool coin() { return *rc::gen::arbitrary<bool>(); }
  static Kind kind() { return coin() ? Kind::Audio : Kind::Video; }
  TrackId some_track(const char* sort) {
    return TrackId(sort + std::to_string(*rc::gen::inRange(0, 6)));
  }
  Peer some_peer(const Description& offer);
  std::string make_peer_offer();
  Section some_new_section();
  void settle();
  void check(const std::string& sdp);
  void check_numbers(const Description& description);
  void check_places(const Description& description);
  void check_slots();

  MediaSession session_ = make_session(coin());
  std::optional<Description> last_;  ///< of ours that the peer knows
  std::map<std::string, std::uint32_t> ssrcs_;
  int next_mid_ = 0;
};

void Call::publish() {
  session_.add_receive(some_track("p"), kind());
}
void Call::unpublish() {
  session_.remove_receive(some_track("p"));
}
void Call::attach() {
  const TrackId track = some_track("s");
  const auto slot =
      session_.attach(track, kind(), "guest" + std::to_string(*rc::gen::inRange(0, 3)) + "/camera");
  RC_ASSERT(session_.slot_of(track) == slot.mid);
}
void Call::detach() {
  const TrackId track = some_track("s");
  session_.detach(track);
  RC_ASSERT(!session_.slot_of(track));
}

Peer Call::some_peer(const Description& offer) {
  Peer peer;
  for (const Section& section : offer.sections) {
    const std::string mid = value_of(section, "mid");
    if (coin()) peer.sends.insert(mid);
    if (*rc::gen::inRange(0, 8) == 0) peer.rejects.insert(mid);
    if (*rc::gen::inRange(0, 5) == 0) peer.pauses.insert(mid);
  }
  if (coin()) peer.codecs = {"VP8", "opus"};
  if (coin()) peer.layers = {"q", "h", "f"};
  return peer;
}

void Call::our_offer() {
  const std::string offer = session_.make_offer(local_transport());
  check(offer);
  RC_ASSERT(!session_.needs_offer());
  const Description description = parsed(offer);
  const auto applied = session_.apply_answer(some_peer(description).answer(offer));
  if (!applied.ok()) {
    RC_ASSERT(applied.error().message.find("no m= line is accepted") != std::string::npos);
    const auto again = session_.apply_answer(Peer{}.answer(offer));
    RC_ASSERT(again.ok());
  }
  RC_ASSERT(!session_.needs_offer());
  settle();
}

/// The peer takes all that our next offer has left, so that what it rejected before is out of the
/// way.
void Call::settle() {
  const std::string offer = session_.make_offer(local_transport());
  RC_ASSERT(session_.apply_answer(Peer{}.answer(offer)).ok());
  last_ = parsed(offer);
}

Section Call::some_new_section() {
  Section section;
  const bool video = coin();
  // Numbers that differ from ours, and collide with them.
  section.head = video ? MediaHead{"video", 9, "UDP/TLS/RTP/SAVPF", {"111", "112", "100"}}
                       : MediaHead{"audio", 9, "UDP/TLS/RTP/SAVPF", {"96", "0"}};
  section.attributes.add("mid", "m" + std::to_string(next_mid_++));
  section.attributes.add(coin() ? "sendonly" : coin() ? "recvonly" : "sendrecv");
  section.attributes.add("rtcp-mux");
  section.attributes.add("extmap", "1 urn:ietf:params:rtp-hdrext:sdes:mid");
  if (video) {
    section.attributes.add("rtpmap", "111 VP8/90000");
    section.attributes.add("rtpmap", "112 rtx/90000");
    section.attributes.add("fmtp", "112 apt=111");
    section.attributes.add("rtpmap", "100 VP9/90000");
    if (coin()) {
      section.attributes.add("rid", "1 send");
      section.attributes.add("rid", "2 send pt=111");
      section.attributes.add("simulcast", coin() ? "send 1;2" : "send ~1;2,1");
    }
  } else {
    section.attributes.add("rtpmap", "96 opus/48000/2");
  }
  return section;
}

/// What one end says of itself, and the other does not repeat.
const std::set<std::string> kEachEndsOwn{"sendonly", "recvonly",   "inactive", "sendrecv",
                                         "ssrc",     "ssrc-group", "setup",    "ice-ufrag",
                                         "ice-pwd",  "fingerprint"};

/// What the peer knows, with directions of its own, some m-lines ended and one more at the end.
std::string Call::make_peer_offer() {
  Description offer;
  offer.origin = "- 1 1 IN IP4 0.0.0.0";
  if (last_) {
    for (const Section& known : last_->sections) {
      Section section;
      section.head = known.head;
      for (const Attribute& attribute : known.attributes)
        if (!kEachEndsOwn.contains(attribute.name))
          section.attributes.add(attribute.name, attribute.value);
      if (*rc::gen::inRange(0, 8) == 0) section.head.port = 0;
      if (section.head.media != "application")
        section.attributes.add(*rc::gen::elementOf(
            std::vector<std::string>{"sendrecv", "sendonly", "recvonly", "inactive"}));
      offer.sections.push_back(std::move(section));
    }
  }
  if (coin() || offer.sections.empty()) offer.sections.push_back(some_new_section());
  std::string bundle = "BUNDLE";
  for (const Section& section : offer.sections)
    if (section.head.port != 0) bundle += " " + value_of(section, "mid");
  offer.attributes.add("group", bundle);
  offer.attributes.add("ice-ufrag", "peer");
  offer.attributes.add("ice-pwd", "peerpassword0123456789ab");
  offer.attributes.add("fingerprint", "sha-256 00:11:22:33");
  offer.attributes.add("setup", "actpass");
  return write_description(offer);
}

void Call::peer_offer() {
  const std::string offer = make_peer_offer();
  const auto applied = session_.apply_offer(offer);
  if (!applied.ok()) {
    const std::string& why = applied.error().message;
    RC_LOG(why);
    RC_ASSERT(why.find("no m= line can be taken") != std::string::npos ||
              why.find("stand for other codecs") != std::string::npos);
    return;
  }
  for (const IncomingMedia& media : applied->incoming)
    if (coin()) session_.add_receive(some_track("p"), media.kind, media.mid);
  const std::string answer = session_.make_answer(local_transport());
  check(answer);
  last_ = parsed(answer);
  RC_ASSERT(last_->sections.size() == section_count(offer));
}

std::string broken(std::string text) {
  const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
  return text.replace(at, *rc::gen::inRange<std::size_t>(0, 20),
                      *rc::gen::arbitrary<std::string>());
}

/// Whatever it is, it is refused or taken, and the session goes on.
void Call::broken_description() {
  MediaSession other = make_session();
  if (const auto applied = other.apply_offer(broken(make_peer_offer())); applied.ok())
    check_numbers(parsed(other.make_answer(local_transport())));
  else
    RC_ASSERT(applied.error().code == "bad_sdp");
  const std::string offer = session_.make_offer(local_transport());
  const std::string answer = Peer{}.answer(offer);
  if (const auto applied = session_.apply_answer(broken(answer)); !applied.ok()) {
    RC_ASSERT(applied.error().code == "bad_sdp");
    RC_ASSERT(session_.apply_answer(answer).ok());
  }
  settle();
}

void Call::check(const std::string& sdp) {
  const Description description = parsed(sdp);
  std::string bundle = "BUNDLE";
  std::set<std::string> mids;
  for (const Section& section : description.sections) {
    const std::string mid = value_of(section, "mid");
    if (section.head.port == 0) continue;
    RC_ASSERT(!mid.empty());
    RC_ASSERT(mids.insert(mid).second);
    bundle += " " + mid;
  }
  RC_ASSERT(description.attributes.find("group")->value == bundle);
  check_numbers(description);
  check_places(description);
  check_slots();
}

void Call::check_numbers(const Description& description) {
  std::map<std::string, std::string> payloads;
  std::map<std::string, std::string> extensions;
  for (const Section& section : description.sections)
    for (const Attribute& attribute : section.attributes) {
      const std::string number = attribute.value.substr(0, attribute.value.find_first_of(" /"));
      const std::string meaning = attribute.value.substr(attribute.value.find(' ') + 1);
      if (attribute.name == "rtpmap")
        RC_ASSERT(payloads.emplace(number, meaning).first->second == meaning);
      if (attribute.name == "extmap")
        RC_ASSERT(extensions.emplace(number, meaning).first->second == meaning);
    }
}

/// RFC 3264 section 8: an m-line keeps its place; only a rejected one's is given away.
void Call::check_places(const Description& description) {
  if (!last_) return;
  RC_ASSERT(description.sections.size() >= last_->sections.size());
  for (std::size_t i = 0; i < last_->sections.size(); ++i) {
    const Section& before = last_->sections[i];
    const Section& now = description.sections[i];
    if (before.head.port == 0 || now.head.port == 0) continue;
    RC_ASSERT(value_of(before, "mid") == value_of(now, "mid"));
    RC_ASSERT(before.head.media == now.head.media);
  }
}

void Call::check_slots() {
  std::set<std::uint32_t> seen;
  for (const media::Send& send : session_.sending()) {
    RC_ASSERT(send.ssrc != 0);
    RC_ASSERT(seen.insert(send.ssrc).second);
    RC_ASSERT(ssrcs_.emplace(send.mid, send.ssrc).first->second == send.ssrc);
  }
  std::set<std::string> mids;
  for (int i = 0; i < 6; ++i)
    if (const auto mid = session_.slot_of(TrackId("s" + std::to_string(i))))
      RC_ASSERT(mids.insert(*mid).second);
  std::set<std::string> received;
  for (const auto& [track, media] : session_.receiving()) {
    RC_ASSERT(received.insert(media.mid).second);
    RC_ASSERT(!media.codecs.empty());
  }
}

RC_GTEST_PROP(SessionProperty, HoldsOverAnyCall, ()) {
  Call call;
  const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 10));
  for (const int step : steps) {
    switch (step) {
      case 0:
        call.publish();
        break;
      case 1:
        call.unpublish();
        break;
      case 2:
      case 3:
        call.attach();
        break;
      case 4:
        call.detach();
        break;
      case 5:
      case 6:
        call.our_offer();
        break;
      case 7:
        call.peer_offer();
        break;
      case 8:
        call.broken_description();
        break;
      default:
        call.peer_offer();
        call.our_offer();
    }
  }
}

}  // namespace
}  // namespace parley::sdp::test
