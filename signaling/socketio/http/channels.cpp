#include "signaling/socketio/http/channels.hpp"

#include <utility>

#include "signaling/socketio/http/link.hpp"

namespace parley::signaling::socketio {

void Channels::open(Ref<GIOStream> stream, std::weak_ptr<Link> link) {
  const Channel channel = next_++;
  auto socket = std::make_unique<http::WebSocket>(
      std::move(stream), limits_,
      http::WebSocket::Handlers{
          .text = [this, channel](std::string_view text) { received(channel, false, text); },
          .ended = [this, channel](const http::WebSocket::Ended&) { ended(channel); },
          .binary = [this, channel](std::string_view data) { received(channel, true, data); }});
  channels_.emplace(channel, Entry{std::move(socket), std::move(link)});
}

void Channels::send(Channel channel, const Frame& frame) {
  const auto entry = channels_.find(channel);
  if (entry == channels_.end()) return;
  if (frame.binary) {
    entry->second.socket->send_binary(frame.data);
  } else {
    entry->second.socket->send(frame.data);
  }
}

void Channels::close(Channel channel, std::uint16_t code) {
  const auto entry = channels_.find(channel);
  if (entry == channels_.end()) return;
  entry->second.link.reset();
  entry->second.socket->close(code, "");
}

void Channels::received(Channel channel, bool binary, std::string_view data) {
  if (const auto link = channels_.at(channel).link.lock())
    link->channel_received(channel, binary, data);
}

void Channels::ended(Channel channel) {
  const auto link = channels_.at(channel).link.lock();
  channels_.erase(channel);
  if (link) link->channel_gone(channel);
}

}  // namespace parley::signaling::socketio
