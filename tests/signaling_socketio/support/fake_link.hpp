// Sessions without a network, on a clock that only moves when told.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "signaling/socketio/server.hpp"

namespace parley::signaling::socketio {

class FakeLink : public EngineLink {
 public:
  FakeLink(const Accept& accept, Version version) {
    handshake_.sid = "engine" + std::to_string(++count());
    handshake_.version = version;
    client_ = accept(*this);
  }
  ~FakeLink() override { end(); }

  const Handshake& handshake() const override { return handshake_; }
  void send(std::span<const Message> messages) override {
    for (const Message& message : messages) sent_.push_back(*message.data);
  }
  void close(CloseReason reason) override { closed_ = std::string(to_string(reason)); }

  /// The client says that; nothing once the session closes.
  void receive(const std::string& text) {
    if (client_ && closed_.empty()) client_->received(Message::text(text));
  }
  void receive_binary(const std::string& data) {
    if (client_ && closed_.empty()) client_->received(Message::bytes(data));
  }
  /// The session is over.
  void end(CloseReason reason = CloseReason::TransportClose) {
    if (const auto client = std::move(client_)) client->closed(reason);
  }
  /// What was sent since the last call.
  std::vector<std::string> sent() { return std::exchange(sent_, {}); }
  /// Why the server closed it; empty while it did not.
  [[nodiscard]] const std::string& closed() const { return closed_; }

 private:
  static int& count() {
    static int made = 0;
    return made;
  }
  Handshake handshake_;
  std::unique_ptr<EngineClient> client_;
  std::vector<std::string> sent_;
  std::string closed_;
};

}  // namespace parley::signaling::socketio
