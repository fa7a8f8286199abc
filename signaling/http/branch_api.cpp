#include "signaling/http/branch_api.hpp"

#include "signaling/http/exchange.hpp"
#include "signaling/json/document.hpp"
#include "signaling/json/fields.hpp"
#include "signaling/json/writer.hpp"

namespace parley::signaling::http {
namespace {

/// As long as the line itself may be; what is too long gets the branch's own answer.
constexpr std::size_t kMaxLaunch = 16 * 1024;

Response failed(const Error& error) {
  unsigned status = 400;
  if (error.code.ends_with("_not_found")) status = 404;
  if (error.code == "element_forbidden" || error.code == "branches_off") status = 403;
  if (error.code == "branch_limit") status = 503;
  return error_response(status, error);
}

RoomId room_of(const Exchange& exchange) {
  return RoomId(exchange.parameter("room"));
}

void write_count(json::Writer& out, const char* name, std::uint64_t count) {
  out.field(name, static_cast<std::int64_t>(count));
}

Result<BranchRequest> wanted_branch(std::string_view body) {
  const auto document = json::parse_object(body.empty() ? "{}" : body);
  if (!document) return document.error();
  std::optional<Error> problem;
  json::Fields in(json_node_get_object(document->get()), problem);
  BranchRequest wanted;
  wanted.launch = in.text("launch", {.min = 1, .max = kMaxLaunch, .rule = "a gst-launch line"});
  wanted.restart = in.choice_or("restart", "never", {"never", "always"}) == "always";
  wanted.survive = in.boolean_or("survive", false);
  if (problem) return *problem;
  return wanted;
}

void create(Exchange& exchange, BranchBackend& backend) {
  auto wanted = wanted_branch(exchange.body());
  if (!wanted) return exchange.respond(failed(wanted.error()));
  const RoomId room = room_of(exchange);
  backend.create_branch(room, std::move(*wanted),
                        [reply = exchange.defer(), room](const Result<BranchInfo>& made) {
                          if (!made) return reply(failed(made.error()));
                          Response response = json_response(201, to_json(*made));
                          response.headers.emplace_back(
                              "Location", "/api/rooms/" + room.str() + "/branches/" + made->id);
                          reply(std::move(response));
                        });
}

void list(Exchange& exchange, const BranchBackend& backend) {
  const auto branches = backend.branches(room_of(exchange));
  if (!branches) return exchange.respond(failed(branches.error()));
  std::string text = "[";
  for (const BranchInfo& branch : *branches) text += (text.size() > 1 ? "," : "") + to_json(branch);
  exchange.respond(json_response(200, text + ']'));
}

void show(Exchange& exchange, const BranchBackend& backend) {
  const auto branch = backend.branch(room_of(exchange), exchange.parameter("branch"));
  exchange.respond(branch ? json_response(200, to_json(*branch)) : failed(branch.error()));
}

void end(Exchange& exchange, BranchBackend& backend) {
  backend.end_branch(room_of(exchange), exchange.parameter("branch"),
                     [reply = exchange.defer()](const Status& ended) {
                       reply(ended ? Response{204, {}, {}, {}} : failed(ended.error()));
                     });
}

}  // namespace

std::string to_json(const BranchInfo& branch) {
  json::Writer out;
  write_branch(out, branch);
  return out.text();
}

void write_branch(json::Writer& out, const BranchInfo& branch) {
  out.field("id", branch.id);
  out.field("launch", branch.launch);
  out.field("state", branch.state);
  if (!branch.error.empty()) out.field("error", branch.error);
  out.field("restart", branch.restart ? "always" : "never");
  out.field("survive", branch.survive);
  write_count(out, "restarts", branch.restarts);
  out.list("tracks", branch.tracks, [&](const BranchTrackInfo& track) {
    out.field("element", track.element);
    if (!track.participant.empty()) out.field("participant", track.participant);
    out.field("kind", track.kind);
    if (!track.layer.empty()) out.field("layer", track.layer);
    out.field("attached", track.attached);
    write_count(out, "packetsIn", track.packets_in);
    write_count(out, "packetsOut", track.packets_out);
    write_count(out, "packetsDropped", track.packets_dropped);
    write_count(out, "queued", track.queued);
  });
}

void add_branch_api(Router& router, BranchBackend& backend) {
  router.add("GET", "/api/rooms/{room}/branches", Access::Read,
             [&backend](Exchange& exchange) { list(exchange, backend); });
  router.add("POST", "/api/rooms/{room}/branches", Access::Operator,
             [&backend](Exchange& exchange) { create(exchange, backend); });
  router.add("GET", "/api/rooms/{room}/branches/{branch}", Access::Read,
             [&backend](Exchange& exchange) { show(exchange, backend); });
  router.add("DELETE", "/api/rooms/{room}/branches/{branch}", Access::Operator,
             [&backend](Exchange& exchange) { end(exchange, backend); });
}

}  // namespace parley::signaling::http
