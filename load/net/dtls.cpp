#include "load/net/dtls.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <sys/time.h>

namespace parley::load {
namespace {

constexpr std::size_t kKeySize = 16;
constexpr std::size_t kSaltSize = 14;
constexpr long kCertificateLife = 30L * 24 * 3600;                 // s
constexpr unsigned kFirstRetry = 200'000, kLastRetry = 3'000'000;  // µs

std::string last_error() {
  std::array<char, 160> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  ERR_clear_error();
  return text.data();
}

std::string fingerprint_of(const X509* certificate, const EVP_MD* digest) {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> bytes;
  unsigned size = 0;
  if (X509_digest(certificate, digest, bytes.data(), &size) != 1) return {};
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string text;
  for (unsigned i = 0; i < size; ++i) {
    if (i != 0) text += ':';
    text += kHex[bytes[i] >> 4];
    text += kHex[bytes[i] & 15];
  }
  return text;
}

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Certificate make_certificate(EVP_PKEY* key) {
  Certificate certificate(X509_new(), &X509_free);
  X509* x = certificate.get();
  X509_set_version(x, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
  X509_gmtime_adj(X509_getm_notBefore(x), -3600);
  X509_gmtime_adj(X509_getm_notAfter(x), kCertificateLife);
  X509_set_pubkey(x, key);
  const auto* name = reinterpret_cast<const unsigned char*>("parley-load");
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC, name, -1, -1, 0);
  X509_set_issuer_name(x, X509_get_subject_name(x));
  if (X509_sign(x, key, EVP_sha256()) == 0) certificate.reset();
  return certificate;
}

/// A BIO each of whose writes is one datagram: OpenSSL keeps a record within the MTU it was told,
/// but a memory BIO would run the datagrams of a flight together.
BIO_METHOD* datagram_output() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagrams");
    BIO_meth_set_write(made, [](BIO* bio, const char* data, int size) {
      auto* output = static_cast<DtlsOutput*>(BIO_get_data(bio));
      output->send_records(
          {reinterpret_cast<const std::uint8_t*>(data), static_cast<std::size_t>(size)});
      return size;
    });
    BIO_meth_set_ctrl(made, [](BIO*, int command, long, void*) -> long {
      return command == BIO_CTRL_FLUSH || command == BIO_CTRL_DUP ? 1 : 0;
    });
    return made;
  }();
  return method;
}

unsigned retry_time(SSL*, unsigned last) {
  return last == 0 ? kFirstRetry : std::min(2 * last, kLastRetry);
}

}  // namespace

Result<std::shared_ptr<const DtlsIdentity>> DtlsIdentity::make() {
  const auto failed = [](const char* what) {
    return Error{"crypto_failed", std::string(what) + ": " + last_error()};
  };
  const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), &EVP_PKEY_free);
  if (!key) return failed("cannot make a key");
  const Certificate certificate = make_certificate(key.get());
  if (!certificate) return failed("cannot make a certificate");
  std::shared_ptr<DtlsIdentity> identity(new DtlsIdentity);
  identity->context_.reset(SSL_CTX_new(DTLS_method()));
  SSL_CTX* context = identity->context_.get();
  if (context == nullptr || SSL_CTX_use_certificate(context, certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, key.get()) != 1)
    return failed("cannot set DTLS up");
  // Returns 0 for success.
  if (SSL_CTX_set_tlsext_use_srtp(context, "SRTP_AES128_CM_SHA1_80") != 0)
    return failed("cannot offer SRTP");
  // Self-signed at both ends: what counts is the fingerprint in the SDP, see peer_has().
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                     [](int, X509_STORE_CTX*) { return 1; });
  SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  identity->fingerprint_ = "sha-256 " + fingerprint_of(certificate.get(), EVP_sha256());
  return std::shared_ptr<const DtlsIdentity>(std::move(identity));
}

