// What the sanitizers cannot know of libraries, which are built without them.

extern "C" {
const char* __asan_default_options();
const char* __lsan_default_suppressions();
const char* __tsan_default_options();
const char* __tsan_default_suppressions();
}

// GLib's table of quarks is made as the library is loaded, and when it grows the old one is left to
// readers without a lock: no leak of ours. To tell it from others by its stack, LeakSanitizer has
// to unwind that in full. And it crashes over what threads of GIO's TLS keep for themselves, unless
// it leaves memory of that kind alone.
const char* __asan_default_options() {
  return "fast_unwind_on_malloc=0:intercept_tls_get_addr=0";
}
// GStreamer's DTLS elements keep one agent with its certificate for the process.
const char* __lsan_default_suppressions() {
  return "leak:_dl_init\n"
         "leak:libgstdtls.so\n";
}

// GLib's locks and reference counts are invisible to ThreadSanitizer. So what they alone order is
// no race: calls of webrtcbin into its agent, the end of our GObjects, and of a buffer's memory.
const char* __tsan_default_options() {
  return "ignore_noninstrumented_modules=1";
}
const char* __tsan_default_suppressions() {
  return "race:^parley_ice_\n"
         "race:^agent_\n"
         "race:release_queued\n";
}
