#include "signaling/http/rest_api.hpp"

#include "signaling/http/exchange.hpp"
#include "signaling/http/paths.hpp"
#include "signaling/http/room_json.hpp"
#include "signaling/json/document.hpp"
#include "signaling/json/fields.hpp"
#include "signaling/json/writer.hpp"

namespace parley::signaling::http {
namespace {

unsigned status_of(const std::string& code) {
  if (code.ends_with("_not_found")) return 404;
  if (code == "room_exists") return 409;
  if (code == "room_limit" || code == "graphviz_missing" || code == "graphviz_busy") return 503;
  if (code == "internal" || code == "graphviz_failed" || code == "graph_too_large") return 500;
  return 400;
}

Response failed(const Error& error) {
  return error_response(status_of(error.code), error);
}

Response text_response(unsigned status, std::string type, std::string body) {
  return {status, std::move(type), std::move(body), {{"Cache-Control", "no-store"}}};
}

Response no_content() {
  return {204, {}, {}, {}};
}

RoomId room_of(const Exchange& exchange) {
  return RoomId(exchange.parameter("room"));
}

/// More cameras than that nobody is sent.
constexpr std::int64_t kMaxLastN = 1000;

rooms::SettingsChange settings_of(json::Fields& in) {
  rooms::SettingsChange change;
  if (!in.has("lastN")) return change;
  const auto last_n = json::integer(in.node("lastN"));
  if (last_n && *last_n >= 0 && *last_n <= kMaxLastN)
    change.last_n = static_cast<std::size_t>(*last_n);
  else
    in.invalid("lastN", "must be an integer from 0 (all) to 1000");
  return change;
}

/// The room a client wants. Its id is empty when it leaves the choice to us.
struct WantedRoom {
  RoomId id;
  rooms::SettingsChange settings;
};

Result<WantedRoom> wanted_room(std::string_view body) {
  const auto document = json::parse_object(body.empty() ? "{}" : body);
  if (!document) return document.error();
  std::optional<Error> problem;
  json::Fields in(json_node_get_object(document->get()), problem);
  // Some clients name the host here; the name counts that it gives when it joins.
  in.optional_text("hostName");
  const auto id = in.optional_text("id");
  const rooms::SettingsChange settings = settings_of(in);
  if (problem) return *problem;
  if (id && !is_room_id(*id))
    return Error{"invalid_room",
                 "id must be 1 to 64 of the characters A-Z a-z 0-9 _ - and not one of the "
                 "server's own paths; leave it out to have one made"};
  return WantedRoom{RoomId(id.value_or("")), settings};
}

void create_room(Exchange& exchange, Backend& backend) {
  const auto wanted = wanted_room(exchange.body());
  if (!wanted) return exchange.respond(failed(wanted.error()));
  const auto id = backend.create_room(wanted->id, wanted->settings);
  if (!id) return exchange.respond(failed(id.error()));
  json::Writer out;
  out.field("id", id->str());
  out.field("roomId", id->str());
  Response response = json_response(201, out.text());
  response.headers.emplace_back("Location", "/api/rooms/" + id->str());
  exchange.respond(std::move(response));
}

void show_room(Exchange& exchange, const Backend& backend) {
  const auto room = backend.room(room_of(exchange));
  exchange.respond(room ? json_response(200, to_json(*room)) : failed(room.error()));
}

void change_room(Exchange& exchange, Backend& backend) {
  const std::string_view body = exchange.body();
  const auto document = json::parse_object(body.empty() ? "{}" : body);
  if (!document) return exchange.respond(failed(document.error()));
  std::optional<Error> problem;
  json::Fields in(json_node_get_object(document->get()), problem);
  const rooms::SettingsChange change = settings_of(in);
  if (problem) return exchange.respond(failed(*problem));
  if (const Status changed = backend.change_room(room_of(exchange), change); !changed)
    return exchange.respond(failed(changed.error()));
  show_room(exchange, backend);
}

void show_graph(Exchange& exchange, const Backend& backend) {
  const auto dot = backend.graph(room_of(exchange));
  exchange.respond(dot ? text_response(200, "text/vnd.graphviz; charset=utf-8", *dot)
                       : failed(dot.error()));
}

void draw_graph(Exchange& exchange, const Backend& backend, const GraphvizLimits& graphviz) {
  const auto dot = backend.graph(room_of(exchange));
  if (!dot) return exchange.respond(failed(dot.error()));
  render_svg(*dot, graphviz, [reply = exchange.defer()](const Result<std::string>& svg) {
    reply(svg ? text_response(200, "image/svg+xml", *svg) : failed(svg.error()));
  });
}

void add_rooms(Router& router, Backend& backend) {
  router.add("GET", "/api/rooms", Access::Read, [&backend](Exchange& exchange) {
    exchange.respond(json_response(200, to_json(backend.rooms())));
  });
  router.add("POST", "/api/rooms", Access::Create,
             [&backend](Exchange& exchange) { create_room(exchange, backend); });
  router.add("GET", "/api/rooms/{room}", Access::Read,
             [&backend](Exchange& exchange) { show_room(exchange, backend); });
  router.add("PATCH", "/api/rooms/{room}", Access::Operator,
             [&backend](Exchange& exchange) { change_room(exchange, backend); });
  router.add("DELETE", "/api/rooms/{room}", Access::Operator, [&backend](Exchange& exchange) {
    const auto status = backend.close_room(room_of(exchange));
    exchange.respond(status ? no_content() : failed(status.error()));
  });
  router.add("DELETE", "/api/rooms/{room}/participants/{participant}", Access::Operator,
             [&backend](Exchange& exchange) {
               const auto status = backend.remove_participant(
                   room_of(exchange), ParticipantId(exchange.parameter("participant")));
               exchange.respond(status ? no_content() : failed(status.error()));
             });
}

void add_graph(Router& router, Backend& backend, const GraphvizLimits& graphviz) {
  for (const char* path : {"/api/rooms/{room}/graph", "/api/rooms/{room}/graph.dot"})
    router.add("GET", path, Access::Read,
               [&backend](Exchange& exchange) { show_graph(exchange, backend); });
  router.add("GET", "/api/rooms/{room}/graph.svg", Access::Read,
             [&backend, graphviz](Exchange& exchange) { draw_graph(exchange, backend, graphviz); });
}

void add_health(Router& router, Backend& backend) {
  router.add("GET", "/healthz", Access::Public, [](Exchange& exchange) {
    exchange.respond(json_response(200, R"({"status":"ok"})"));
  });
  router.add("GET", "/readyz", Access::Public, [&backend](Exchange& exchange) {
    const std::string missing = backend.not_ready();
    exchange.respond(missing.empty() ? json_response(200, R"({"status":"ready"})")
                                     : error_response(503, {"not_ready", missing}));
  });
  router.add("GET", "/metrics", Access::Read, [&backend](Exchange& exchange) {
    exchange.respond(
        text_response(200, "text/plain; version=0.0.4; charset=utf-8", backend.metrics()));
  });
}

}  // namespace

void add_rest_api(Router& router, Backend& backend, const GraphvizLimits& graphviz) {
  add_rooms(router, backend);
  add_graph(router, backend, graphviz);
  add_health(router, backend);
}

}  // namespace parley::signaling::http
