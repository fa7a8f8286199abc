// What every element of this folder shares: how its type is registered, its author.
#pragma once

#include <gst/gst.h>

namespace parley::plugins {

inline constexpr const char* kAuthor = "The Parley authors";

/// Registers an element type of which `Instance` is the struct (its first member a GstElement).
/// G_DEFINE_TYPE does the same in C; its casts are none that C++ code can pass warnings with.
template <typename Instance, void (*ClassInit)(GstElementClass*), void (*Init)(Instance*)>
GType register_element_type(const char* name) {
  return g_type_register_static_simple(
      GST_TYPE_ELEMENT, name, sizeof(GstElementClass),
      [](gpointer klass, gpointer) { ClassInit(static_cast<GstElementClass*>(klass)); },
      sizeof(Instance),
      [](GTypeInstance* instance, gpointer) { Init(reinterpret_cast<Instance*>(instance)); },
      G_TYPE_FLAG_FINAL);
}

/// The class whose methods an element of this folder chains up to.
inline GstElementClass* parent_class() {
  return GST_ELEMENT_CLASS(g_type_class_peek(GST_TYPE_ELEMENT));
}

GType fan_out_element_type();
GType track_source_element_type();
GType track_element_type();

}  // namespace parley::plugins
