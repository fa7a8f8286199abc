#include "tests/rooms/support/script.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

namespace parley::rooms::test {
namespace {

template <typename Tag>
const std::string& text_of(const Id<Tag>& id) {
  return id.str();
}
const std::string& text_of(const Participant& participant) {
  return participant.id.str();
}
const std::string& text_of(const Track& track) {
  return track.id.str();
}
const std::string& text_of(const ChatMessage& message) {
  return message.text;
}

template <typename Values>
std::string list(const Values& values) {
  std::string result;
  for (const auto& value : values) result += (result.empty() ? "" : ",") + text_of(value);
  return result;
}

std::string how(const Delivery& delivery) {
  return fmt::format("{}{}{}{}", delivery.layer.empty() ? "" : " layer " + delivery.layer,
                     delivery.paused ? " paused" : "", delivery.held ? " held" : "",
                     delivery.preferred ? " first" : "");
}

struct EventLine {
  std::string operator()(const event::ParticipantJoined& e) const {
    const auto& [id, name, host, tracks, joined_at] = e.participant;
    return fmt::format("joined {}{}{}", id.str(), host ? " host" : "",
                       tracks.empty() ? "" : " with " + list(tracks));
  }
  std::string operator()(const event::ParticipantLeft& e) const {
    return fmt::format("left {} ({})", e.participant.str(), e.reason);
  }
  std::string operator()(const event::HostChanged& e) const {
    return "host " + e.participant.str();
  }
  std::string operator()(const event::TrackAdded& e) const {
    return fmt::format("track {}/{} {}{}", e.participant.str(), e.track.id.str(), e.track.codec,
                       e.track.muted ? " muted" : "");
  }
  std::string operator()(const event::TrackRemoved& e) const {
    return fmt::format("no track {}/{}", e.participant.str(), e.track.str());
  }
  std::string operator()(const event::TrackMuted& e) const {
    return fmt::format("{} {}/{}", e.muted ? "muted" : "unmuted", e.participant.str(),
                       e.track.str());
  }
  std::string operator()(const event::TrackUndecodable& e) const {
    return fmt::format("{} {}/{} {}", e.undecodable ? "undecodable" : "decodable",
                       e.participant.str(), e.track.str(), e.codec);
  }
  std::string operator()(const event::TrackHeld& e) const {
    return fmt::format("{} {}/{}", e.held ? "held" : "let through", e.participant.str(),
                       e.track.str());
  }
  std::string operator()(const event::ChatPosted& e) const {
    return fmt::format("chat {}: {}", e.message.from.str(), e.message.text);
  }
  std::string operator()(const event::ActiveSpeaker& e) const {
    return fmt::format("speaking {}{}", list(e.participants),
                       e.dominant.empty() ? "" : " (floor " + e.dominant.str() + ")");
  }
  std::string operator()(const event::PublishFailed& e) const {
    return "publish failed " + e.track.str();
  }
  std::string operator()(const event::TransportClosed& e) const {
    return fmt::format("transport closed ({})", e.reason);
  }
  std::string operator()(const event::Removed& e) const {
    return fmt::format("removed ({})", e.reason);
  }
  std::string operator()(const event::RoomClosed& e) const {
    return fmt::format("room closed ({})", e.reason);
  }
};

struct ReplyLine {
  std::string operator()(const reply::Done&) const { return "done"; }
  std::string operator()(const reply::Joined& r) const {
    return fmt::format("{} {}{}; others [{}], tracks [{}], chat [{}]",
                       r.resumed ? "resumed" : "joined", r.participant.str(), r.host ? " host" : "",
                       list(r.participants), list(r.tracks), list(r.chat));
  }
  std::string operator()(const reply::Published& r) const { return "published " + r.track.str(); }
  std::string operator()(const reply::Posted& r) const { return "posted " + r.message_id; }
};

struct EffectLine {
  std::string operator()(const Answer& e) const {
    return "answer: " +
           (e.reply.ok() ? std::visit(ReplyLine{}, e.reply.value()) : e.reply.error().code);
  }
  std::string operator()(const Send& e) const {
    return fmt::format("to {}: {}", e.to.str(), std::visit(EventLine{}, e.event));
  }
  std::string operator()(const OpenTransport& e) const {
    return "open transport " + e.participant.str();
  }
  std::string operator()(const CloseTransport& e) const {
    return "close transport " + e.participant.str();
  }
  std::string operator()(const ForgetParticipant& e) const {
    return "forget " + e.participant.str();
  }
  std::string operator()(const OpenTrack& e) const {
    return fmt::format("open track {}/{} {} {}", e.participant.str(), e.track.str(),
                       media::to_string(e.kind), to_string(e.source));
  }
  std::string operator()(const CloseTrack& e) const {
    return fmt::format("close track {}/{}", e.participant.str(), e.track.str());
  }
  std::string operator()(const LinkTrack& e) const {
    return fmt::format("link {}/{} -> {}{}", e.publisher.str(), e.track.id.str(),
                       e.subscriber.str(), how(e.delivery));
  }
  std::string operator()(const UpdateLink& e) const {
    return fmt::format("update {} -> {}{}", e.track.str(), e.subscriber.str(), how(e.delivery));
  }
  std::string operator()(const UnlinkTrack& e) const {
    return fmt::format("unlink {} -> {}", e.track.str(), e.subscriber.str());
  }
  std::string operator()(const EndRoom&) const { return "end room"; }
};

}  // namespace

std::string line(const Effect& effect) {
  return std::visit(EffectLine{}, effect);
}

Script script(const std::vector<Effect>& effects) {
  Script lines;
  std::transform(effects.begin(), effects.end(), std::back_inserter(lines), line);
  return lines;
}

Script starting_with(std::string_view start, const Script& lines) {
  Script result;
  std::copy_if(lines.begin(), lines.end(), std::back_inserter(result),
               [&](const std::string& text) { return text.starts_with(start); });
  return result;
}

}  // namespace parley::rooms::test
