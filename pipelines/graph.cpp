#include "pipelines/graph.hpp"

#include <array>
#include <functional>
#include <iterator>
#include <map>
#include <string_view>

#include <fmt/format.h>

#include "pipelines/tracks.hpp"
#include "plugins/fan_out_element.hpp"
#include "plugins/track_element.hpp"
#include "plugins/track_source_element.hpp"
#include "support/glib/ref.hpp"

namespace parley::pipelines {
namespace {

using Elements = Handle<GstIterator, gst_iterator_free>;

/// For HTML-like labels; what is no printable text becomes a space.
std::string escaped(std::string_view text) {
  std::string valid;
  if (g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr) == FALSE) {
    const GString_ made(g_utf8_make_valid(text.data(), static_cast<gssize>(text.size())));
    valid = made.get();
    text = valid;
  }
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return out;
}

std::string factory_of(GstElement* element) {
  GstElementFactory* factory = gst_element_get_factory(element);
  // Elements without one are made by other elements for themselves alone.
  return factory != nullptr ? GST_OBJECT_NAME(factory) : G_OBJECT_TYPE_NAME(element);
}

struct Colours {
  const char *fill, *line;
};

Colours colours_of(std::string_view factory) {
  static const std::map<std::string_view, Colours> kKnown = {
      {"webrtcbin", {"#dbeafe", "#2563eb"}},
      {plugins::kTrackSourceElement, {"#dcfce7", "#16a34a"}},
      {"tee", {"#fef3c7", "#d97706"}},
      {plugins::kFanOutElement, {"#ede9fe", "#7c3aed"}},
      {plugins::kTrackElement, {"#ede9fe", "#7c3aed"}},
  };
  const auto known = kKnown.find(factory);
  return known != kKnown.end() ? known->second : Colours{"#ffffff", "#64748b"};
}

/// The links of one publisher share a colour, so that they can be followed among many.
const char* link_colour(std::size_t publisher) {
  static constexpr std::array kColours = {"#7c3aed", "#db2777", "#0d9488",
                                          "#ea580c", "#0284c7", "#65a30d"};
  return kColours[publisher % kColours.size()];
}

void each(Elements elements, const std::function<void(gpointer)>& visit) {
  GValue item = G_VALUE_INIT;
  while (true) {
    switch (gst_iterator_next(elements.get(), &item)) {
      case GST_ITERATOR_OK:
        visit(g_value_get_object(&item));
        g_value_reset(&item);
        break;
      case GST_ITERATOR_RESYNC:
        // The list changed: what was visited is visited again, which the writer below is ready for.
        gst_iterator_resync(elements.get());
        break;
      default:
        g_value_unset(&item);
        return;
    }
  }
}

std::string caps_summary(GstPad* pad) {
  const Handle<GstCaps, gst_caps_unref> caps(gst_pad_get_current_caps(pad));
  if (!caps || gst_caps_is_any(caps.get()) || gst_caps_is_empty(caps.get())) return {};
  const GstStructure* first = gst_caps_get_structure(caps.get(), 0);
  std::string summary = gst_structure_get_name(first);
  if (summary == "application/x-rtp") summary = "RTP";
  for (const char* field : {"media", "encoding-name"})
    if (const char* value = gst_structure_get_string(first, field))
      summary += fmt::format(" · {}", value);
  return summary;
}

/// The element that a pad's data ends in or comes from, through ghost pads and out of bins.
Ref<GstElement> element_of(GstPad* pad) {
  Ref<GstPad> real = Ref<GstPad>::retain(pad);
  while (GST_IS_GHOST_PAD(real.get())) {
    auto target = Ref<GstPad>::adopt(gst_ghost_pad_get_target(GST_GHOST_PAD(real.get())));
    if (!target) break;
    real = std::move(target);
  }
  return Ref<GstElement>::adopt(gst_pad_get_parent_element(real.get()));
}

Ref<GstObject> parent_of(GstElement* element) {
  return Ref<GstObject>::adopt(gst_object_get_parent(GST_OBJECT(element)));
}

/// Before the names of elements in a pipeline that only sends.
const std::string kSending = "sending/";

/// One `digraph`; every node and edge is kept under its id, so that a second visit changes nothing.
class Writer {
 public:
  explicit Writer(const GraphOptions& options) : options_(options) {}

  void add(const GraphParticipant& participant);
  void add(const GraphLink& link);
  [[nodiscard]] std::string text() const;

 private:
  using Lines = std::map<std::string, std::string>;
  struct Cluster {
    std::string name;  ///< bold
    std::string title;
    Lines nodes;
    Lines inner;  ///< what is inside webrtcbin, where asked for
  };

