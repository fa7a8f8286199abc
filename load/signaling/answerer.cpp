#include "load/signaling/answerer.hpp"

#include <algorithm>
#include <optional>

#include "load/signaling/remote_end.hpp"
#include "signaling/sdp/extensions.hpp"
#include "signaling/sdp/line_writer.hpp"
#include "signaling/sdp/peer_media.hpp"
#include "signaling/sdp/text.hpp"

namespace parley::load {
namespace {

using media::Extension;
using media::Kind;
using sdp::Attributes;
using sdp::Section;

/// The header extensions that the tool writes or reads.
constexpr std::array kExtensions{Extension::Mid,         Extension::Rid,
                                 Extension::RepairedRid, Extension::AudioLevel,
                                 Extension::AbsSendTime, Extension::TransportCc};
constexpr std::string_view kProtocol = "UDP/TLS/RTP/SAVPF";
constexpr std::uint32_t kHostPriority = 126U << 24 | 0xffffU << 8 | 0xff;

Kind kind_of(const Section& section) {
  return section.head.media == "audio" ? Kind::Audio : Kind::Video;
}

/// Whether a codec that the server takes is the one that is sent. H.264 is sent in the mode that
/// allows fragments (RFC 6184 6.3).
bool is_sent(const media::Codec& codec, Kind kind, const LocalEnd& local) {
  if (codec.name == media::CodecName::H264 &&
      codec.fmtp.find("packetization-mode=1") == std::string::npos)
    return false;
  return codec.name == (kind == Kind::Audio ? media::CodecName::Opus : local.video_codec);
}

std::string mid_of(const Section& section) {
  const sdp::Attribute* mid = section.attributes.find("mid");
  return mid == nullptr ? std::string() : mid->value;
}

/// The rids that a=simulcast of an offer wants to receive (RFC 8853 5.1), or an answer took. Of
/// alternatives the first counts; "~" says paused.
std::vector<std::string> received_rids(const Section& section) {
  std::vector<std::string> rids;
  const sdp::Attribute* simulcast = section.attributes.find("simulcast");
  if (simulcast == nullptr) return rids;
  std::string_view rest = simulcast->value;
  while (!rest.empty() && sdp::take_word(rest) != "recv") (void)sdp::take_word(rest);
  std::string_view list = sdp::take_word(rest);
  while (!list.empty()) {
    std::string_view alternatives = sdp::take_word(list, ';');
    std::string_view rid = sdp::take_word(alternatives, ',');
    if (rid.starts_with('~')) rid.remove_prefix(1);
    rids.emplace_back(rid);
  }
  return rids;
}

/// The layers that can be sent to a server that takes `rids`, under its names. Without simulcast
/// the best layer alone.
std::vector<SendLayer> agreed_layers(const std::vector<SendLayer>& own,
                                     const std::vector<std::string>& rids) {
  std::vector<SendLayer> layers;
  if (own.empty()) return layers;
  if (rids.empty() || own.size() == 1) {
    layers.push_back(own.back());
    layers.back().rid.clear();
    return layers;
  }
  for (const SendLayer& layer : own)
    if (std::ranges::find(rids, layer.rid) != rids.end()) layers.push_back(layer);
  if (!layers.empty()) return layers;
  layers.assign(own.begin(), own.begin() + std::min(own.size(), rids.size()));
  for (std::size_t i = 0; i < layers.size(); ++i) layers[i].rid = rids[i];
  return layers;
}

media::ExtensionMap extension_map(const sdp::PeerMedia& peer) {
  media::ExtensionMap map;
  for (const sdp::OfferedExtension& offered : peer.extensions)
    if (std::ranges::find(kExtensions, offered.extension) != kExtensions.end())
      map.set(offered.extension, offered.id);
  return map;
}

void write_extensions(Attributes& attributes, const media::ExtensionMap& extensions) {
  for (const Extension extension : kExtensions)
    if (const unsigned id = extensions.id(extension); id != 0)
      attributes.add("extmap", std::to_string(id) + " " + std::string(sdp::uri_of(extension)));
}

/// What is sent on the m-line: by SSRC without simulcast, by rid with (RFC 8853).
void write_layers(Attributes& attributes, const std::vector<SendLayer>& layers, bool rtx,
                  const std::string& cname) {
  attributes.add("msid", cname + " " + cname);
  if (layers.size() > 1) {
    std::string list;
    for (const SendLayer& layer : layers) {
      attributes.add("rid", layer.rid + " send");
      list += (list.empty() ? "" : ";") + layer.rid;
    }
    attributes.add("simulcast", "send " + list);
    return;
  }
  const SendLayer& layer = layers.front();
  const std::string ssrc = std::to_string(layer.ssrc), repair = std::to_string(layer.rtx_ssrc);
  if (rtx) attributes.add("ssrc-group", "FID " + ssrc + " " + repair);
  attributes.add("ssrc", ssrc + " cname:" + cname);
  if (rtx) attributes.add("ssrc", repair + " cname:" + cname);
}

void write_transport(Attributes& attributes, const LocalEnd& local, const char* setup) {
  attributes.add("ice-ufrag", local.ice.ufrag);
  attributes.add("ice-pwd", local.ice.password);
  attributes.add("fingerprint", local.fingerprint);
  attributes.add("setup", setup);
  if (local.address.empty()) return;
  attributes.add("candidate", "1 1 udp " + std::to_string(kHostPriority) + " " + local.address +
                                  " " + std::to_string(local.port) + " typ host");
  attributes.add("end-of-candidates");
}

Section reject(const Section& offered) {
  Section section;
  section.head = offered.head;
  section.head.port = 0;
  if (const std::string mid = mid_of(offered); !mid.empty()) section.attributes.add("mid", mid);
  section.attributes.add("inactive");
  return section;
}

const char* direction(bool send, bool receive) {
  if (send) return receive ? "sendrecv" : "sendonly";
  return receive ? "recvonly" : "inactive";
}

media::Receive receive_of(const std::string& mid, Kind kind, const sdp::PeerMedia& peer) {
  media::Receive receive;
  receive.mid = mid;
  receive.kind = kind;
  for (const sdp::OfferedCodec& offered : peer.codecs) receive.codecs.push_back(offered.codec);
  receive.extensions = extension_map(peer);
  receive.ssrcs = peer.ssrcs;
  receive.rtx = peer.rtx;
  receive.transport_cc = receive.extensions.id(Extension::TransportCc) != 0 &&
                         std::ranges::any_of(peer.codecs, [](const auto& codec) {
                           return codec.feedback.transport_cc;
                         });
  return receive;
}

/// What the client sends on an m-line, or nothing where the server lacks the codec.
std::optional<SendLine> send_of(const Section& section, const sdp::PeerMedia& peer,
                                const LocalEnd& local) {
  const Kind kind = kind_of(section);
  const auto codec = std::ranges::find_if(peer.codecs, [&](const sdp::OfferedCodec& offered) {
    return is_sent(offered.codec, kind, local);
  });
  if (!peer.receives || codec == peer.codecs.end() || local.layers(kind).empty())
    return std::nullopt;
  SendLine line{mid_of(section), kind, codec->codec, extension_map(peer), {}};
  line.layers = agreed_layers(local.layers(kind), received_rids(section));
  if (!line.codec.rtx_payload_type)
    for (SendLayer& layer : line.layers) layer.rtx_ssrc = 0;
  return line;
}

/// Answers m-line by m-line and collects what was agreed.
class Answerer {
 public:
  Answerer(const sdp::Description& offer, const LocalEnd& local, std::span<const std::string> mids)
      : offer_(offer), local_(local), mids_(mids) {}

