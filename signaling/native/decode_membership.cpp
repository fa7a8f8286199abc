// join, leave, chat.
#include "signaling/native/requests.hpp"

namespace parley::signaling::native {

namespace {

/// What Firefox bundles; who copes with more says so.
constexpr std::uint32_t kMediaLines = 127;
constexpr std::uint32_t kFewestMediaLines = 16;
constexpr std::uint32_t kMostMediaLines = 255;  // of sdp::kMaxSections

}  // namespace

Command decode_join(json::Fields& in) {
  JoinRequest join;
  join.room = RoomId(in.text("room", shape::kWord));
  join.name = in.text("name");
  join.token = in.text_or("token", {}, shape::kSecret);
  if (in.has("resume")) {
    json::Fields resume = in.object("resume");
    join.resume_id = resume.text("participant", shape::kWord);
    join.resume_token = resume.text("token", shape::kSecret);
    join.keep_media = resume.choice_or("media", "new", {"keep", "new"}) == "keep";
  }
  join.subscribe_all = in.choice_or("subscribe", "all", {"all", "none"}) == "all";
  join.data_channel = in.boolean_or("data", true);
  join.media_lines = in.uint32_or("mediaLines", kMediaLines);
  if (join.media_lines < kFewestMediaLines || join.media_lines > kMostMediaLines)
    in.invalid("mediaLines", "must be an integer from 16 to 255");
  return join;
}

Command decode_leave(json::Fields&) {
  return LeaveRequest{};
}

Command decode_chat(json::Fields& in) {
  return ChatRequest{in.text("text")};
}

}  // namespace parley::signaling::native