  static std::string node_id(const GraphParticipant& participant, GstElement* element);
  static bool is_outermost(const GraphParticipant& participant, GstElement* element);
  static std::string named_id(const ParticipantId& participant, std::string_view element);
  void add_pipeline(const GraphParticipant& participant, GstElement* pipeline, Cluster& cluster);
  void add_element(const GraphParticipant& participant, GstElement* element, Cluster& cluster);
  void add_edges(const GraphParticipant& participant, GstElement* element);
  void add_pad(const GraphParticipant& participant, GstElement* from, GstPad* pad);

  const GraphOptions& options_;
  std::map<std::string, Cluster> clusters_;  ///< by participant
  Lines receivers_;  ///< webrtcbins once more, for links to go to: else all of them run back
  Lines edges_;
};

std::string Writer::named_id(const ParticipantId& participant, std::string_view element) {
  return fmt::format("\"{}/{}\"", escaped(participant.str()), escaped(element));
}

std::string Writer::node_id(const GraphParticipant& participant, GstElement* element) {
  const bool outermost = is_outermost(participant, element);
  const GString_ name(outermost ? gst_object_get_name(GST_OBJECT(element))
                                : gst_object_get_path_string(GST_OBJECT(element)));
  const bool sends = outermost && parent_of(element).get() == GST_OBJECT(participant.sending);
  return named_id(participant.id, sends ? kSending + std::string(name.get()) : name.get());
}

bool Writer::is_outermost(const GraphParticipant& participant, GstElement* element) {
  const auto parent = parent_of(element);
  return parent && (parent.get() == GST_OBJECT(participant.pipeline) ||
                    parent.get() == GST_OBJECT(participant.sending));
}

void Writer::add(const GraphParticipant& participant) {
  Cluster& cluster = clusters_[participant.id.str()];
  cluster.name = fmt::format("<b>{}</b>", escaped(participant.name));
  cluster.title = fmt::format(R"({}  <font point-size="9" color="#64748b">{}</font>)", cluster.name,
                              escaped(participant.id.str()));
  if (participant.pipeline == nullptr && participant.sending == nullptr) {
    cluster.nodes[named_id(participant.id, "none")] =
        R"(label=<no transport>, color="#cbd5e1", fontcolor="#94a3b8")";
    return;
  }
  add_pipeline(participant, participant.pipeline, cluster);
  add_pipeline(participant, participant.sending, cluster);
}

void Writer::add_pipeline(const GraphParticipant& participant, GstElement* pipeline,
                          Cluster& cluster) {
  if (pipeline == nullptr) return;
  GstBin* bin = GST_BIN(pipeline);
  each(Elements(options_.detail ? gst_bin_iterate_recurse(bin) : gst_bin_iterate_elements(bin)),
       [&](gpointer item) { add_element(participant, GST_ELEMENT(item), cluster); });
}

void Writer::add_element(const GraphParticipant& participant, GstElement* element,
                         Cluster& cluster) {
  const bool outermost = is_outermost(participant, element);
  if (!outermost && GST_IS_BIN(element)) return;  // its children are drawn
  const std::string factory = factory_of(element);
  const Colours colours = colours_of(factory);
  const GString_ name(gst_object_get_name(GST_OBJECT(element)));
  const std::string second =
      factory == name.get() ? gst_element_state_get_name(GST_STATE(element)) : name.get();
  (outermost ? cluster.nodes : cluster.inner)[node_id(participant, element)] = fmt::format(
      R"(label=<<b>{}</b><br/><font point-size="8" color="#475569">{}</font>>, fillcolor="{}", color="{}")",
      escaped(factory), escaped(second), colours.fill, colours.line);
  add_edges(participant, element);
  if (factory != plugins::kTrackSourceElement) return;
  // Not a link of pads: the transport decrypts with the keys of webrtcbin's DTLS.
  edges_[named_id(participant.id, "webrtcbin") + " -> " + node_id(participant, element)] =
      R"(label="decrypted RTP", style=dashed, color="#94a3b8")";
}

void Writer::add_edges(const GraphParticipant& participant, GstElement* element) {
  if (GST_IS_BIN(element)) return;
  each(Elements(gst_element_iterate_src_pads(element)),
       [&](gpointer pad) { add_pad(participant, element, GST_PAD(pad)); });
}

void Writer::add_pad(const GraphParticipant& participant, GstElement* from, GstPad* pad) {
  auto peer = Ref<GstPad>::adopt(gst_pad_get_peer(pad));
  // Out of a bin: on from the ghost pad that this pad is the target of.
  while (peer && !GST_IS_GHOST_PAD(peer.get()) && GST_IS_PROXY_PAD(peer.get())) {
    const auto outer =
        Ref<GstProxyPad>::adopt(gst_proxy_pad_get_internal(GST_PROXY_PAD(peer.get())));
    if (!outer) return;
    peer = Ref<GstPad>::adopt(gst_pad_get_peer(GST_PAD(outer.get())));
  }
  if (!peer) return;
  const auto to = element_of(peer.get());
  if (!to) return;
  const std::string caps = caps_summary(pad);
  edges_[node_id(participant, from) + " -> " + node_id(participant, to.get())] =
      caps.empty() ? "" : fmt::format("label=<{}>", escaped(caps));
}

void Writer::add(const GraphLink& link) {
  const std::string from = named_id(link.publisher, fan_out_name(link.track));
  const std::string to = named_id(link.subscriber, "webrtcbin");
  const std::string to_sending = named_id(link.subscriber, kSending + "webrtcbin");
  const auto publisher = clusters_.find(link.publisher.str());
  const auto subscriber = clusters_.find(link.subscriber.str());
  // What is not there (any more) gets no edge: DOT would make up a node for it.
  if (publisher == clusters_.end() || !publisher->second.nodes.contains(from)) return;
  if (subscriber == clusters_.end()) return;
  const auto& nodes = subscriber->second.nodes;
  const auto number = static_cast<std::size_t>(std::distance(clusters_.begin(), publisher));
  const std::string attributes =
      fmt::format(R"(label=<{0}>, color="{1}", fontcolor="{1}", penwidth=1.3, style={2})",
                  escaped(link.label), link_colour(number), link.flowing ? "solid" : "dashed");
  if (!link.element.empty()) {
    const std::string into = named_id(link.subscriber, link.element);
    if (nodes.contains(into)) edges_[from + " -> " + into] = attributes;
    return;
  }
  if (!nodes.contains(to) && !nodes.contains(to_sending)) return;
  const std::string out = named_id(link.subscriber, "webrtcbin/sends");
  const Colours colours = colours_of("webrtcbin");
  receivers_[out] = fmt::format(
      R"(label=<{}<br/><font point-size="8" color="#475569">webrtcbin</font>>, fillcolor="{}", color="{}")",
      subscriber->second.name, colours.fill, colours.line);
  edges_[from + " -> " + out] = attributes;
}

std::string nodes_text(const std::map<std::string, std::string>& nodes, std::string_view indent) {
  std::string out;
  for (const auto& [id, attributes] : nodes)
    fmt::format_to(std::back_inserter(out), "{}{} [{}];\n", indent, id, attributes);
  return out;
}

std::string Writer::text() const {
  std::string out = fmt::format(R"(digraph room {{
  graph [rankdir=LR, fontname="Helvetica", fontsize=15, labelloc=t, labeljust=l, label=<<b>{}</b>>,
         pad=0.3, nodesep=0.35, ranksep=0.9, bgcolor="white"];
  node [shape=box, style="rounded,filled", fillcolor="white", fontname="Helvetica", fontsize=11,
        margin="0.16,0.08", penwidth=1.2];
  edge [fontname="Helvetica", fontsize=8, color="#64748b", fontcolor="#475569", arrowsize=0.7];
)",
                                escaped(options_.title));
  auto end = std::back_inserter(out);
  unsigned number = 0;
  for (const auto& [participant, cluster] : clusters_) {
    fmt::format_to(end, R"(  subgraph cluster_{} {{
    label=<{}>; style="rounded,filled"; color="#cbd5e1"; fillcolor="#f8fafc"; fontsize=12; margin=14;
)",
                   number, cluster.title);
    out += nodes_text(cluster.nodes, "    ");
    if (!cluster.inner.empty())
      fmt::format_to(end, R"(    subgraph cluster_{}_inner {{
      label=<inside webrtcbin>; style="rounded,filled"; color="#93c5fd"; fillcolor="#eff6ff"; fontsize=10;
{}    }}
)",
                     number, nodes_text(cluster.inner, "      "));
    out += "  }\n";
    ++number;
  }
  if (!receivers_.empty())
    fmt::format_to(end, R"(  subgraph cluster_receivers {{
    label=<sent to>; style="rounded,dashed"; color="#94a3b8"; fontsize=12; margin=14;
{}  }}
)",
                   nodes_text(receivers_, "    "));
  for (const auto& [edge, attributes] : edges_)
    fmt::format_to(end, "  {} [{}];\n", edge, attributes);
  return out + "}\n";
}

}  // namespace

std::string graph_dot(const GraphOptions& options, std::span<const GraphParticipant> participants,
                      std::span<const GraphLink> links) {
  Writer writer(options);
  for (const GraphParticipant& participant : participants) writer.add(participant);
  for (const GraphLink& link : links) writer.add(link);
  return writer.text();
}

}  // namespace parley::pipelines
