// From an exchange to the handler of its route, or to the error that says why there is none.
#pragma once

#include "signaling/http/access.hpp"
#include "signaling/http/exchange.hpp"
#include "signaling/http/router.hpp"

namespace parley::signaling::http {

/// Answers 404, 405, 501, or what `access` denies it with; OPTIONS with what there is. Main-bound.
void dispatch(const Router& router, const AccessPolicy& access, Exchange& exchange);

}  // namespace parley::signaling::http
