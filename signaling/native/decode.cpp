#include "signaling/native/decode.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "signaling/native/fields.hpp"
#include "support/glib/ref.hpp"

namespace parley::signaling::native {
namespace {

constexpr std::size_t kMaxId = 128;
constexpr std::size_t kMaxName = 1024;        // bytes; rooms counts characters
constexpr std::size_t kMaxChat = 64 * 1024;   // bytes; rooms counts characters
constexpr std::size_t kMaxSdp = 256 * 1024;
constexpr std::size_t kMaxCandidate = 4096;
constexpr guint kMaxSubscriptions = 1000;
constexpr int kMaxDepth = 16;
constexpr std::int64_t kMaxInteger = std::int64_t{1} << 53;  // what JavaScript's numbers hold

using Reading = std::variant<Request, PingRequest>;

/// json-glib recurses into what it parses, so depth is bounded before it sees the text.
bool too_deep(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kMaxDepth) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

/// The id as it stood: a string of at most 128 bytes or a whole number that JavaScript can hold.
std::optional<std::string> read_id(JsonObject* object) {
  JsonNode* node = json_object_get_member(object, "id");
  if (node == nullptr || !JSON_NODE_HOLDS_VALUE(node)) return std::nullopt;
  const GType type = json_node_get_value_type(node);
  if (type == G_TYPE_INT64) {
    const std::int64_t number = json_node_get_int(node);
    if (number < -kMaxInteger || number > kMaxInteger) return std::nullopt;
    return std::to_string(number);
  }
  if (type != G_TYPE_STRING || std::string_view(json_node_get_string(node)).size() > kMaxId) return std::nullopt;
  const Handle<char, g_free> text(json_to_string(node, FALSE));
  return std::string(text.get());
}

Reading read_join(Fields& fields) {
  JoinRequest join;
  join.room = RoomId(fields.text("room", kMaxId));
  join.name = fields.optional_text("name", kMaxName).value_or("");
  join.token = fields.optional_text("token", kMaxChat).value_or("");
  const std::string subscribe = fields.optional_text("subscribe", kMaxId).value_or("all");
  fields.fail_unless(subscribe == "all" || subscribe == "none", "subscribe", "\"all\" or \"none\"");
  join.subscribe_all = subscribe == "all";
  join.data_channel = fields.boolean_or("data", true);
  if (fields.has("resume")) {
    JsonObject* object = fields.object("resume");
    if (object == nullptr) return join;
    Fields resume(object, "resume.");
    join.resume_id = resume.text("participant", kMaxId);
    join.resume_token = resume.text("token", kMaxId);
    const std::string media = resume.optional_text("media", kMaxId).value_or("new");
    resume.fail_unless(media == "keep" || media == "new", "media", "\"keep\" or \"new\"");
    resume.fail_unless(!join.resume_id.empty(), "participant", "a participant's id");
    join.keep_media = media == "keep";
    fields.adopt(resume);
  }
  return join;
}

Reading read_leave(Fields&) { return LeaveRequest{}; }

Reading read_publish(Fields& fields) {
  PublishRequest publish;
  const auto kind = fields.optional_text("kind", kMaxId);
  fields.fail_unless(!kind || *kind == "audio" || *kind == "video", "kind", "\"audio\" or \"video\"");
  if (kind && !fields.has("source")) {
    publish.source = *kind == "audio" ? rooms::Source::Microphone : rooms::Source::Camera;
  } else {
    const auto source = rooms::parse_source(fields.text("source", kMaxId));
    fields.fail_unless(source.has_value(), "source", "microphone, camera, screen or screen-audio");
    publish.source = source.value_or(rooms::Source::Microphone);
    const bool fits = !kind || media::to_string(rooms::kind_of(publish.source)) == *kind;
    fields.fail_unless(fits, "kind", "that of the source, or left out");
  }
  publish.muted = fields.boolean_or("muted", false);
  publish.mid = fields.optional_text("mid", kMaxId);
  return publish;
}

Reading read_unpublish(Fields& fields) { return UnpublishRequest{TrackId(fields.text("track", kMaxId))}; }

rooms::Subscription read_subscription(Fields& fields) {
  rooms::Subscription subscription;
  subscription.track = TrackId(fields.text("track", kMaxId));
  subscription.paused = fields.boolean_or("paused", false);
  subscription.layer = fields.optional_text("layer", kMaxId).value_or("");
  return subscription;
}

Reading read_subscribe(Fields& fields) {
  SubscribeRequest subscribe;
  subscribe.wanted = fields.boolean_or("wanted", true);
  if (!fields.has("tracks")) {
    subscribe.subscriptions.push_back(read_subscription(fields));
    return subscribe;
  }
  JsonArray* tracks = fields.array("tracks");
  const guint count = tracks == nullptr ? 0 : json_array_get_length(tracks);
  fields.fail_unless(count <= kMaxSubscriptions, "tracks", "at most 1000 entries");
  for (guint i = 0; i < count && !fields.error(); ++i) {
    JsonNode* node = json_array_get_element(tracks, i);
    fields.fail_unless(JSON_NODE_HOLDS_OBJECT(node), "tracks", "an array of {track, paused?, layer?}");
    if (fields.error()) break;
    Fields entry(json_node_get_object(node), "tracks[" + std::to_string(i) + "].");
    subscribe.subscriptions.push_back(read_subscription(entry));
    fields.adopt(entry);
  }
  return subscribe;
}

Reading read_mute(Fields& fields) {
  TrackId track(fields.text("track", kMaxId));
  return MuteRequest{std::move(track), fields.boolean("muted")};
}

Reading read_chat(Fields& fields) { return ChatRequest{fields.text("text", kMaxChat)}; }

Reading read_offer(Fields& fields) { return OfferRequest{fields.text("sdp", kMaxSdp)}; }

Reading read_answer(Fields& fields) {
  std::string sdp = fields.text("sdp", kMaxSdp);
  return AnswerRequest{std::move(sdp), fields.number_or("version", 0)};
}

/// A candidate's text, an RTCIceCandidateInit with it, or null for the end of candidates.
Reading read_candidate(Fields& fields, JsonObject* message) {
  JsonNode* node = json_object_get_member(message, "candidate");
  if (node != nullptr && JSON_NODE_HOLDS_NULL(node)) return CandidateRequest{};
  if (node != nullptr && JSON_NODE_HOLDS_OBJECT(node)) {
    Fields candidate(json_node_get_object(node), "candidate.");
    CandidateRequest request{candidate.text("candidate", kMaxCandidate)};
    fields.adopt(candidate);
    return request;
  }
  return CandidateRequest{fields.text("candidate", kMaxCandidate)};
}

Reading read_ping(Fields&) { return PingRequest{}; }

struct Type {
  std::string_view name;
  Reading (*read)(Fields&);
};
constexpr std::array<Type, 10> kTypes{{{"join", read_join},
                                       {"leave", read_leave},
                                       {"publish", read_publish},
                                       {"unpublish", read_unpublish},
                                       {"subscribe", read_subscribe},
                                       {"mute", read_mute},
                                       {"chat", read_chat},
                                       {"offer", read_offer},
                                       {"answer", read_answer},
                                       {"ping", read_ping}}};

std::variant<Decoded, Refused> decode_object(JsonObject* object) {
  const auto id = read_id(object);
  if (!id)
    return Refused{"", {"bad_request", "id: every request needs one, a string of at most 128 bytes or a whole number."}};
  JsonNode* type_node = json_object_get_member(object, "type");
  if (type_node == nullptr || !JSON_NODE_HOLDS_VALUE(type_node) ||
      json_node_get_value_type(type_node) != G_TYPE_STRING)
    return Refused{*id, {"bad_request", "type: every request needs one, a string such as \"join\"."}};
  const std::string_view type = json_node_get_string(type_node);
  Fields fields(object);
  std::optional<Reading> reading;
  if (type == "candidate") reading = read_candidate(fields, object);
  for (const Type& known : kTypes)
    if (type == known.name) reading = known.read(fields);
  if (!reading)
    return Refused{*id,
                   {"unknown_type", "type: '" + std::string(type.substr(0, 40)) + "' is none of join, leave, publish, "
                    "unpublish, subscribe, mute, chat, offer, answer, candidate, ping."}};
  if (fields.error()) return Refused{*id, *fields.error()};
  return Decoded{*id, std::move(*reading)};
}

}  // namespace

std::variant<Decoded, Refused> decode(std::string_view text) {
  const auto refuse = [](const char* why) { return Refused{"", {"bad_request", why}}; };
  if (text.find('\0') != std::string_view::npos) return refuse("The message holds a NUL character; send JSON text.");
  if (too_deep(text)) return refuse("The message is nested more than 16 deep.");
  const Ref<JsonParser> parser = Ref<JsonParser>::adopt(json_parser_new_immutable());
  if (!json_parser_load_from_data(parser.get(), text.data(), static_cast<gssize>(text.size()), nullptr))
    return refuse("The message is not JSON.");
  JsonNode* root = json_parser_get_root(parser.get());
  if (root == nullptr || !JSON_NODE_HOLDS_OBJECT(root)) return refuse("The message is not a JSON object.");
  return decode_object(json_node_get_object(root));
}

}  // namespace parley::signaling::native
