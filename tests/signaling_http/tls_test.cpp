#include "signaling/http/tls.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_directory.hpp"

namespace parley::signaling::http {
namespace {

using testing::Contains;
using testing::HasSubstr;

std::string text_property(GTlsCertificate* certificate, const char* name) {
  char* text = nullptr;
  g_object_get(certificate, name, &text, nullptr);
  const GString_ owner(text);
  return text == nullptr ? std::string() : std::string(text);
}

class CertificateFiles : public testing::Test {
 protected:
  CertificateFiles() {
    const auto made = self_signed_certificate({"127.0.0.1"}).value();
    certificate_ = directory_.write("cert.pem", text_property(made.get(), "certificate-pem"));
    key_ = directory_.write("key.pem", text_property(made.get(), "private-key-pem"));
  }
  void expect_error(const std::string& certificate, const std::string& key, const char* code,
                    const std::string& named) {
    const auto loaded = load_certificate(certificate, key);
    ASSERT_FALSE(loaded) << code;
    EXPECT_EQ(loaded.error().code, code);
    EXPECT_THAT(loaded.error().message, HasSubstr(named));
    EXPECT_EQ(loaded.error().message.find('\n'), std::string::npos);
  }

  TemporaryDirectory directory_;
  std::string certificate_;
  std::string key_;
};

TEST_F(CertificateFiles, PairThatBelongsTogetherIsLoaded) {
  EXPECT_TRUE(load_certificate(certificate_, key_));
}

TEST_F(CertificateFiles, WhatIsWrongIsNamedWithItsFile) {
  const auto other = self_signed_certificate({}).value();
  const auto other_key =
      directory_.write("other.pem", text_property(other.get(), "private-key-pem"));
  const auto junk = directory_.write("junk.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n");
  const auto empty = directory_.write("empty.pem", "");
  const auto missing = directory_.path() / "missing.pem";
  expect_error(missing, key_, "bad_tls_certificate", "missing.pem");
  expect_error(certificate_, missing, "bad_tls_key", "missing.pem");
  expect_error(junk, key_, "bad_tls_certificate", "junk.pem");
  expect_error(empty, key_, "bad_tls_certificate", "empty.pem");
  expect_error(certificate_, junk, "bad_tls_key", "junk.pem");
  expect_error(certificate_, certificate_, "bad_tls_key", "cert.pem");
  expect_error(certificate_, other_key, "tls_key_mismatch", "other.pem");
}

TEST(SelfSignedCertificate, NamesLocalhostAndTheAddressesGiven) {
  const auto certificate = self_signed_certificate({"127.0.0.1", "::1"}).value();
  const auto verify = [&](const char* host) {
    const auto identity = Ref<GSocketConnectable>::adopt(g_network_address_new(host, 443));
    return g_tls_certificate_verify(certificate.get(), identity.get(), certificate.get());
  };
  EXPECT_EQ(verify("localhost") & G_TLS_CERTIFICATE_BAD_IDENTITY, 0);
  EXPECT_EQ(verify("127.0.0.1") & G_TLS_CERTIFICATE_BAD_IDENTITY, 0);
  EXPECT_EQ(verify("::1") & G_TLS_CERTIFICATE_BAD_IDENTITY, 0);
  EXPECT_NE(verify("evil.example") & G_TLS_CERTIFICATE_BAD_IDENTITY, 0);
  EXPECT_EQ(verify("localhost") & (G_TLS_CERTIFICATE_EXPIRED | G_TLS_CERTIFICATE_NOT_ACTIVATED), 0);
}

TEST(SelfSignedCertificate, EveryOneHasItsOwnKey) {
  const auto one = self_signed_certificate({}).value();
  const auto two = self_signed_certificate({}).value();
  EXPECT_NE(text_property(one.get(), "private-key-pem"),
            text_property(two.get(), "private-key-pem"));
}

TEST(MachineAddresses, HoldLoopback) {
  EXPECT_THAT(machine_addresses(), Contains("127.0.0.1"));
}

}  // namespace
}  // namespace parley::signaling::http
