#include "signaling/http/session_quota.hpp"

namespace parley::signaling::http {

Response too_many_sessions() {
  Response response = error_response(
      503, {"too_many_sessions",
            "Too many sessions are open, in all or from this address; try again later"});
  response.headers.emplace_back("Retry-After", "10");
  return response;
}

}  // namespace parley::signaling::http
