#include "signaling/http/graphviz.hpp"

#include <memory>
#include <utility>

#include <gio/gio.h>

#include "support/glib/main_loop.hpp"
#include "support/glib/ref.hpp"

namespace parley::signaling::http {
namespace {

using Done = std::function<void(Result<std::string>)>;

/// Processes that run now, of the whole server.
unsigned running = 0;

/// One run of dot; owned by its asynchronous call.
struct Run {
  Ref<GSubprocess> process;
  Ref<GCancellable> cancellable;
  Timer deadline;
  std::size_t max_output;
  Done done;

  Run() { ++running; }
  ~Run() { --running; }
};

Result<std::string> outcome(const Run& run, GBytes* output, const GError* error) {
  if (error != nullptr)
    return Error{"graphviz_failed", std::string("dot did not draw the graph: ") + error->message};
  if (g_subprocess_get_if_exited(run.process.get()) == FALSE ||
      g_subprocess_get_exit_status(run.process.get()) != 0)
    return Error{"graphviz_failed", "dot could not draw the graph; ask for the .dot instead"};
  gsize size = 0;
  const auto* data = static_cast<const char*>(g_bytes_get_data(output, &size));
  if (size > run.max_output)
    return Error{"graph_too_large", "The drawing is too large; ask for the .dot instead"};
  return std::string(data, size);
}

void finished(GObject* object, GAsyncResult* result, gpointer data) {
  const std::unique_ptr<Run> run(static_cast<Run*>(data));
  GBytes* raw_output = nullptr;
  GError* raw_error = nullptr;
  g_subprocess_communicate_finish(G_SUBPROCESS(object), result, &raw_output, nullptr, &raw_error);
  const Handle<GBytes, g_bytes_unref> output(raw_output);
  const Handle<GError, g_error_free> error(raw_error);
  run->deadline.stop();
  g_subprocess_force_exit(run->process.get());
  const auto drawn = outcome(*run, output.get(), error.get());
  run->done(drawn);
}

Result<Ref<GSubprocess>> start(const std::string& program) {
  GError* raw = nullptr;
  const auto flags =
      static_cast<GSubprocessFlags>(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                    G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  GSubprocess* process = g_subprocess_new(flags, &raw, program.c_str(), "-Tsvg", nullptr);
  if (process != nullptr) return Ref<GSubprocess>::adopt(process);
  const Handle<GError, g_error_free> error(raw);
  return Error{"graphviz_missing", std::string("Graphviz is needed to draw graphs (") +
                                       error->message +
                                       "): install the package graphviz, or ask for the .dot"};
}

}  // namespace

void render_svg(const std::string& graph, const GraphvizLimits& limits, Done done) {
  if (graph.size() > limits.input)
    return done(
        Error{"graph_too_large", "The graph is too large to draw; ask for the .dot instead"});
  if (running >= limits.at_once)
    return done(Error{"graphviz_busy", "Other graphs are being drawn; ask again in a moment"});
  auto process = start(limits.program);
  if (!process) return done(process.error());

  auto run = std::make_unique<Run>();
  run->process = *process;
  run->cancellable = Ref<GCancellable>::adopt(g_cancellable_new());
  run->max_output = limits.output;
  run->done = std::move(done);
  run->deadline = Timer::once(
      limits.time, [cancellable = run->cancellable] { g_cancellable_cancel(cancellable.get()); });
  const Handle<GBytes, g_bytes_unref> input(g_bytes_new(graph.data(), graph.size()));
  g_subprocess_communicate_async(run->process.get(), input.get(), run->cancellable.get(), finished,
                                 run.get());
  run.release();  // NOLINT: finished() takes it back
}

}  // namespace parley::signaling::http
