// A MediaSession on standard input and output, for scripts that hold browsers against it.
// One command a line; a description is written and read as lines that end with a "." alone.
//   receive TRACK audio|video [MID] · unreceive TRACK · attach TRACK audio|video SEAT · detach
//   TRACK offer · answer SDP · peer-offer SDP · make-answer · state · policy NAME on|off (before
//   all else)
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <string>

#include "signaling/sdp/media_session.hpp"

namespace {

using namespace parley;
using sdp::MediaSession;

class Tool {
 public:
  void run(const std::string& line);

 private:
  MediaSession& session();
  void set_policy(const std::string& name, bool on);
  void print_applied(const Result<sdp::Applied>& applied);
  void print_state();

  sdp::Options options_;
  std::unique_ptr<MediaSession> session_;
  std::uint32_t next_ssrc_ = 1'000'000;
};

const sdp::LocalTransport kLocal{
    "srvu",
    "serverpassword0123456789ab",
    "sha-256 "
    "9B:9C:4E:84:61:FE:72:47:21:C7:44:5A:A0:39:90:1C:59:FB:0B:1A:9D:9B:4E:CB:66:06:8C:1A:36:1C:0B:"
    "8E",
    {{"1", 2130706431, "127.0.0.1", 10000}, {"2", 2130706175, "::1", 10000}}};

media::Kind kind_of(const std::string& word) {
  return word == "audio" ? media::Kind::Audio : media::Kind::Video;
}

std::string read_description() {
  std::string text;
  for (std::string line; std::getline(std::cin, line) && line != "." && line != ".\r";)
    text += line + "\n";
  return text;
}

void print_description(const std::string& text) {
  std::cout << text << ".\n";
}

MediaSession& Tool::session() {
  if (!session_) {
    options_.session_id = 4711;
    options_.next_ssrc = [this] { return next_ssrc_++; };
    session_ = std::make_unique<MediaSession>(options_);
  }
  return *session_;
}

void Tool::set_policy(const std::string& name, bool on) {
  const std::map<std::string, bool*> switches{{"remb", &options_.policy.remb},
                                              {"transport-cc", &options_.policy.transport_cc},
                                              {"simulcast", &options_.policy.simulcast},
                                              {"data", &options_.data_channel}};
  *switches.at(name) = on;
}

void Tool::print_applied(const Result<sdp::Applied>& applied) {
  if (!applied) {
    std::cout << "error " << applied.error().code << " " << applied.error().message << "\n";
    return;
  }
  std::cout << "applied data=" << applied->transport.data_channel
            << " fingerprints=" << applied->transport.fingerprints.size();
  for (const auto& track : applied->accepted) std::cout << " accepted=" << track.str();
  for (const auto& track : applied->refused) std::cout << " refused=" << track.str();
  for (const auto& media : applied->incoming)
    std::cout << " incoming=" << media.mid << ":" << media::to_string(media.kind);
  std::cout << "\n";
}

void Tool::print_state() {
  std::cout << "needs_offer=" << session().needs_offer();
  for (const auto& [track, media] : session().receiving()) {
    std::cout << " receiving=" << media.mid << ":" << track.str();
    for (const auto& rid : media.rids) std::cout << ":" << rid;
    std::cout << (media.transport_cc ? ":transport-cc" : "");
  }
  for (const auto& send : session().sending())
    std::cout << " sending=" << send.mid << ":" << send.codecs.size()
              << (send.transport_cc ? ":transport-cc" : "");
  std::cout << "\n";
}

void Tool::run(const std::string& line) {
  std::istringstream words(line);
  std::string command, track, kind, more;
  words >> command >> track >> kind >> more;
  if (command == "policy") {
    set_policy(track, kind == "on");
    std::cout << "ok\n";
  } else if (command == "receive") {
    std::cout << "mid "
              << session().add_receive(TrackId(track), kind_of(kind),
                                       more.empty() ? std::nullopt : std::optional(more))
              << "\n";
  } else if (command == "unreceive") {
    session().remove_receive(TrackId(track));
    std::cout << "ok\n";
  } else if (command == "attach") {
    const auto slot = session().attach(TrackId(track), kind_of(kind), more);
    std::cout << "slot " << slot.mid << (slot.needs_offer ? " new" : " live") << "\n";
  } else if (command == "detach") {
    session().detach(TrackId(track));
    std::cout << "ok\n";
  } else if (command == "offer") {
    print_description(session().make_offer(kLocal));
  } else if (command == "make-answer") {
    print_description(session().make_answer(kLocal));
  } else if (command == "answer") {
    print_applied(session().apply_answer(read_description()));
  } else if (command == "peer-offer") {
    print_applied(session().apply_offer(read_description()));
  } else if (command == "state") {
    print_state();
  } else {
    std::cout << "error unknown command\n";
  }
  std::cout << std::flush;
}

}  // namespace

int main() {
  Tool tool;
  for (std::string line; std::getline(std::cin, line);) tool.run(line);
}
