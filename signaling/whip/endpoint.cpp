#include "signaling/whip/endpoint.hpp"

#include <algorithm>
#include <utility>

#include <libsoup/soup.h>

#include "signaling/http/paths.hpp"
#include "signaling/whip/trickle.hpp"
#include "support/secret.hpp"

namespace parley::signaling::whip {
namespace {

using http::Access;
using http::Exchange;
using http::Response;

constexpr std::size_t kIdLength = 22;  // 130 bits: who knows it may end the session
constexpr const char* kSdp = "application/sdp";
constexpr const char* kFragment = "application/trickle-ice-sdpfrag";
constexpr const char* kRetryAfter = "2";
constexpr const char* kMethods = "OPTIONS, GET, HEAD, POST, PATCH, DELETE";

std::string base_path(Role role) {
  return role == Role::Ingest ? "/whip/" : "/whep/";
}

unsigned status_of(const std::string& code) {
  if (code == "too_many_tracks" || code == "nothing_to_publish" || code == "nothing_to_play")
    return 422;
  if (code == "nobody_publishes") return 409;
  if (code == "codec_unsupported") return 406;
  if (code == "room_full" || code == "room_limit" || code == "transport_closed") return 503;
  if (code == "forbidden") return 403;
  return 400;
}

Response failed(const Error& error) {
  const unsigned status = status_of(error.code);
  Response response = http::error_response(status, error);
  if (status == 409 || status == 503) response.headers.emplace_back("Retry-After", kRetryAfter);
  return response;
}

bool has_type(const Exchange& exchange, std::string_view wanted) {
  std::string_view type = exchange.header("Content-Type");
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  return std::ranges::equal(type, wanted, [](char a, char b) { return g_ascii_tolower(a) == b; });
}

Response wrong_type(const char* wanted) {
  Response response = http::error_response(
      415, {"unsupported_media_type", std::string("Content-Type: send ") + wanted + "."});
  response.headers.emplace_back("Accept-Post", kSdp);
  return response;
}

Response options(const char* accept) {
  return {204,
          {},
          {},
          {{"Allow", kMethods},
           {accept == kSdp ? "Accept-Post" : "Accept-Patch", accept},
           {"Access-Control-Allow-Methods", kMethods}}};
}

/// RFC 9725 section 4.6.
std::string links_to(const std::vector<IceServer>& servers) {
  std::string links;
  for (const IceServer& server : servers) {
    if (!links.empty()) links += ", ";
    links += '<' + server.url + ">; rel=\"ice-server\"";
    if (!server.username.empty())
      links += "; username=\"" + server.username + "\"; credential=\"" + server.credential +
               "\"; credential-type=\"password\"";
  }
  return links;
}

bool lacks(const Offer& offer, const std::optional<rooms::Track>& track) {
  if (!track || track->codec.empty() || offer.of(track->kind).empty()) return false;
  return std::ranges::none_of(offer.of(track->kind), [&](media::CodecName codec) {
    return media::to_string(codec) == track->codec;
  });
}

}  // namespace

Endpoint::Endpoint(http::HttpServer& server, Backend& backend, MainLoop& main_loop)
    : quota_(server.quota()),
      ice_servers_(server.ice_servers()),
      backend_(backend),
      main_loop_(main_loop) {
  add_routes(server.router(), Role::Ingest);
  add_routes(server.router(), Role::Playback);
}

Endpoint::~Endpoint() = default;

void Endpoint::add_routes(http::Router& router, Role role) {
  const std::string room = base_path(role) + "{room}";
  std::vector<std::string> endpoints{room};
  if (role == Role::Playback) endpoints.push_back(room + "/{participant}");
  const auto nothing = [](Exchange& exchange) { exchange.respond({200, {}, {}, {}}); };
  for (const std::string& path : endpoints) {
    router.add("POST", path, Access::Create, [this, role](Exchange& e) { post(e, role); });
    router.add("GET", path, Access::Public, nothing);
    router.add("OPTIONS", path, Access::Public,
               [](Exchange& exchange) { exchange.respond(options(kSdp)); });
  }
  const std::string session = room + "/session/{session}";
  router.add("PATCH", session, Access::Create, [this, role](Exchange& e) { patch(e, role); });
  router.add("DELETE", session, Access::Create, [this, role](Exchange& e) { remove(e, role); });
  router.add("GET", session, Access::Public, [this, role, nothing](Exchange& exchange) {
    if (find(exchange, role) != nullptr) nothing(exchange);
  });
  router.add("OPTIONS", session, Access::Public,
             [](Exchange& exchange) { exchange.respond(options(kFragment)); });
}

void Endpoint::post(Exchange& exchange, Role role) {
  if (!has_type(exchange, kSdp)) return exchange.respond(wrong_type(kSdp));
  if (!http::is_room_id(exchange.parameter("room")))
    return exchange.respond(failed(
        {"invalid_room", "The path names no room: 1 to 64 of A-Z a-z 0-9 _ -, no reserved word."}));
  auto offer = read_offer(role, exchange.body());
  if (!offer) return exchange.respond(failed(offer.error()));
  std::string wanted;
  if (role == Role::Playback) {
    // {participant} is there on one of the two routes.
    if (exchange.segments().size() > 2) wanted = exchange.parameter("participant");
    const Error problem = playable(RoomId(exchange.parameter("room")), wanted, *offer);
    if (!problem.code.empty()) return exchange.respond(failed(problem));
  }
  open(exchange, role, wanted, *std::move(offer));
}

Error Endpoint::playable(const RoomId& room, const std::string& wanted, const Offer& offer) const {
  Roster roster(wanted);
  if (const auto state = backend_.room(room)) {
    std::vector<rooms::Participant> participants;
    for (const ParticipantState& one : state.value().participants)
      participants.push_back(one.participant);
    roster.set(std::move(participants), state.value().dominant);
  }
  const auto programme = roster.choose();
  if (!programme)
    return {"nobody_publishes",
            wanted.empty() ? "Nobody publishes in this room yet; try again in a moment."
                           : "No participant of this id or name publishes yet; try again."};
  for (const auto& track : {programme->audio, programme->video})
    if (lacks(offer, track))
      return {"codec_unsupported", "The " + std::string(media::to_string(track->kind)) + " is " +
                                       track->codec + ", which the offer lacks; offer it, or no " +
                                       std::string(media::to_string(track->kind)) + "."};
  return {};
}

void Endpoint::open(Exchange& exchange, Role role, const std::string& wanted, Offer offer) {
  auto seat = quota_.take(exchange.client_key());
  if (!seat) return exchange.respond(http::too_many_sessions());
  const RoomId room(exchange.parameter("room"));
  const std::string id = random_token(kIdLength);
  const std::string etag = '"' + random_token(12) + '"';
  std::string name = http::query_value(exchange.query(), "name");
  if (name.empty()) name = role == Role::Ingest ? "WHIP" : "WHEP";
  const std::string token(http::bearer_token(exchange.header("Authorization")));
  const std::string sdp(exchange.body());
  const std::string location = base_path(role) + room.str() + "/session/" + id;
  const std::weak_ptr<bool> alive = alive_;

  Peer::Hooks hooks;
  hooks.later = [this](std::function<void()> task) { main_loop_.post(std::move(task)); };
  hooks.ended = [this, alive, id] {
    if (!alive.expired()) sessions_.erase(id);
  };
  const auto reply = exchange.defer([this, alive, id] {  // it never learns of its session
    if (alive.expired()) return;
    if (const auto it = sessions_.find(id); it != sessions_.end()) it->second.peer->remove();
  });
  hooks.answered = [reply, location, etag, links = links_to(ice_servers_.at(wall_now()))](
                       const Result<std::string>& answer) {
    if (!answer) return reply(failed(answer.error()));
    Response response{201,
                      kSdp,
                      *answer,
                      {{"Location", location},
                       {"ETag", etag},
                       {"Accept-Patch", kFragment},
                       {"Cache-Control", "no-store"}}};
    if (!links.empty()) response.headers.emplace_back("Link", links);
    reply(std::move(response));
  };
  const auto peer = std::make_shared<Peer>(role, backend_, wanted, std::move(hooks));
  sessions_.emplace(id, Session{role, peer, std::move(*seat), etag, std::move(offer.ufrag)});
  peer->start(room, name, token, sdp);
}

Endpoint::Session* Endpoint::find(Exchange& exchange, Role role) {
  const auto it = sessions_.find(exchange.parameter("session"));
  if (it != sessions_.end() && it->second.role == role) return &it->second;
  exchange.respond(
      http::error_response(404, {"session_not_found", "This session has ended, or never was."}));
  return nullptr;
}

void Endpoint::patch(Exchange& exchange, Role role) {
  const Session* session = find(exchange, role);
  if (session == nullptr) return;
  if (!has_type(exchange, kFragment)) return exchange.respond(wrong_type(kFragment));
  std::string_view match = exchange.header("If-Match");
  if (match.empty()) match = exchange.header("ETag");  // as some clients name it
  if (match.empty())
    return exchange.respond(http::error_response(
        428, {"precondition_required", "If-Match: send the ETag of the session."}));
  const auto fragment = read_fragment(exchange.body());
  if (!fragment) return exchange.respond(failed(fragment.error()));
  const bool restart = !fragment->ufrag.empty() && fragment->ufrag != session->ufrag;
  if (match != session->etag && !(restart && match == "*"))
    return exchange.respond(http::error_response(
        412, {"precondition_failed",
              "If-Match names another ICE session; this one's ETag is " + session->etag + "."}));
  if (restart)
    return exchange.respond(
        http::error_response(422, {"ice_restart_unsupported",
                                   "a=ice-ufrag is another one: the server restarts no ICE. "
                                   "Its address stays, so go on, or POST anew."}));
  exchange.respond({204, {}, {}, {{"ETag", session->etag}}});
}

void Endpoint::remove(Exchange& exchange, Role role) {
  const Session* session = find(exchange, role);
  if (session == nullptr) return;
  const std::shared_ptr<Peer> peer = session->peer;
  peer->remove();
  exchange.respond({200, {}, {}, {}});
}

}  // namespace parley::signaling::whip
