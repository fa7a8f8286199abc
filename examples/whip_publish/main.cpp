// Publishes gst-launch lines into a room, by WHIP: GStreamer's webrtcbin as a client.
//
//   whip_publish http://127.0.0.1:8080/whip/garden
//     --video 'videotestsrc is-live=true ! vp8enc deadline=1 ! rtpvp8pay'
//     --audio 'audiotestsrc is-live=true ! opusenc ! rtpopuspay pt=97'
#include <csignal>
#include <cstdio>

#include <CLI/CLI.hpp>
#include <glib-unix.h>

#include "examples/whip_publish/publisher.hpp"

namespace {

constexpr const char* kVideo =
    "videotestsrc is-live=true ! video/x-raw,width=640,height=360,framerate=30/1 ! "
    "vp8enc deadline=1 keyframe-max-dist=60 ! rtpvp8pay";
constexpr const char* kAudio = "audiotestsrc is-live=true ! opusenc ! rtpopuspay pt=97";

int publish(const whip_publish::Options& options) {
  parley::MainLoop loop;
  int status = 0;
  whip_publish::Publisher publisher(options, loop, [&](const std::string& why) {
    std::fprintf(stderr, "whip_publish: %s\n", why.c_str());
    status = 1;
    loop.quit();
  });
  if (const auto problem = publisher.start()) {
    std::fprintf(stderr, "whip_publish: %s\n", problem->c_str());
    return 2;
  }
  for (const int signal : {SIGINT, SIGTERM})
    g_unix_signal_add(
        signal,
        [](gpointer data) -> gboolean {
          static_cast<parley::MainLoop*>(data)->quit();
          return G_SOURCE_CONTINUE;
        },
        &loop);
  loop.run();
  publisher.stop();
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  whip_publish::Options options;
  options.video = kVideo;
  options.audio = kAudio;
  CLI::App app("Publishes gst-launch lines into a room, by WHIP");
  app.add_option("url", options.url, "Where to: http://host/whip/room")->required();
  app.add_option("--video", options.video, "A line that ends in a payloader; empty for none")
      ->capture_default_str();
  app.add_option("--audio", options.audio, "The same for the sound")->capture_default_str();
  app.add_option("--token", options.token, "The server's --operator-token, where it has one");
  app.add_flag("--sendrecv", options.sendrecv, "Offer as webrtcbin does by itself");
  CLI11_PARSE(app, argc, argv);
  return publish(options);
}
