#include "load/run/options.hpp"

#include <CLI/CLI.hpp>

namespace parley::load {
namespace {

constexpr const char* kFooter = R"(
Exit status: 0 all clients joined and stayed; 1 some did not, or the server was not to be had;
2 a bad option; 130 interrupted (what was measured so far is printed).

Every packet of synthetic streams carries its send time; those of files do not, and have no latency. Received ones are authenticated and
decrypted, every one of them unless --decrypt sample is given. Latency is from sending to arriving
at the receiving socket by the kernel's clock, loss is counted after retransmissions.

  parley-load http://127.0.0.1:8080 --subscribers 50 --pid $(pidof parley)
  parley-load https://meet.example.org --rooms 30 --publishers 4 --subscribers 0 --all-to-all
  parley-load ws://127.0.0.1:8188 --protocol janus --subscribers 50 --pid $(pidof janus)
  parley-load http://127.0.0.1:8080 --subscribers 10 --loss-in 5% --delay 50ms --json -)";

/// A text option that a parser turns into a value; `form` says what it takes.
template <typename Value, typename Parse>
CLI::Option* parsed(CLI::App& app, const std::string& name, Value& value, Parse parse,
                    const char* form, const std::string& help) {
  return app
      .add_option_function<std::string>(
          name,
          [&value, parse, name, form](const std::string& text) {
            const auto result = parse(text);
            if (!result)
              throw CLI::ValidationError(name, "'" + text + "' is not of the form " + form);
            value = *result;
          },
          help)
      ->type_name(form);
}

void add_load(CLI::App& app, Options& options) {
  app.add_option("--rooms", options.rooms, "Rooms")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  app.add_option("--publishers", options.publishers, "Clients of each room that send")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
  app.add_option("--subscribers", options.subscribers, "Clients of each room that only receive")
      ->check(CLI::Range(0, 10'000))
      ->capture_default_str();
  app.add_flag("--all-to-all", options.all_to_all, "Publishers receive each other, too");
  app.add_option("--room", options.room,
                 "Name of the room; with several rooms -1, -2… is added (default: a new name)");
  parsed(app, "--join-rate", options.join_rate, parse_rate, "N/s",
         "Clients that join each second, 0 for all at once (default: 20/s)");
  parsed(app, "--churn", options.churn, parse_rate, "N/s",
         "Subscribers that leave and join again each second while measuring");
  parsed(app, "--join-timeout", options.join_timeout, parse_duration, "TIME",
         "To wait for a client's first media (default: 20s)");
  parsed(app, "--warmup", options.warmup, parse_duration, "TIME",
         "From the last one's first media until measuring begins (default: 3s)");
  parsed(app, "--duration", options.duration, parse_duration, "TIME", "To measure (default: 10s)");
}

/// A media file, read when its option is.
CLI::Option* media_file(CLI::App& app, const std::string& name, media::Kind kind,
                        std::shared_ptr<const FileMedia>& file, const std::string& help) {
  return app
      .add_option_function<std::string>(
          name,
          [&file, kind, name](const std::string& path) {
            auto read = FileMedia::read(path, kind);
            if (!read) throw CLI::ValidationError(name, read.error().message);
            file = std::move(*read);
          },
          help)
      ->type_name("FILE");
}

void add_media(CLI::App& app, Options& options) {
  app.add_flag("!--no-audio", options.audio, "Publish no audio");
  app.add_flag("!--no-video", options.video, "Publish no video");
  CLI::Option* video =
      media_file(app, "--video-file", media::Kind::Video, options.video_file,
                 "Publish this file's VP8, VP9 or H.264, over and over, at its own pace");
  CLI::Option* audio = media_file(app, "--audio-file", media::Kind::Audio, options.audio_file,
                                  "Publish this file's Opus, over and over, at its own pace");
  app.add_option("--fps", options.video_shape.frames_per_second, "Frames per second")
      ->check(CLI::Range(1, 240))
      ->excludes(video)
      ->capture_default_str();
  app.add_option("--packets-per-frame", options.video_shape.packets_per_frame, "Packets a frame")
      ->check(CLI::Range(1, 64))
      ->excludes(video)
      ->capture_default_str();
  app.add_option("--packet-size", options.video_shape.payload_size,
                 "Bytes of payload in a video packet")
      ->check(CLI::Range(SyntheticVideo::kMinPayload, SyntheticVideo::kMaxPayload))
      ->excludes(video)
      ->capture_default_str();
  app.add_option("--audio-size", options.audio_shape.payload_size,
                 "Bytes of payload in an audio packet, of which there are 50 a second")
      ->check(CLI::Range(SyntheticAudio::kMinPayload, SyntheticAudio::kMaxPayload))
      ->excludes(audio)
      ->capture_default_str();
  app.add_option("--simulcast", options.layers,
                 "Layers of video, each with a quarter of the packets of the next")
      ->check(CLI::Range(1, 3))
      ->excludes(video)
      ->capture_default_str();
}

void add_network(CLI::App& app, Options& options, Duration& delay, Duration& jitter) {
  parsed(app, "--loss-in", options.network.in.loss, parse_percent, "PERCENT",
         "Packets to drop that come from the server");
  parsed(app, "--loss-out", options.network.out.loss, parse_percent, "PERCENT",
         "Packets to drop that go to the server");
  parsed(app, "--delay", delay, parse_duration, "TIME", "Delay added in each direction");
  parsed(app, "--jitter", jitter, parse_duration, "TIME",
         "Random delay up to this, added in each direction; reorders");
  app.add_flag("!--no-nack", options.media.nack, "Subscribers ask for no retransmissions");
  parsed(app, "--remb", options.media.remb, parse_bitrate, "BPS",
         "Bits per second that subscribers say they can take (250k, 1.5M)");
}

void add_tool(CLI::App& app, Options& options) {
  app.add_option("--threads", options.threads, "Media threads")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_option_function<std::string>(
         "--decrypt", [&](const std::string& text) { options.network.decrypt_all = text == "all"; },
         "all: check and decrypt every packet; sample: one in 17 with its latency, the others are "
         "counted by their headers")
      ->check(CLI::IsMember({"all", "sample"}))
      ->default_str("all");
  app.add_option("--pid", options.pid, "The server's process: adds its CPU time, threads, memory")
      ->check(CLI::PositiveNumber);
  app.add_option("--json", options.json, "Write the result as JSON to FILE, - for standard output")
      ->type_name("FILE");
  app.add_option_function<std::string>(
         "--protocol",
         [&](const std::string& text) {
           options.protocol = text == "janus"  ? Protocol::Janus
                              : text == "whip" ? Protocol::Whip
                                               : Protocol::Native;
         },
         "native: Parley's own, at /ws; whip: publishers by WHIP, one a room, subscribers by WHEP; "
         "janus: the videoroom plugin of Janus over its WebSocket")
      ->check(CLI::IsMember({"native", "janus", "whip"}))
      ->default_str("native");
  app.add_flag("--insecure", options.insecure, "Take any TLS certificate");
  app.add_option("--token", options.token, "Token to join with");
}

Error bad_option(std::string message) {
  while (!message.empty() && message.back() == '\n') message.pop_back();
  for (char& c : message)
    if (c == '\n') c = ' ';
  return {"bad_option", std::move(message)};
}

Status check(Options& options, const Duration& delay, const Duration& jitter) {
  options.network.in.delay = options.network.out.delay = delay;
  options.network.in.jitter = options.network.out.jitter = jitter;
  if (options.clients() == 0)
    return bad_option("there are no clients: give --publishers or --subscribers");
  if (options.publishers != 0 && !options.audio && !options.video)
    return bad_option("--no-audio and --no-video leave nothing to publish: give one of them");
  // A player is shown one participant, and cannot publish as well.
  if (options.protocol == Protocol::Whip && (options.all_to_all || options.publishers > 1))
    return bad_option("--protocol whip is for one publisher a room and no --all-to-all");
  if (options.duration.count() == 0) return bad_option("--duration has to be longer than 0");
  return Nothing{};
}

}  // namespace

Result<std::variant<Options, ShowText>> read_options(int argc, const char* const* argv) {
  Options options;
  std::string url;
  Duration delay{}, jitter{};
  CLI::App app{"Puts a conference server under load and says what came of it", "parley-load"};
  app.set_version_flag("--version", std::string("parley-load ") + PARLEY_VERSION);
  app.footer(kFooter);
  app.add_option("URL", url, "The server: http://127.0.0.1:8080, wss://example.org")->required();
  add_load(app, options);
  add_media(app, options);
  add_network(app, options, delay, jitter);
  add_tool(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return {ShowText{app.help()}};
  } catch (const CLI::CallForVersion&) {
    return {ShowText{std::string("parley-load ") + PARLEY_VERSION + "\n"}};
  } catch (const CLI::Error& error) {
    return bad_option(std::string(error.what()) + " (parley-load --help lists the options)");
  }
  auto endpoint = parse_endpoint(url);
  if (!endpoint) return bad_option(endpoint.error().message);
  options.endpoint = std::move(*endpoint);
  if (const Status status = check(options, delay, jitter); !status) return status.error();
  return {std::move(options)};
}

}  // namespace parley::load
