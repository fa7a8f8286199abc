// A conference that notes what it is asked and answers what a test says.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "signaling/backend.hpp"

namespace parley::signaling::http {

class FakeBackend : public Backend {
 public:
  struct Asked {
    ClientId client;
    RequestId request;
    Request what;
  };
  struct Gone {
    ClientId client;
    bool clean;
  };

  ClientId connected(std::weak_ptr<Client> client) override;
  void disconnected(ClientId client, bool clean) override;
  void request(ClientId client, RequestId request, Request what) override;

  std::vector<RoomState> rooms() const override { return states; }
  Result<RoomState> room(const RoomId& room) const override;
  Result<RoomId> create_room(const RoomId& wanted, const rooms::SettingsChange& settings) override;
  Status change_room(const RoomId& room, const rooms::SettingsChange& change) override;
  Status close_room(const RoomId& room) override;
  Status remove_participant(const RoomId& room, const ParticipantId& participant) override;
  Result<std::string> graph(const RoomId& room) const override;
  std::string not_ready() const override { return missing; }
  std::string metrics() const override { return "parley_rooms 1\n"; }

  /// The client as the backend sees it; null once its connection is gone.
  [[nodiscard]] std::shared_ptr<Client> client(ClientId id) const;

  std::vector<RoomState> states;
  std::string dot = "digraph { microphone -> tee }";
  std::string missing;
  std::optional<Error> refuse_creation;
  bool answer_at_once = true;  ///< requests, with Done

  std::map<ClientId, std::weak_ptr<Client>> clients;
  std::vector<Asked> asked;
  std::vector<Gone> gone;
  std::vector<RoomId> closed_rooms;
  std::vector<ParticipantId> removed;
};

/// A room "lab" with Ann, who sends a camera track, and Bob, who gets it.
RoomState lab();

}  // namespace parley::signaling::http
