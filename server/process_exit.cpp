#include "server/process_exit.hpp"

#include <openssl/crypto.h>

namespace parley::server {

void keep_openssl_until_the_end() {
  OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr);
}

}  // namespace parley::server
