// Certificates and the fingerprints that SDP names them by (RFC 8122).
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace parley::pipelines {

/// True when one of `fingerprints` ("sha-256 AA:BB:…", hash name and digits in any case) is that of
/// the certificate in `pem`. sha-256, sha-384 and sha-512 count; weaker hashes never match, as
/// RFC 8122 5 allows. Pure; false for what is no certificate or no fingerprint.
[[nodiscard]] bool matches_fingerprint(std::string_view pem,
                                       std::span<const std::string> fingerprints);

}  // namespace parley::pipelines
