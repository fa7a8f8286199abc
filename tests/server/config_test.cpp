#include "server/config.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Result<std::variant<Config, ShowText>> read(std::vector<const char*> options) {
  options.insert(options.begin(), "parley");
  return read_config(static_cast<int>(options.size()), options.data());
}

Config config_of(std::vector<const char*> options) {
  auto result = read(std::move(options));
  EXPECT_TRUE(result.ok()) << result.error().message;
  return std::get<Config>(result.value());
}

std::string error_of(std::vector<const char*> options) {
  const auto result = read(std::move(options));
  return result.ok() ? "no error" : result.error().message;
}

TEST(Config, DefaultsListenOnLoopbackOnly) {
  const Config config = config_of({});
  EXPECT_EQ(config.listen, (ListenAddress{"127.0.0.1", 8080}));
  EXPECT_EQ(config.rtc_port, 10000);
  EXPECT_EQ(config.branches, "safe");
}

TEST(Config, LastNIsANumberOfCameras) {
  EXPECT_EQ(config_of({}).last_n, 0u);
  EXPECT_EQ(config_of({"--last-n", "9"}).last_n, 9u);
  EXPECT_THAT(error_of({"--last-n", "-1"}), HasSubstr("--last-n"));
}

TEST(Config, TheKeyOfTokensIsNoneUnlessGiven) {
  EXPECT_EQ(config_of({}).jwt_key, "");
  EXPECT_EQ(config_of({"--jwt-key", "a/secret=="}).jwt_key, "a/secret==");
}

TEST(Config, ListenTakesIpv4Ipv6AndAllAddresses) {
  EXPECT_EQ(config_of({"--listen", "0.0.0.0:80"}).listen, (ListenAddress{"0.0.0.0", 80}));
  EXPECT_EQ(config_of({"--listen", "[::1]:0"}).listen, (ListenAddress{"::1", 0}));
  EXPECT_EQ(config_of({"--listen", ":8443"}).listen, (ListenAddress{"::", 8443}));
  EXPECT_EQ(config_of({"--listen", "localhost:8080"}).listen, (ListenAddress{"127.0.0.1", 8080}));
}

TEST(Config, ABadListenAddressIsOneLineWithTheRemedy) {
  for (const char* bad :
       {"8080", "host:80", "127.0.0.1:", "127.0.0.1:70000", "127.0.0.1:8x", "[::1:80"}) {
    const std::string message = error_of({"--listen", bad});
    EXPECT_THAT(message, HasSubstr("--listen")) << bad;
    EXPECT_THAT(message, HasSubstr("127.0.0.1:8080")) << bad;
    EXPECT_THAT(message, Not(HasSubstr("\n"))) << bad;
  }
}

TEST(Config, EveryBadOptionIsOneLine) {
  for (const std::vector<const char*>& options :
       std::vector<std::vector<const char*>>{{"--no-such-option"},
                                             {"--rtc-port", "many"},
                                             {"--rtc-port", "65536"},
                                             {"--rtc-threads", "0"},
                                             {"--branches", "some"},
                                             {"--web", "/no/such/folder"},
                                             {"--announce", "example.org"},
                                             {"--log-level", "loud"},
                                             {"stray"}}) {
    const std::string message = error_of(options);
    EXPECT_NE(message, "no error") << options[0];
    EXPECT_THAT(message, Not(HasSubstr("\n"))) << options[0];
  }
}

TEST(Config, TlsFilesComeTogether) {
  const std::string file = std::filesystem::temp_directory_path() / "parley_config_test.pem";
  std::ofstream(file) << "x";
  EXPECT_THAT(error_of({"--tls-cert", file.c_str()}), HasSubstr("--tls-key is missing"));
  EXPECT_THAT(
      error_of({"--tls-self-signed", "--tls-cert", file.c_str(), "--tls-key", file.c_str()}),
      HasSubstr("exclude each other"));
  std::filesystem::remove(file);
}

TEST(Config, AnnounceAndAllowOriginRepeat) {
  const Config config =
      config_of({"--announce", "192.0.2.1", "--announce", "2001:db8::1", "--allow-origin",
                 "https://a.example", "--allow-origin", "https://b.example"});
  EXPECT_THAT(config.announce, ElementsAre("192.0.2.1", "2001:db8::1"));
  EXPECT_THAT(config.allow_origins, ElementsAre("https://a.example", "https://b.example"));
}

TEST(Config, EnvironmentSetsWhatTheCommandLineDoesNot) {
  setenv("PARLEY_RTC_PORT", "12345", 1);
  setenv("PARLEY_OPERATOR_TOKEN", "secret", 1);
  EXPECT_EQ(config_of({}).rtc_port, 12345);
  EXPECT_EQ(config_of({"--rtc-port", "23456"}).rtc_port, 23456);
  EXPECT_EQ(config_of({}).operator_token, "secret");
  unsetenv("PARLEY_RTC_PORT");
  unsetenv("PARLEY_OPERATOR_TOKEN");
}

TEST(Config, AFileHoldsTheSameKeys) {
  const std::string file = std::filesystem::temp_directory_path() / "parley_config_test.conf";
  std::ofstream(file)
      << "listen=127.0.0.1:9999\nrtc-port=11111\nannounce=[\"192.0.2.7\"]\ntls-self-signed=true\n";
  const Config config = config_of({"--config", file.c_str(), "--rtc-port", "22222"});
  EXPECT_EQ(config.listen.port, 9999);
  EXPECT_EQ(config.rtc_port, 22222) << "the command line goes before the file";
  EXPECT_THAT(config.announce, ElementsAre("192.0.2.7"));
  EXPECT_TRUE(config.tls_self_signed);
  std::filesystem::remove(file);
}

TEST(Config, NamesTheOptionsThatAreSetAndDoNothingYet) {
  EXPECT_THAT(config_of({"--rtc-port", "0"}).without_effect, testing::IsEmpty());
  setenv("PARLEY_RECORDINGS", "/tmp", 1);
  EXPECT_THAT(config_of({"--branches", "safe"}).without_effect, ElementsAre("--recordings"));
  unsetenv("PARLEY_RECORDINGS");
}

TEST(Config, TakesElementsForBranchesOneByOne) {
  EXPECT_THAT(config_of({"--branch-elements", "filesink", "--branch-elements", "multifilesink"})
                  .branch_elements,
              ElementsAre("filesink", "multifilesink"));
}

TEST(Config, HelpAndVersionAreTextToShow) {
  const auto help = read({"--help"});
  ASSERT_TRUE(help.ok());
  EXPECT_THAT(std::get<ShowText>(*help).text, HasSubstr("--rtc-port"));
  const auto version = read({"--version"});
  ASSERT_TRUE(version.ok());
  EXPECT_THAT(std::get<ShowText>(*version).text, testing::MatchesRegex("parley [0-9.]+\n"));
}

}  // namespace
}  // namespace parley::server
