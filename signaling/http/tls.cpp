#include "signaling/http/tls.hpp"

#include <array>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

namespace parley::signaling::http {
namespace {

using BioHandle = Handle<BIO, BIO_free_all>;
using CertificateHandle = Handle<X509, X509_free>;
using KeyHandle = Handle<EVP_PKEY, EVP_PKEY_free>;
using ExtensionHandle = Handle<X509_EXTENSION, X509_EXTENSION_free>;

constexpr long kDay = 24 * 60 * 60;
constexpr long kValidity = 365 * kDay;

Result<std::string> read_file(const std::string& path, const char* code, const char* option) {
  char* content = nullptr;
  gsize length = 0;
  GError* raw = nullptr;
  if (!g_file_get_contents(path.c_str(), &content, &length, &raw)) {
    const Handle<GError, g_error_free> error(raw);
    return Error{code, std::string(option) + ": " + error->message};
  }
  const GString_ owner(content);
  return std::string(content, length);
}

BioHandle memory(const std::string& text) {
  return BioHandle(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// A key with a password cannot be used: nobody is there to type it.
int no_password(char*, int, int, void*) {
  return -1;
}

Result<Ref<GTlsCertificate>> from_pem(const std::string& pem, const char* code) {
  GError* raw = nullptr;
  GTlsCertificate* certificate =
      g_tls_certificate_new_from_pem(pem.data(), static_cast<gssize>(pem.size()), &raw);
  if (certificate != nullptr) return Ref<GTlsCertificate>::adopt(certificate);
  const Handle<GError, g_error_free> error(raw);
  return Error{code, std::string("TLS cannot use the certificate: ") + error->message};
}

std::string alternative_names(const std::vector<std::string>& addresses) {
  std::string names = "DNS:localhost";
  for (const std::string& address : addresses) names += ",IP:" + address;
  return names;
}

bool add_extension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const ExtensionHandle extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool describe(X509* certificate, EVP_PKEY* key, const std::vector<std::string>& addresses) {
  std::array<unsigned char, 8> serial_bytes{};
  if (RAND_bytes(serial_bytes.data(), serial_bytes.size()) != 1) return false;
  std::uint64_t serial = 0;
  for (unsigned char byte : serial_bytes) serial = serial << 8 | byte;
  // RFC 5280 section 4.1.2.2: positive.
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1 | 1);

  X509_set_version(certificate, X509_VERSION_3);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -kDay);
  X509_gmtime_adj(X509_getm_notAfter(certificate), kValidity - kDay);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  static constexpr std::string_view kCommonName = "Parley, self-signed";
  X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(kCommonName.data()),
                             static_cast<int>(kCommonName.size()), -1, 0);
  X509_set_issuer_name(certificate, name);
  return add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
         add_extension(certificate, NID_key_usage, "critical,digitalSignature") &&
         add_extension(certificate, NID_ext_key_usage, "serverAuth") &&
         add_extension(certificate, NID_subject_alt_name, alternative_names(addresses)) &&
         X509_sign(certificate, key, EVP_sha256()) != 0;
}

std::string to_pem(X509* certificate, EVP_PKEY* key) {
  const BioHandle out(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(out.get(), certificate);
  PEM_write_bio_PKCS8PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  char* data = nullptr;
  const long length = BIO_get_mem_data(out.get(), &data);
  return std::string(data, static_cast<std::size_t>(length));
}

}  // namespace

Result<Ref<GTlsCertificate>> load_certificate(const std::string& certificate_file,
                                              const std::string& key_file) {
  const auto certificate_pem = read_file(certificate_file, "bad_tls_certificate", "--tls-cert");
  if (!certificate_pem) return certificate_pem.error();
  const auto key_pem = read_file(key_file, "bad_tls_key", "--tls-key");
  if (!key_pem) return key_pem.error();

  const CertificateHandle certificate(
      PEM_read_bio_X509(memory(*certificate_pem).get(), nullptr, no_password, nullptr));
  if (certificate == nullptr)
    return Error{"bad_tls_certificate", "--tls-cert " + certificate_file +
                                            " holds no PEM certificate (BEGIN CERTIFICATE)"};
  const KeyHandle key(
      PEM_read_bio_PrivateKey(memory(*key_pem).get(), nullptr, no_password, nullptr));
  ERR_clear_error();
  if (key == nullptr)
    return Error{"bad_tls_key", "--tls-key " + key_file +
                                    " holds no PEM private key that can be read without a password "
                                    "(BEGIN PRIVATE KEY)"};
  if (X509_check_private_key(certificate.get(), key.get()) != 1)
    return Error{"tls_key_mismatch", "--tls-key " + key_file + " is not the key of --tls-cert " +
                                         certificate_file +
                                         ": give the pair that was made together"};
  return from_pem(*certificate_pem + "\n" + *key_pem, "bad_tls_certificate");
}

Result<Ref<GTlsCertificate>> self_signed_certificate(const std::vector<std::string>& addresses) {
  const KeyHandle key(EVP_EC_gen("P-256"));
  const CertificateHandle certificate(X509_new());
  if (key == nullptr || certificate == nullptr ||
      !describe(certificate.get(), key.get(), addresses)) {
    std::array<char, 256> reason{};
    ERR_error_string_n(ERR_get_error(), reason.data(), reason.size());
    return Error{
        "bad_tls_certificate",
        std::string("--tls-self-signed: OpenSSL cannot make a certificate: ") + reason.data()};
  }
  return from_pem(to_pem(certificate.get(), key.get()), "bad_tls_certificate");
}

std::vector<std::string> machine_addresses() {
  ifaddrs* raw = nullptr;
  if (getifaddrs(&raw) != 0) return {"127.0.0.1", "::1"};
  const Handle<ifaddrs, freeifaddrs> interfaces(raw);
  std::vector<std::string> addresses;
  for (const ifaddrs* i = interfaces.get(); i != nullptr; i = i->ifa_next) {
    if (i->ifa_addr == nullptr || (i->ifa_flags & IFF_UP) == 0) continue;
    std::array<char, INET6_ADDRSTRLEN> text{};
    const int family = i->ifa_addr->sa_family;
    const void* address = nullptr;
    if (family == AF_INET) {
      address = &reinterpret_cast<const sockaddr_in*>(i->ifa_addr)->sin_addr;
    } else if (family == AF_INET6) {
      const auto* v6 = &reinterpret_cast<const sockaddr_in6*>(i->ifa_addr)->sin6_addr;
      if (IN6_IS_ADDR_LINKLOCAL(v6)) continue;
      address = v6;
    }
    if (address != nullptr && inet_ntop(family, address, text.data(), text.size()) != nullptr)
      addresses.emplace_back(text.data());
  }
  return addresses;
}

}  // namespace parley::signaling::http
