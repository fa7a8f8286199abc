// What outlives main().
#pragma once

namespace parley::server {

/// Keeps OpenSSL from cleaning up at exit; the kernel does it. GStreamer's pools wait 15 s for more
/// work before they end a thread, and a thread that ends gives back what OpenSSL holds for it: both
/// at once free the same memory twice. Before anything else uses OpenSSL, or it has no effect.
void keep_openssl_until_the_end();

}  // namespace parley::server
