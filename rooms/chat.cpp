// Messages and their history.
#include <utility>

#include "rooms/room_impl.hpp"
#include "rooms/text.hpp"

namespace parley::rooms {

void Room::Impl::on(const Chat& in) {
  const auto seat = asking(in.participant);
  if (!seat) return refuse(in.request, seat.error());
  if (const Status text = check_message(in.text, limits.message_length); !text)
    return refuse(in.request, text.error());

  ChatMessage message{.id = in.message_id,
                      .from = in.participant,
                      .name = (*seat)->name,
                      .text = in.text,
                      .at = in.at};
  answer(in.request, reply::Posted{message.id});
  broadcast(event::ChatPosted{message});
  chat.push_back(std::move(message));
  if (chat.size() > limits.chat_history) chat.pop_front();
}

}  // namespace parley::rooms
