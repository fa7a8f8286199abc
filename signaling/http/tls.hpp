// The server's certificate. Thread-safe (no state).
#pragma once

#include <string>
#include <vector>

#include <gio/gio.h>

#include "support/glib/ref.hpp"
#include "support/result.hpp"

namespace parley::signaling::http {

/// PEM files of an operator. Errors (bad_tls_certificate, bad_tls_key, tls_key_mismatch) name the
/// file and what is wrong with it.
Result<Ref<GTlsCertificate>> load_certificate(const std::string& certificate_file,
                                              const std::string& key_file);

/// A fresh certificate on a fresh P-256 key, kept in memory only, valid from a day ago for a year:
/// browsers refuse longer ones. `addresses` become its subjectAltName beside localhost.
Result<Ref<GTlsCertificate>> self_signed_certificate(const std::vector<std::string>& addresses);

/// The machine's own addresses as text, loopback included, without IPv6 link-local ones.
std::vector<std::string> machine_addresses();

}  // namespace parley::signaling::http
