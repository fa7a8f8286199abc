// The REST API of branches.
#pragma once

#include <string>

#include "signaling/branches.hpp"
#include "signaling/http/router.hpp"

namespace parley::signaling::http {

/// Adds /api/rooms/{room}/branches to `router`, which `backend` outlives. Main-bound.
void add_branch_api(Router& router, BranchBackend& backend);

/// {"id","launch","state","error"?,"restart"?,"survive","restarts","tracks":[…]}
std::string to_json(const BranchInfo& branch);

}  // namespace parley::signaling::http
