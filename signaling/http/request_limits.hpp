// Bounds on what libsoup takes in of a request before anybody looks at it.
#pragma once

#include <cstddef>

#include <libsoup/soup.h>

namespace parley::signaling::http {

/// Requests whose body is longer than `max_body` bytes get 413, by Content-Length before the body
/// is read (the client that sent Expect: 100-continue never sends it), else as it comes in. Nothing
/// of it is kept; when it does not end, the connection does. Main-bound.
void limit_requests(SoupServer* server, std::size_t max_body);

}  // namespace parley::signaling::http
