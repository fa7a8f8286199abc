#include <cstdio>
#include <fstream>
#include <iostream>

#include <glib-unix.h>
#include <gst/gst.h>

#include "load/run/campaign.hpp"
#include "load/run/options.hpp"
#include "load/run/report.hpp"
#include "support/glib/main_loop.hpp"

namespace {

using namespace parley;
using namespace parley::load;

constexpr int kFailed = 1, kBadOption = 2, kInterrupted = 130;

int complain(const std::string& message, int status) {
  std::cerr << "parley-load: " << message << '\n';
  return status;
}

gboolean on_signal(gpointer campaign) {
  static_cast<Campaign*>(campaign)->interrupt();
  return G_SOURCE_CONTINUE;
}

bool write_json(const std::string& file, const std::string& text) {
  if (file == "-") {
    std::cout << text << std::flush;
    return true;
  }
  std::ofstream stream(file);
  stream << text;
  stream.flush();
  return stream.good();
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(nullptr, nullptr);  // media files are read as options
  const auto read = read_options(argc, argv);
  if (!read) return complain(read.error().message, kBadOption);
  if (const auto* text = std::get_if<ShowText>(&read.value())) {
    std::cout << text->text;
    return 0;
  }
  const auto& options = std::get<Options>(read.value());
  MainLoop main_loop;
  auto campaign = Campaign::prepare(options, main_loop);
  if (!campaign) return complain(campaign.error().message, kFailed);
  Campaign& run = **campaign;
  g_unix_signal_add(SIGINT, on_signal, &run);
  g_unix_signal_add(SIGTERM, on_signal, &run);
  run.start();
  main_loop.run();
  const Report& report = run.report();
  // With JSON on standard output the table goes where it cannot get in its way.
  (options.json == "-" ? std::cerr : std::cout) << to_text(report, options) << std::flush;
  if (!options.json.empty() && !write_json(options.json, to_json(report, options)))
    return complain("cannot write " + options.json, kFailed);
  for (const auto& [error, count] : report.errors)
    complain(std::to_string(count) + (count == 1 ? " client: " : " clients: ") + error, kFailed);
  if (report.interrupted) return kInterrupted;
  return report.failed == 0 ? 0 : kFailed;
}
