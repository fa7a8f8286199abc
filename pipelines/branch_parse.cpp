#include "pipelines/branch_parse.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "pipelines/launch_line.hpp"
#include "plugins/track_element.hpp"

namespace parley::pipelines {
namespace {

Error bad_launch(std::optional<std::size_t> column, std::string_view what) {
  if (!column) return {"bad_launch", fmt::format("launch: {}", what)};
  return {"bad_launch", fmt::format("launch, column {}: {}", *column, what)};
}

Error forbidden(std::optional<std::size_t> column, std::string_view factory) {
  return {"element_forbidden",
          fmt::format("launch{}: the element '{}' is not among those that branches may use here; "
                      "start the server with --branch-elements {} or --branches any",
                      column ? fmt::format(", column {}", *column) : "", factory, factory)};
}

std::optional<std::size_t> column_of_element(const std::string& launch, std::string_view factory) {
  return column_of_error(launch, fmt::format("\"{}\"", factory));
}

bool is_element(std::string_view name) {
  return Ref<GstElementFactory>::adopt(gst_element_factory_find(std::string(name).c_str())) !=
         Ref<GstElementFactory>();
}

/// So that what may not be used is not even made. What hides from this is found afterwards.
Status check_words(const std::string& launch, const BranchPolicy& policy) {
  for (const LaunchWord& word : launch_words(launch))
    if (names_element(word.text) && !policy.allows(word.text) && is_element(word.text))
      return forbidden(word.column, word.text);
  return Nothing{};
}

/// The value a new element has, which need not be the one its class tells.
bool has_default(GstElement* element, GParamSpec* spec) {
  GValue value = G_VALUE_INIT;
  g_value_init(&value, spec->value_type);
  g_object_get_property(G_OBJECT(element), spec->name, &value);
  const bool same = g_param_value_defaults(spec, &value) != FALSE;
  g_value_unset(&value);
  return same;
}

Status check_element(GstElement* element, const std::string& launch, const BranchPolicy& policy) {
  const std::string factory = factory_name(element);
  // A bin written in parentheses has no factory of its own, and what is in it is looked at.
  if (G_OBJECT_TYPE(element) == GST_TYPE_BIN) return Nothing{};
  if (!policy.allows(factory)) return forbidden(column_of_element(launch, factory), factory);
  for (const std::string_view name : policy.guarded(factory)) {
    GParamSpec* spec = g_object_class_find_property(G_OBJECT_GET_CLASS(element), name.data());
    if (spec != nullptr && !has_default(element, spec))
      return Error{"element_forbidden",
                   fmt::format("launch: '{}' of {} may not be set here, for it leads to files; "
                               "start the server with --branch-elements {} or --branches any",
                               name, factory, factory)};
  }
  return Nothing{};
}

}  // namespace

std::string factory_name(GstElement* element) {
  GstElementFactory* factory = gst_element_get_factory(element);
  return factory != nullptr ? GST_OBJECT_NAME(factory) : G_OBJECT_TYPE_NAME(element);
}

std::vector<Ref<GstElement>> elements_of(GstElement* pipeline) {
  std::vector<Ref<GstElement>> elements;
  const Handle<GstIterator, gst_iterator_free> iterator(gst_bin_iterate_recurse(GST_BIN(pipeline)));
  GValue item = G_VALUE_INIT;
  while (true) {
    switch (gst_iterator_next(iterator.get(), &item)) {
      case GST_ITERATOR_OK:
        elements.push_back(
            Ref<GstElement>::retain(static_cast<GstElement*>(g_value_get_object(&item))));
        g_value_reset(&item);
        break;
      case GST_ITERATOR_RESYNC:
        elements.clear();
        gst_iterator_resync(iterator.get());
        break;
      default:
        g_value_unset(&item);
        return elements;
    }
  }
}

Result<ParsedBranch> parse_branch(const std::string& launch, const BranchPolicy& policy) {
  if (policy.mode() == BranchMode::Off)
    return Error{"branches_off", "This server runs no branches; start it with --branches safe"};
  if (launch.size() > kMaxLaunchLength)
    return bad_launch({}, fmt::format("longer than {} bytes", kMaxLaunchLength));
  if (const Status words = check_words(launch, policy); !words) return words.error();

  GError* error = nullptr;
  constexpr auto kFlags = static_cast<GstParseFlags>(GST_PARSE_FLAG_FATAL_ERRORS |
                                                     GST_PARSE_FLAG_NO_SINGLE_ELEMENT_BINS);
  auto made = Ref<GstElement>::sink(gst_parse_launch_full(launch.c_str(), nullptr, kFlags, &error));
  if (error != nullptr) {
    const std::string message = error->message;
    g_error_free(error);
    return bad_launch(column_of_error(launch, message), message);
  }
  if (!made) return bad_launch({}, "it makes no pipeline");

  ParsedBranch branch;
  branch.pipeline = std::move(made);
  if (!GST_IS_PIPELINE(branch.pipeline.get())) {
    auto pipeline = Ref<GstElement>::sink(gst_pipeline_new(nullptr));
    gst_bin_add(GST_BIN(pipeline.get()), branch.pipeline.get());
    branch.pipeline = std::move(pipeline);
  }
  const auto elements = elements_of(branch.pipeline.get());
  if (elements.size() > kMaxBranchElements)
    return bad_launch({}, fmt::format("more than {} elements", kMaxBranchElements));
  for (const auto& element : elements) {
    if (const Status allowed = check_element(element.get(), launch, policy); !allowed)
      return allowed.error();
    if (plugins::is_track_element(element.get())) branch.tracks.push_back(element);
  }
  return branch;
}

}  // namespace parley::pipelines
