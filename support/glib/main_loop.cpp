#include "support/glib/main_loop.hpp"

#include <utility>

namespace parley {
namespace {

using Task = std::function<void()>;

void attach(GSource* source, GMainContext* context, Task task, GSourceFunc run) {
  g_source_set_callback(source, run, new Task(std::move(task)),
                        [](gpointer data) { delete static_cast<Task*>(data); });
  g_source_attach(source, context);
}

gboolean run_once(gpointer data) {
  (*static_cast<Task*>(data))();
  return G_SOURCE_REMOVE;
}

gboolean run_again(gpointer data) {
  (*static_cast<Task*>(data))();
  return G_SOURCE_CONTINUE;
}

GSource* start_timer(std::chrono::milliseconds interval, Task task, GSourceFunc run) {
  GSource* source = g_timeout_source_new(static_cast<guint>(interval.count()));
  attach(source, nullptr, std::move(task), run);
  return source;
}

}  // namespace

MainLoop::MainLoop()
    : context_(g_main_context_ref(g_main_context_default())),
      loop_(g_main_loop_new(context_.get(), FALSE)),
      thread_(g_thread_self()) {}

MainLoop::~MainLoop() = default;

void MainLoop::run() {
  g_main_loop_run(loop_.get());
}
void MainLoop::quit() {
  g_main_loop_quit(loop_.get());
}

void MainLoop::post(Task task) {
  GSource* source = g_idle_source_new();
  g_source_set_priority(source, G_PRIORITY_DEFAULT);
  attach(source, context_.get(), std::move(task), run_once);
  g_source_unref(source);
}

bool MainLoop::on_main_thread() const {
  return g_thread_self() == thread_;
}

Timer Timer::every(std::chrono::milliseconds interval, Task task) {
  return Timer(start_timer(interval, std::move(task), run_again));
}

Timer Timer::once(std::chrono::milliseconds delay, Task task) {
  return Timer(start_timer(delay, std::move(task), run_once));
}

Timer& Timer::operator=(Timer&& other) noexcept {
  stop();
  source_ = std::exchange(other.source_, nullptr);
  return *this;
}

void Timer::stop() {
  if (source_ == nullptr) return;
  g_source_destroy(source_);
  g_source_unref(std::exchange(source_, nullptr));
}

bool Timer::running() const {
  return source_ != nullptr && !g_source_is_destroyed(source_);
}

}  // namespace parley
