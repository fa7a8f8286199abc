#include "signaling/applications/arguments.hpp"

namespace parley::signaling::applications {

using socketio::object;
using socketio::Value;

const Value* argument(const socketio::Args& args, std::size_t index) {
  return index < args.size() ? &args[index] : nullptr;
}

std::optional<std::string> read_name(const Value* value) {
  if (value == nullptr) return std::nullopt;
  if (value->number() != nullptr) return socketio::to_json(*value);
  const std::string* text = value->string();
  if (text == nullptr || text->empty() || text->size() > kMaxName) return std::nullopt;
  return *text;
}

void refuse(const socketio::Ack& ack, std::string_view code, std::string_view message) {
  ack({object({{"error", object({{"code", code}, {"message", message}})}})});
}

}  // namespace parley::signaling::applications
