// The parts of a participant that need no webrtcbin.
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include <gst/gst.h>
#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "pipelines/fingerprint.hpp"
#include "pipelines/reaper.hpp"
#include "pipelines/transport_sdp.hpp"
#include "support/glib/ref.hpp"

namespace parley::pipelines {
namespace {

/// A certificate made here, and its fingerprint by another way than the one under test.
class Fingerprint : public ::testing::Test {
 protected:
  Fingerprint() : key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")), certificate(X509_new()) {
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    const Handle<BIO, BIO_free> bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(bio.get(), certificate.get());
    char* text = nullptr;
    const long length = BIO_get_mem_data(bio.get(), &text);
    pem.assign(text, static_cast<std::size_t>(length));
  }

  [[nodiscard]] std::string fingerprint(const char* name, GChecksumType type) const {
    unsigned char* der = nullptr;
    const int length = i2d_X509(certificate.get(), &der);
    const GString_ hex(g_compute_checksum_for_data(type, der, static_cast<gsize>(length)));
    OPENSSL_free(der);
    std::string text = std::string(name) + " ";
    for (std::size_t i = 0; hex.get()[i] != '\0'; i += 2) {
      if (i != 0) text += ':';
      text += static_cast<char>(g_ascii_toupper(hex.get()[i]));
      text += static_cast<char>(g_ascii_toupper(hex.get()[i + 1]));
    }
    return text;
  }
  [[nodiscard]] bool matches(std::vector<std::string> fingerprints) const {
    return matches_fingerprint(pem, fingerprints);
  }

  Handle<EVP_PKEY, EVP_PKEY_free> key;
  Handle<X509, X509_free> certificate;
  std::string pem;
};

TEST_F(Fingerprint, MatchesByEveryStrongHash) {
  EXPECT_TRUE(matches({fingerprint("sha-256", G_CHECKSUM_SHA256)}));
  EXPECT_TRUE(matches({fingerprint("sha-384", G_CHECKSUM_SHA384)}));
  EXPECT_TRUE(matches({fingerprint("sha-512", G_CHECKSUM_SHA512)}));
}

TEST_F(Fingerprint, MatchesInAnyCase) {
  const auto upper = fingerprint("SHA-256", G_CHECKSUM_SHA256);
  EXPECT_TRUE(matches({upper}));
  const GString_ lower(g_ascii_strdown(upper.c_str(), -1));
  EXPECT_TRUE(matches({lower.get()}));
}

TEST_F(Fingerprint, OneOfSeveralIsEnough) {
  EXPECT_TRUE(matches({"sha-256 00:11", "junk", fingerprint("sha-256", G_CHECKSUM_SHA256)}));
}

TEST_F(Fingerprint, WeakHashesNeverMatch) {
  EXPECT_FALSE(matches({fingerprint("sha-1", G_CHECKSUM_SHA1)}));
  EXPECT_FALSE(matches({fingerprint("md5", G_CHECKSUM_MD5)}));
}

TEST_F(Fingerprint, EverythingElseDoesNotMatch) {
  const auto right = fingerprint("sha-256", G_CHECKSUM_SHA256);
  auto wrong = right;
  wrong.back() = wrong.back() == 'A' ? 'B' : 'A';
  EXPECT_FALSE(matches({wrong}));
  EXPECT_FALSE(matches({}));
  EXPECT_FALSE(
      matches({"", " ", "sha-256", "sha-256 ", right.substr(0, right.size() - 3), right + ":00"}));
  EXPECT_FALSE(matches({"sha-512" + right.substr(7)}));
  const std::vector<std::string> good = {right};
  EXPECT_FALSE(matches_fingerprint("", good));
  EXPECT_FALSE(
      matches_fingerprint("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", good));
}

constexpr const char* kOffer =
    "v=0\r\no=- 1 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE audio0\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=setup:actpass\r\na=ice-ufrag:ours\r\n"
    "a=ice-pwd:ourpassword\r\na=rtcp-mux\r\na=recvonly\r\na=rtpmap:96 "
    "OPUS/48000/2\r\na=mid:audio0\r\n"
    "a=fingerprint:sha-256 AA:BB\r\n";

SdpMessage parse(const std::string& text) {
  GstSDPMessage* message = nullptr;
  gst_sdp_message_new_from_text(text.c_str(), &message);
  return SdpMessage(message);
}

TEST(TransportSdp, ReadsOurEndFromTheOffer) {
  const auto local = local_parameters(*parse(kOffer));
  ASSERT_TRUE(local.ok());
  EXPECT_EQ(local->ufrag, "ours");
  EXPECT_EQ(local->password, "ourpassword");
  EXPECT_EQ(local->fingerprint, "sha-256 AA:BB");
}

TEST(TransportSdp, AnOfferWithoutCredentialsIsAnError) {
  EXPECT_FALSE(local_parameters(*parse("v=0\r\ns=-\r\nt=0 0\r\n")).ok());
  EXPECT_FALSE(
      local_parameters(*parse("v=0\r\ns=-\r\nt=0 0\r\nm=audio 9 X 0\r\na=ice-ufrag:x\r\n")).ok());
}

TEST(TransportSdp, TheAnswerIsTheOfferTurnedRound) {
  const auto answer =
      make_answer(*parse(kOffer), {"theirs", "theirpassword", {"sha-256 CC:DD", "sha-512 EE"}});
  ASSERT_EQ(gst_sdp_message_medias_len(answer.get()), 1u);
  const GstSDPMedia* media = gst_sdp_message_get_media(answer.get(), 0);
  const auto value = [media](const char* key) {
    const char* text = gst_sdp_media_get_attribute_val(media, key);
    return std::string(text != nullptr ? text : "(none)");
  };
  EXPECT_EQ(value("ice-ufrag"), "theirs");
  EXPECT_EQ(value("ice-pwd"), "theirpassword");
  EXPECT_EQ(value("fingerprint"), "sha-256 CC:DD");
  EXPECT_EQ(value("setup"), "active");
  EXPECT_EQ(value("mid"), "audio0");
  EXPECT_EQ(value("recvonly"), "(none)");
  EXPECT_EQ(value("sendonly"), "");
  EXPECT_STREQ(gst_sdp_message_get_attribute_val(answer.get(), "group"), "BUNDLE audio0");
}

TEST(Reaper, DoesWhatIsQueuedBeforeItEnds) {
  std::atomic<int> done{0};
  {
    Reaper reaper(2);
    for (int i = 0; i < 50; ++i) reaper.run([&] { ++done; });
  }
  EXPECT_EQ(done, 50);
}

TEST(Reaper, OneTaskThatBlocksHoldsUpNoOther) {
  Reaper reaper(2);
  std::mutex gate;
  std::atomic<bool> passed{false};
  gate.lock();
  reaper.run([&] { const std::lock_guard wait(gate); });
  reaper.run([&] { passed = true; });
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (!passed && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
  EXPECT_TRUE(passed);
  gate.unlock();
}

}  // namespace
}  // namespace parley::pipelines