DtlsSession::DtlsSession(std::shared_ptr<const DtlsIdentity> identity, DtlsRole role,
                         DtlsOutput& output)
    : identity_(std::move(identity)), role_(role), ssl_(SSL_new(identity_->context())) {
  input_ = BIO_new(BIO_s_mem());
  BIO_set_mem_eof_return(input_, -1);
  BIO* out = BIO_new(datagram_output());
  BIO_set_data(out, &output);
  BIO_set_init(out, 1);
  SSL_set_bio(ssl_.get(), input_, out);
  SSL_set_mtu(ssl_.get(), kMtu);
  DTLS_set_timer_cb(ssl_.get(), retry_time);
  if (role == DtlsRole::Client)
    SSL_set_connect_state(ssl_.get());
  else
    SSL_set_accept_state(ssl_.get());
}

DtlsSession::~DtlsSession() = default;

void DtlsSession::on_datagram(std::span<const std::uint8_t> datagram) {
  if (state_ == State::Closed || state_ == State::Failed) return;
  BIO_write(input_, datagram.data(), static_cast<int>(datagram.size()));
  advance();
}

void DtlsSession::advance() {
  ERR_clear_error();
  if (state_ == State::Handshaking) {
    const int result = SSL_do_handshake(ssl_.get());
    if (result == 1) {
      state_ = State::Connected;
    } else {
      const int error = SSL_get_error(ssl_.get(), result);
      if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) fail("DTLS handshake");
      return;
    }
  }
  // There is no data but alerts; and a repeated last flight is answered from in here.
  std::array<char, 2048> ignored;
  const int read = SSL_read(ssl_.get(), ignored.data(), static_cast<int>(ignored.size()));
  if (read <= 0 && SSL_get_error(ssl_.get(), read) == SSL_ERROR_ZERO_RETURN) state_ = State::Closed;
}

void DtlsSession::fail(const char* what) {
  state_ = State::Failed;
  problem_ = std::string(what) + ": " + last_error();
}

std::optional<Duration> DtlsSession::timeout() const {
  timeval left{};
  if (state_ != State::Handshaking || DTLSv1_get_timeout(ssl_.get(), &left) != 1)
    return std::nullopt;
  return std::chrono::seconds(left.tv_sec) + std::chrono::microseconds(left.tv_usec);
}

void DtlsSession::on_timeout() {
  if (state_ == State::Handshaking && DTLSv1_handle_timeout(ssl_.get()) < 0)
    fail("DTLS handshake timed out");
}

void DtlsSession::close() {
  if (state_ != State::Connected) return;
  state_ = State::Closed;
  SSL_shutdown(ssl_.get());
}

std::optional<DtlsSession::Keys> DtlsSession::keys() const {
  if (state_ != State::Connected || SSL_get_selected_srtp_profile(ssl_.get()) == nullptr)
    return std::nullopt;
  // RFC 5764 4.2: both keys, then both salts, the client's first.
  std::array<std::uint8_t, 2 * (kKeySize + kSaltSize)> material;
  constexpr std::string_view kLabel = "EXTRACTOR-dtls_srtp";
  if (SSL_export_keying_material(ssl_.get(), material.data(), material.size(), kLabel.data(),
                                 kLabel.size(), nullptr, 0, 0) != 1)
    return std::nullopt;
  const auto half = [&](std::size_t index) {
    transport::SrtpKey key;
    std::memcpy(key.data(), material.data() + index * kKeySize, kKeySize);
    std::memcpy(key.data() + kKeySize, material.data() + 2 * kKeySize + index * kSaltSize,
                kSaltSize);
    return key;
  };
  const bool client = role_ == DtlsRole::Client;
  return Keys{half(client ? 0 : 1), half(client ? 1 : 0)};
}

bool DtlsSession::peer_has(const std::vector<std::string>& fingerprints) const {
  const Certificate peer(SSL_get1_peer_certificate(ssl_.get()), &X509_free);
  if (!peer) return false;
  return std::ranges::any_of(fingerprints, [&](const std::string& wanted) {
    const std::size_t blank = wanted.find(' ');
    std::string hash = wanted.substr(0, blank);
    std::erase(hash, '-');  // "sha-256" is OpenSSL's "sha256"
    const EVP_MD* digest = EVP_get_digestbyname(hash.c_str());
    if (digest == nullptr || blank == std::string::npos) return false;
    std::string value = wanted.substr(blank + 1);
    std::ranges::transform(value, value.begin(), [](unsigned char c) { return std::toupper(c); });
    return fingerprint_of(peer.get(), digest) == value;
  });
}

}  // namespace parley::load
