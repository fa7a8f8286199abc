// The REST API over rooms, and what operators' machines ask: health, readiness, metrics.
#pragma once

#include "signaling/backend.hpp"
#include "signaling/http/graphviz.hpp"
#include "signaling/http/router.hpp"

namespace parley::signaling::http {

/// Adds its routes to `router`, which `backend` outlives. Main-bound.
void add_rest_api(Router& router, Backend& backend, const GraphvizLimits& graphviz);

}  // namespace parley::signaling::http
