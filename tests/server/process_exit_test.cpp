#include "server/process_exit.hpp"

#include <cstdio>
#include <cstdlib>

#include <gtest/gtest.h>
#include <openssl/crypto.h>

namespace parley::server {
namespace {

[[noreturn]] void use_openssl_and_exit() {
  OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CRYPTO_STRINGS, nullptr);
  OPENSSL_atexit([] { std::fputs("cleaned up", stderr); });
  std::exit(0);
}

class ProcessExitDeathTest : public testing::Test {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(ProcessExitDeathTest, OpensslDoesNotCleanUpUnderThreadsThatStillEnd) {
  EXPECT_EXIT(
      {
        keep_openssl_until_the_end();
        use_openssl_and_exit();
      },
      testing::ExitedWithCode(0), "^$");
}

TEST_F(ProcessExitDeathTest, OpensslWouldOtherwiseCleanUp) {
  EXPECT_EXIT(use_openssl_and_exit(), testing::ExitedWithCode(0), "cleaned up");
}

}  // namespace
}  // namespace parley::server
