// GLib's table of quarks is made as the library is loaded, and when it grows the old one is left to
// readers without a lock: no leak of ours. To tell it from others by its stack, LeakSanitizer has
// to unwind that in full.

extern "C" {
const char* __asan_default_options();
const char* __lsan_default_suppressions();
}

const char* __asan_default_options() {
  return "fast_unwind_on_malloc=0";
}
const char* __lsan_default_suppressions() {
  return "leak:_dl_init\n";
}
