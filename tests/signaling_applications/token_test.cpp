#include "signaling/applications/token.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "signaling/socketio/base64.hpp"

namespace parley::signaling::applications {
namespace {

using testing::HasSubstr;

const std::chrono::system_clock::time_point kNow{std::chrono::seconds(1'700'000'000)};

/// Of the form that a token has; nobody signed it.
std::string unsigned_token(const std::string& claims) {
  return socketio::base64_encode(R"({"alg":"HS256"})") + '.' + socketio::base64_encode(claims) +
         ".c2lnbmF0dXJl";
}

std::string error_of(const Result<Identity>& result) {
  return result ? "no error" : result.error().code + ": " + result.error().message;
}

TEST(Token, WithoutAKeyItIsRead) {
  const auto reader = TokenReader::create({}).value();
  const auto identity =
      reader.read(unsigned_token(R"({"sub":"u1","username":"Ann","exp":1})"), kNow);
  ASSERT_TRUE(identity) << identity.error().message;
  EXPECT_EQ(*identity, (Identity{"u1", "Ann"}));
  EXPECT_EQ(reader.read(unsigned_token(R"({"sub":17,"username":"Ann"})"), kNow).value().sub, "17");
}

TEST(Token, WhatIsMissingIsNamed) {
  const auto reader = TokenReader::create({}).value();
  EXPECT_THAT(error_of(reader.read({}, kNow)), HasSubstr("missing"));
  EXPECT_THAT(error_of(reader.read(unsigned_token(R"({"username":"Ann"})"), kNow)),
              HasSubstr("lacks sub"));
  EXPECT_THAT(error_of(reader.read(unsigned_token(R"({"sub":"u1"})"), kNow)),
              HasSubstr("lacks username"));
  for (const char* claims : {R"({"sub":"","username":"x"})", R"({"sub":null,"username":"x"})",
                             R"({"sub":["a"],"username":"x"})"})
    EXPECT_THAT(error_of(reader.read(unsigned_token(claims), kNow)), HasSubstr("lacks sub"));
  EXPECT_THAT(
      error_of(reader.read(
          unsigned_token(R"({"sub":"u1","username":")" + std::string(129, 'x') + "\"}"), kNow)),
      HasSubstr("lacks username"));
}

TEST(Token, WhatIsNoTokenIsSaidToBeNone) {
  const auto reader = TokenReader::create({}).value();
  const std::string good = unsigned_token(R"({"sub":"u1","username":"Ann"})");
  for (const std::string& text :
       {std::string("x"), std::string(".."), std::string("a.b.c"), good + ".more",
        good.substr(0, good.rfind('.')), unsigned_token("[]"), unsigned_token("{"),
        unsigned_token(R"({"sub":"u1","username":"Ann"}x)"), std::string(8193, '.')})
    EXPECT_THAT(error_of(reader.read(text, kNow)), HasSubstr("bad_token")) << text;
}

TEST(Token, WithAKeyWhatNobodySignedIsNotTrusted) {
  const auto reader = TokenReader::create("secret").value();
  EXPECT_THAT(error_of(reader.read(unsigned_token(R"({"sub":"u1","username":"Ann"})"), kNow)),
              HasSubstr("untrusted_token"));
}

class JwtKeyFile : public testing::Test {
 protected:
  JwtKeyFile() {
    std::string name = (std::filesystem::temp_directory_path() / "parley-key-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~JwtKeyFile() override { std::filesystem::remove_all(folder_); }
  std::string write(const std::string& text) {
    std::ofstream(folder_ / "key") << text;
    return (folder_ / "key").string();
  }
  std::filesystem::path folder_;
};

TEST_F(JwtKeyFile, ASecretStandsOnTheCommandLineOrInAFile) {
  EXPECT_EQ(load_jwt_key("a/secret+with==slashes").value(), "a/secret+with==slashes");
  EXPECT_EQ(load_jwt_key({}).value(), "");
  EXPECT_EQ(load_jwt_key(write("in a file\r\n")).value(), "in a file");
}

TEST_F(JwtKeyFile, AMistakeIsNoSecret) {
  for (const std::string& option : {std::string("/no/such/file"), std::string("./key"),
                                    std::string("public.pem"), write("\n")}) {
    const auto key = load_jwt_key(option);
    ASSERT_FALSE(key) << option;
    EXPECT_THAT(key.error().message, HasSubstr("--jwt-key"));
  }
}

TEST_F(JwtKeyFile, APemTextWithoutAPublicKeyIsRefused) {
  for (const char* pem : {"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
                          "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"}) {
    const auto reader = TokenReader::create(pem);
    ASSERT_FALSE(reader);
    EXPECT_THAT(reader.error().message, HasSubstr("-pubout"));
  }
}

}  // namespace
}  // namespace parley::signaling::applications