  Result<Description> answer() {
    auto remote = read_remote_end(offer_);
    if (!remote) return remote.error();
    session_.remote = std::move(*remote);
    // The lite end never controls; between full ones the offerer does (RFC 8445 6.1.1).
    session_.ice_role = session_.remote.lite ? IceRole::Controlling : IceRole::Controlled;
    session_.dtls_role = read_setup(offer_) == "active" ? DtlsRole::Server : DtlsRole::Client;
    for (const Section& section : offer_.sections)
      if (auto taken = take(section); !taken) return taken.error();
    sdp::Description description;
    description.origin = "- 1 1 IN IP4 127.0.0.1";
    description.attributes.add("group", bundle_);
    description.attributes.add("msid-semantic", "WMS *");
    description.sections = std::move(sections_);
    return Description{sdp::write_description(description), std::move(session_)};
  }

 private:
  Status take(const Section& offered) {
    if (sdp::is_rejected(offered) || !sdp::is_rtp(offered.head)) {
      sections_.push_back(reject(offered));
      return Nothing{};
    }
    auto peer = sdp::read_media(offered, kind_of(offered), offer_.attributes);
    if (!peer) return peer.error();
    take_media(offered, *peer);
    return Nothing{};
  }

  void take_media(const Section& offered, const sdp::PeerMedia& peer) {
    const std::string mid = mid_of(offered);
    std::optional<SendLine> send;
    if (std::ranges::find(mids_, mid) != mids_.end()) send = send_of(offered, peer, local_);
    Section section;
    section.head = {offered.head.media, 9, offered.head.protocol, {}};
    Attributes& attributes = section.attributes;
    attributes.add("mid", mid);
    write_transport(attributes, local_,
                    session_.dtls_role == DtlsRole::Client ? "active" : "passive");
    attributes.add(direction(send.has_value(), peer.sends));
    attributes.add("rtcp-mux");
    attributes.add("rtcp-rsize");
    write_extensions(attributes, extension_map(peer));
    for (const sdp::OfferedCodec& codec : peer.codecs)
      if (!send || codec.codec.name == send->codec.name)
        sdp::write_codec(section, codec.codec, codec.feedback);
    if (section.head.formats.empty()) {  // nothing that the tool could forward or count
      sections_.push_back(reject(offered));
      return;
    }
    if (send)
      write_layers(attributes, send->layers, send->layers.front().rtx_ssrc != 0, local_.cname);
    bundle_ += " " + mid;
    sections_.push_back(std::move(section));
    if (peer.sends) session_.receives.push_back(receive_of(mid, kind_of(offered), peer));
    if (send) session_.sends.push_back(std::move(*send));
  }

