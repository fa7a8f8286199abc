// The REST API of branches.
#pragma once

#include <string>

#include "signaling/branches.hpp"
#include "signaling/http/router.hpp"
#include "signaling/json/writer.hpp"

namespace parley::signaling::http {

/// Adds /api/rooms/{room}/branches to `router`, which `backend` outlives. Main-bound.
void add_branch_api(Router& router, BranchBackend& backend);

/// {"id","launch","state","error"?,"restart"?,"survive","restarts","tracks":[…]}
std::string to_json(const BranchInfo& branch);
/// The same members, into an object that is being written.
void write_branch(json::Writer& out, const BranchInfo& branch);

}  // namespace parley::signaling::http
