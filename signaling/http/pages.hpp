// The meeting page, its files, and the way from / to a room.
#pragma once

#include <memory>
#include <string>

#include "signaling/http/router.hpp"
#include "signaling/http/static_files.hpp"

namespace parley::signaling::http {

/// What the built-in page needs and no more (CSP Level 3).
inline constexpr const char* kStrictPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; font-src 'self'; connect-src 'self'; worker-src 'self' blob:; "
    "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'";

/// Adds its routes to `router`. The files are below /assets/; those beside index.html also at the
/// root, as far as their names are none of rooms. `content_security_policy` goes with the page;
/// empty for none. Main-bound.
void add_pages(Router& router, StaticFiles files, std::string content_security_policy);

}  // namespace parley::signaling::http
