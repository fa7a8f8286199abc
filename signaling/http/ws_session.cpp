#include "signaling/http/ws_session.hpp"
namespace parley::signaling::http {
WsSession::WsSession(Ref<GIOStream> stream, const SessionLimits& limits, Backend& backend,
                     std::function<void()> ended)
    : limits_(limits),
      backend_(backend),
      ended_(std::move(ended)),
      socket_(std::move(stream), limits.socket,
              {[](std::string_view) {}, [this](const WebSocket::Ended& e) { this->ended(e); }}),
      requests_(1, 1, now()) {}
WsSession::~WsSession() = default;
void WsSession::start() {
  client_ = backend_.connected(weak_from_this());
}
void WsSession::go_away() {
  socket_.close(1001, "server");
}
void WsSession::answer(RequestId, const Result<rooms::Reply>&) {}
void WsSession::event(const rooms::Event&) {}
void WsSession::offer(const Description&) {}
void WsSession::description_answer(RequestId, const Description&) {}
void WsSession::slots(const std::vector<SlotMapping>&) {}
void WsSession::close(std::string_view) {}
void WsSession::received(std::string_view) {}
void WsSession::ended(const WebSocket::Ended& e) {
  backend_.disconnected(client_, e.goodbye);
  ended_();
}
}  // namespace parley::signaling::http