  const sdp::Description& offer_;
  const LocalEnd& local_;
  std::span<const std::string> mids_;
  Session session_;
  std::vector<Section> sections_;
  std::string bundle_ = "BUNDLE";
};

/// What our own offers list: the numbers that Chromium uses.
media::Codec offered_codec(Kind kind, const LocalEnd& local) {
  if (kind == Kind::Audio)
    return {media::CodecName::Opus, 111, std::nullopt, 48'000, 2, "minptime=10;useinbandfec=1"};
  switch (local.video_codec) {
    case media::CodecName::Vp9:
      return {media::CodecName::Vp9, 98, std::uint8_t{99}, 90'000, 0, "profile-id=0"};
    case media::CodecName::H264:
      return {media::CodecName::H264,
              102,
              std::uint8_t{103},
              90'000,
              0,
              "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"};
    default:
      return {media::CodecName::Vp8, 96, std::uint8_t{97}, 90'000, 0, ""};
  }
}

media::ExtensionMap offered_extensions(Kind kind) {
  media::ExtensionMap map;
  if (kind == Kind::Audio) map.set(Extension::AudioLevel, 1);
  map.set(Extension::AbsSendTime, 2);
  map.set(Extension::TransportCc, 3);
  map.set(Extension::Mid, 4);
  if (kind == Kind::Video) {
    map.set(Extension::Rid, 10);
    map.set(Extension::RepairedRid, 11);
  }
  return map;
}

Section offered_section(Kind kind, const std::string& mid, const LocalEnd& local) {
  Section section;
  section.head = {std::string(media::to_string(kind)), 9, std::string(kProtocol), {}};
  Attributes& attributes = section.attributes;
  attributes.add("mid", mid);
  write_transport(attributes, local, "actpass");
  const auto& layers = local.layers(kind);
  attributes.add(direction(!layers.empty(), layers.empty()));
  attributes.add("rtcp-mux");
  attributes.add("rtcp-rsize");
  write_extensions(attributes, offered_extensions(kind));
  const media::Codec codec = offered_codec(kind, local);
  sdp::Feedback feedback;
  feedback.transport_cc = true;
  if (kind == Kind::Video) feedback.nack = feedback.pli = feedback.fir = feedback.remb = true;
  sdp::write_codec(section, codec, feedback);
  if (!layers.empty())
    write_layers(attributes, layers, codec.rtx_payload_type.has_value(), local.cname);
  return section;
}

}  // namespace

Result<Description> answer_offer(std::string_view offer, const LocalEnd& local,
                                 std::span<const std::string> mids) {
  auto description = sdp::parse_description(offer);
  if (!description) return description.error();
  return Answerer(*description, local, mids).answer();
}

std::string make_offer(const LocalEnd& local) {
  sdp::Description description;
  description.origin = "- 1 1 IN IP4 127.0.0.1";
  std::string bundle = "BUNDLE";
  for (const Kind kind : {Kind::Audio, Kind::Video}) {
    if (local.layers(kind).empty() && local.sends()) continue;
    const std::string mid = std::to_string(description.sections.size());
    bundle += " " + mid;
    description.sections.push_back(offered_section(kind, mid, local));
  }
  description.attributes.add("group", bundle);
  description.attributes.add("msid-semantic", "WMS *");
  return sdp::write_description(description);
}

Result<Session> read_answer(std::string_view answer, const LocalEnd& local) {
  const auto description = sdp::parse_description(answer);
  if (!description) return description.error();
  auto remote = read_remote_end(*description);
  if (!remote) return remote.error();
  Session session;
  session.remote = std::move(*remote);
  session.ice_role = IceRole::Controlling;
  session.dtls_role = read_setup(*description) == "active" ? DtlsRole::Server : DtlsRole::Client;
  for (const Section& section : description->sections) {
    if (sdp::is_rejected(section) || !sdp::is_rtp(section.head)) continue;
    const auto peer = sdp::read_media(section, kind_of(section), description->attributes);
    if (!peer) return peer.error();
    if (auto send = send_of(section, *peer, local)) session.sends.push_back(std::move(*send));
    if (peer->sends)
      session.receives.push_back(receive_of(mid_of(section), kind_of(section), *peer));
  }
  return session;
}

}  // namespace parley::load
