#include "pipelines/live_pipeline.hpp"

#include <utility>

#include <spdlog/spdlog.h>

#include "pipelines/reaper.hpp"

namespace parley::pipelines {
namespace {

std::string factory_of(GstObject* object) {
  if (object == nullptr || !GST_IS_ELEMENT(object)) return "";
  GstElementFactory* factory = gst_element_get_factory(GST_ELEMENT(object));
  return factory != nullptr ? GST_OBJECT_NAME(factory) : "";
}

std::string text_of(GstMessage* message, void (*parse)(GstMessage*, GError**, char**)) {
  GError* error = nullptr;
  char* debug = nullptr;
  parse(message, &error, &debug);
  std::string text =
      std::string(error->message) + (debug != nullptr ? std::string(" (") + debug + ")" : "");
  g_error_free(error);
  g_free(debug);
  return text;
}

/// On the thread that posts the message: takes what matters to main, keeps nothing on the bus.
GstBusSyncReply on_message(GstBus*, GstMessage* message, gpointer data) {
  const auto& postbox = *static_cast<const Postbox*>(data);
  switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_ERROR:
      postbox.post([factory = factory_of(GST_MESSAGE_SRC(message)),
                    text = text_of(message, gst_message_parse_error)](SessionEvents& events) {
        events.on_error(factory, text);
      });
      break;
    case GST_MESSAGE_WARNING:
      spdlog::warn("{}: {}", GST_MESSAGE_SRC_NAME(message),
                   text_of(message, gst_message_parse_warning));
      break;
    case GST_MESSAGE_LATENCY:
      postbox.post([](SessionEvents& events) { events.on_latency(); });
      break;
    default:
      break;
  }
  gst_message_unref(message);
  return GST_BUS_DROP;
}

/// webrtcbin brings elements up from its own thread, some of them locked against its own state; one
/// that comes up while its parents go down would be left running, and leak.
void end_stragglers(GstBin* bin) {
  const auto end = [](const GValue* item, gpointer) {
    auto* element = static_cast<GstElement*>(g_value_get_object(item));
    if (GST_STATE(element) == GST_STATE_NULL &&
        GST_STATE_PENDING(element) == GST_STATE_VOID_PENDING)
      return;
    spdlog::debug("{} was left in {}", GST_ELEMENT_NAME(element),
                  gst_element_state_get_name(GST_STATE(element)));
    gst_element_set_locked_state(element, FALSE);
    gst_element_set_state(element, GST_STATE_NULL);
  };
  const Handle<GstIterator, gst_iterator_free> elements(gst_bin_iterate_recurse(bin));
  while (gst_iterator_foreach(elements.get(), end, nullptr) == GST_ITERATOR_RESYNC)
    gst_iterator_resync(elements.get());
}

}  // namespace

LivePipeline::LivePipeline(const std::string& name, GstClockTime base_time, const Postbox& postbox)
    : element_(Ref<GstElement>::sink(gst_pipeline_new(name.c_str()))) {
  // Nobody polls the bus, so it needs none of the file descriptors that polling takes.
  const auto bus = Ref<GstBus>::adopt(
      static_cast<GstBus*>(g_object_new(GST_TYPE_BUS, "enable-async", FALSE, nullptr)));
  gst_element_set_bus(element_.get(), bus.get());
  gst_bus_set_sync_handler(bus.get(), on_message, new Postbox(postbox),
                           [](gpointer data) { delete static_cast<Postbox*>(data); });
  const auto clock = Ref<GstClock>::adopt(gst_system_clock_obtain());
  gst_pipeline_use_clock(GST_PIPELINE(element_.get()), clock.get());
  gst_element_set_start_time(element_.get(), GST_CLOCK_TIME_NONE);
  gst_element_set_base_time(element_.get(), base_time);
}

LivePipeline::~LivePipeline() {
  Reaper::instance().run([element = std::move(element_), before = std::move(before_),
                          ended = std::move(ended_)]() mutable {
    if (before) before(GST_BIN(element.get()));
    before = nullptr;
    gst_element_set_state(element.get(), GST_STATE_NULL);
    end_stragglers(GST_BIN(element.get()));
    element = nullptr;
    if (ended) ended();
  });
}

void LivePipeline::at_end(std::function<void(GstBin*)> before, std::function<void()> ended) {
  before_ = std::move(before);
  ended_ = std::move(ended);
}

}  // namespace parley::pipelines
