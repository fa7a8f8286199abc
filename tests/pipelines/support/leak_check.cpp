// At the end of the test program, where GST_TRACERS=leaks is set: no GStreamer object may be left.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gst/gst.h>
#include <gtest/gtest.h>

#include "support/glib/ref.hpp"
#include "tests/pipelines/support/call.hpp"

namespace parley::pipelines::testing {
namespace {

/// The dtls plugin keeps one certificate for the life of the process, the registry its factories.
bool is_kept(const std::string& type) {
  return type == "GstDtlsAgent" || type == "GstElementFactory";
}

GstObject* find_leaks_tracer() {
  GstObject* found = nullptr;
  GList* tracers = gst_tracing_get_active_tracers();
  for (GList* item = tracers; item != nullptr; item = item->next)
    if (g_strcmp0(G_OBJECT_TYPE_NAME(item->data), "GstLeaksTracer") == 0)
      found = GST_OBJECT(gst_object_ref(item->data));
  g_list_free_full(tracers, gst_object_unref);
  return found;
}

enum class Say { Types, Contents };

/// The contents only of what nobody frees any more: the values hold no references, whatever their
/// type says. (So they are never freed here either.)
std::vector<std::string> leaked(GstObject* tracer, Say say) {
  GstStructure* objects = nullptr;
  g_signal_emit_by_name(tracer, "get-live-objects", &objects);
  const GValue* list = gst_structure_get_value(objects, "live-objects-list");
  std::vector<std::string> names;
  for (guint i = 0; list != nullptr && i < gst_value_list_get_size(list); ++i) {
    const auto* info =
        static_cast<const GstStructure*>(g_value_get_boxed(gst_value_list_get_value(list, i)));
    const GValue* object = gst_structure_get_value(info, "object");
    const char* type = G_VALUE_TYPE_NAME(object);
    if (is_kept(type)) continue;
    names.emplace_back(say == Say::Types ? type : GString_(g_strdup_value_contents(object)).get());
  }
  return names;
}

class LeakCheck : public ::testing::Environment {
 public:
  void TearDown() override {
    const auto tracer = Ref<GstObject>::adopt(find_leaks_tracer());
    if (!tracer) return;
    // A DTLS connection is held by the timer of its last handshake message.
    run_until([&] { return leaked(tracer.get(), Say::Types).empty(); }, std::chrono::seconds(5));
    EXPECT_THAT(leaked(tracer.get(), Say::Contents), ::testing::IsEmpty());
  }
};

const auto* const leak_check = ::testing::AddGlobalTestEnvironment(new LeakCheck);

}  // namespace
}  // namespace parley::pipelines::testing
