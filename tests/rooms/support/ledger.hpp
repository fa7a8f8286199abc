// Keeps the books on a room from its effects alone, as the conference and the clients would, and
// notes whatever does not add up.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "rooms/room.hpp"

namespace parley::rooms::test {

class Ledger {
 public:
  explicit Ledger(Limits limits) : limits_(limits) {}

  /// Enters what `input` brought about. Returns the first thing wrong, or nothing.
  std::optional<std::string> enter(const Input& input, const std::vector<Effect>& effects,
                                   const Room& room);

  [[nodiscard]] bool forgotten(const ParticipantId& participant) const {
    return forgotten_.contains(participant);
  }
  [[nodiscard]] std::size_t links() const { return links_.size(); }

 private:
  /// The room as one client was told of it.
  struct View {
    ParticipantId self;
    ParticipantId host;
    std::map<ParticipantId, std::map<TrackId, Track>> others;
    event::ActiveSpeaker speaking;
    std::set<TrackId> held;
  };
  struct Client {
    std::optional<View> view;  ///< while it has a session
    bool transport = false;
    std::map<TrackId, bool> tracks;  ///< opened ones; true: media has come in
  };

  void require(bool holds, const std::string& what);
  void enter_effect(const Effect& effect);
  void on(const Answer& effect);
  void on(const Send& effect);
  void on(const OpenTransport& effect);
  void on(const CloseTransport& effect);
  void on(const ForgetParticipant& effect);
  void on(const OpenTrack& effect);
  void on(const CloseTrack& effect);
  void on(const LinkTrack& effect);
  void on(const UpdateLink& effect);
  void on(const UnlinkTrack& effect);
  void on(const EndRoom& effect);
  void told(View& view, const Event& event);
  void note_flow(const Input& input);
  void note_silence(const Input& input);
  void check_answers(const Input& input, const std::vector<Effect>& effects);
  void check_views(const Room& room);
  void check_links(const Room& room);
  void check_cameras(const Room& room);
  [[nodiscard]] bool linked(const TrackId& track) const;

  Limits limits_;
  std::map<ParticipantId, Client> clients_;
  std::set<ParticipantId> forgotten_;
  std::map<std::pair<ParticipantId, TrackId>, LinkTrack> links_;
  std::optional<std::string> wrong_;
};

}  // namespace parley::rooms::test
