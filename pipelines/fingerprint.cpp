#include "pipelines/fingerprint.hpp"

#include <algorithm>
#include <array>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <strings.h>

#include "support/glib/ref.hpp"

namespace parley::pipelines {
namespace {

using Certificate = Handle<X509, X509_free>;

Certificate parse(std::string_view pem) {
  const Handle<BIO, BIO_free> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return Certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

const EVP_MD* hash_named(std::string_view name) {
  const auto is = [name](std::string_view known) {
    return name.size() == known.size() && strncasecmp(name.data(), known.data(), known.size()) == 0;
  };
  if (is("sha-256")) return EVP_sha256();
  if (is("sha-384")) return EVP_sha384();
  if (is("sha-512")) return EVP_sha512();
  return nullptr;
}

std::string digest_of(X509* certificate, const EVP_MD* hash) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  if (X509_digest(certificate, hash, digest.data(), &length) != 1) return {};
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  for (unsigned i = 0; i < length; ++i) {
    if (i != 0) text += ':';
    text += kDigits[digest[i] >> 4];
    text += kDigits[digest[i] & 15];
  }
  return text;
}

bool matches(X509* certificate, std::string_view fingerprint) {
  const std::size_t space = fingerprint.find(' ');
  if (space == std::string_view::npos) return false;
  const EVP_MD* hash = hash_named(fingerprint.substr(0, space));
  if (hash == nullptr) return false;
  const std::string_view digits = fingerprint.substr(space + 1);
  const std::string digest = digest_of(certificate, hash);
  return !digest.empty() && digits.size() == digest.size() &&
         strncasecmp(digits.data(), digest.data(), digest.size()) == 0;
}

}  // namespace

bool matches_fingerprint(std::string_view pem, std::span<const std::string> fingerprints) {
  const Certificate certificate = parse(pem);
  return certificate &&
         std::any_of(fingerprints.begin(), fingerprints.end(),
                     [&](const std::string& text) { return matches(certificate.get(), text); });
}

}  // namespace parley::pipelines
