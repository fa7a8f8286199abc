// The command line, what is expected to arrive, and the report.
#include <gmock/gmock.h>
#include <unistd.h>

#include "load/run/delivery.hpp"
#include "load/run/options.hpp"
#include "load/run/process.hpp"
#include "load/run/report.hpp"

namespace parley::load {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

Result<std::variant<Options, ShowText>> read(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "parley-load");
  return read_options(static_cast<int>(arguments.size()), arguments.data());
}

Options options_of(std::vector<const char*> arguments) {
  return std::get<Options>(read(std::move(arguments)).value());
}

TEST(LoadOptions, DescribeTheUsualRunByTheServerAlone) {
  const Options options = options_of({"http://127.0.0.1:8080"});
  EXPECT_EQ(options.endpoint.url("ws", "/ws"), "ws://127.0.0.1:8080/ws");
  EXPECT_EQ(options.clients(), 2u);
  EXPECT_TRUE(options.audio && options.video && options.network.decrypt_all);
  EXPECT_TRUE(options.network.in.none() && options.network.out.none());
}

TEST(LoadOptions, ReadUnits) {
  const Options options = options_of(
      {"h",   "--loss-in",   "5%",    "--loss-out", "2.5",    "--delay",    "50ms",     "--jitter",
       "1ms", "--join-rate", "100/s", "--churn",    "2",      "--duration", "1.5s",     "--warmup",
       "2m",  "--remb",      "250k",  "--decrypt",  "sample", "--no-audio", "--no-nack"});
  EXPECT_DOUBLE_EQ(options.network.in.loss, 0.05);
  EXPECT_DOUBLE_EQ(options.network.out.loss, 0.025);
  EXPECT_EQ(options.network.in.delay, 50ms);
  EXPECT_EQ(options.network.out.jitter, 1ms);
  EXPECT_DOUBLE_EQ(options.join_rate, 100);
  EXPECT_DOUBLE_EQ(options.churn, 2);
  EXPECT_EQ(options.duration, 1500ms);
  EXPECT_EQ(options.warmup, 2min);
  EXPECT_EQ(options.media.remb, 250'000u);
  EXPECT_FALSE(options.network.decrypt_all || options.audio || options.media.nack);
}

TEST(LoadOptions, SayInOneLineWhatIsWrong) {
  const std::vector<std::vector<const char*>> bad{{},
                                                  {"ftp://host"},
                                                  {"http://"},
                                                  {"h", "--loss-in", "101"},
                                                  {"h", "--delay", "-1s"},
                                                  {"h", "--delay", "soon"},
                                                  {"h", "--publishers", "0", "--subscribers", "0"},
                                                  {"h", "--no-audio", "--no-video"},
                                                  {"h", "--duration", "0"},
                                                  {"h", "--fps", "0"},
                                                  {"h", "--unknown"}};
  for (const auto& arguments : bad) {
    const auto options = read(arguments);
    ASSERT_FALSE(options) << (arguments.empty() ? "nothing" : arguments.back());
    EXPECT_EQ(options.error().code, "bad_option");
    EXPECT_EQ(options.error().message.find('\n'), std::string::npos);
  }
}

TEST(LoadOptions, ShowHelpWithTheMeaningOfSampling) {
  const auto help = std::get<ShowText>(read({"--help"}).value()).text;
  EXPECT_THAT(help, HasSubstr("--decrypt"));
  EXPECT_THAT(help, HasSubstr("Exit status"));
}

TEST(Endpoint, IsReadFromWhatPeopleType) {
  EXPECT_EQ(parse_endpoint("example.org:80")->url("ws", "/ws"), "ws://example.org:80/ws");
  EXPECT_EQ(parse_endpoint("https://example.org")->url("ws", "/ws"), "wss://example.org:443/ws");
  EXPECT_EQ(parse_endpoint("ws://[::1]:81/")->url("ws", "/ws"), "ws://[::1]:81/ws");
  EXPECT_EQ(parse_endpoint("ws://h/janus")->url("ws", "/ws"), "ws://h:80/janus");
}

/// One publisher, client 0 of room 0, that sent `count` packets from number 100 on.
SentStream sent(std::uint32_t count, std::size_t room = 0) {
  return {0 << 3 | 1, room, false, 100, count};
}

Reception reception(std::vector<ReceivedStream> streams) {
  Reception result;
  result.client = 7;
  result.connected = Time(1s);
  result.streams = std::move(streams);
  return result;
}

constexpr Time kBegin{10s}, kEnd{20s};

TEST(Delivery, IsWholeWhenEverythingCame) {
  EXPECT_EQ(deliver({sent(50)}, {reception({{1, 100, 149, 50}})}, kBegin, kEnd),
            (Delivery{50, 50}));
}

TEST(Delivery, MissesPacketsAtTheEdgesAndWholeStreams) {
  EXPECT_EQ(deliver({sent(50)}, {reception({{1, 101, 148, 48}})}, kBegin, kEnd).lost(), 2u);
  EXPECT_EQ(deliver({sent(50)}, {reception({})}, kBegin, kEnd).lost(), 50u);
}

TEST(Delivery, ExpectsNothingOfOtherRoomsAndOfOneself) {
  auto own = reception({});
  own.client = 0;
  EXPECT_EQ(deliver({sent(50)}, {own}, kBegin, kEnd), Delivery{});
  EXPECT_EQ(deliver({sent(50, 1)}, {reception({})}, kBegin, kEnd), Delivery{});
}

TEST(Delivery, ExpectsOfWhoCameOrWentWhatLiesBetweenTheirFirstAndLast) {
  auto late = reception({{1, 120, 149, 30}});
  late.connected = kBegin + 1s;
  auto left = reception({{1, 100, 109, 9}});
  left.left = kBegin + 2s;
  auto silent = reception({});
  silent.left = kBegin + 1s;
  EXPECT_EQ(deliver({sent(50)}, {late, left, silent}, kBegin, kEnd), (Delivery{40, 39}));
}

TEST(Delivery, GoesBySequenceNumbersWhereTheServerChooses) {
  auto one = reception({});
  one.packets = 90;
  one.gaps = 10;
  EXPECT_EQ(deliver_by_sequence({one, one}), (Delivery{200, 180}));
}

TEST(Process, IsSampledByItsNumber) {
  const auto self = sample_process(getpid());
  ASSERT_TRUE(self);
  EXPECT_GT(self->cpu, 0ns);
  EXPECT_GT(self->resident, 100'000u);
  EXPECT_GE(self->threads, 1u);
  EXPECT_EQ(sample_process(0x3fffffff).error().code, "no_process");
}

TEST(Process, StatusIsReadByName) {
  const std::string_view status = "Name:\tx\nVmRSS:\t  1234 kB\nThreads:\t7\n";
  EXPECT_EQ(status_value(status, "VmRSS"), 1234u);
  EXPECT_EQ(status_value(status, "Threads"), 7u);
  EXPECT_EQ(status_value(status, "Thread"), 0u);
}

TEST(Report, TellsTheServersCostPerPacketAndSubscriber) {
  const Options options = options_of({"h", "--subscribers", "10"});
  Report report;
  report.measured = 10s;
  report.totals.packets = 1'000'000;
  report.delivery = {1'000'000, 999'000};
  ServerSamples server;
  server.before = {Time(0s), 0s, 10 << 20, 5, 0};
  server.begin = {Time(1s), 1s, 20 << 20, 25, 0};
  server.end = {Time(11s), 8s, 20 << 20, 25, 500};
  server.clients = 10;
  report.server = server;
  const std::string json = to_json(report, options), text = to_text(report, options);
  EXPECT_THAT(json, HasSubstr("\"cpuMicrosecondsPerPacket\": 7.000"));
  EXPECT_THAT(json, HasSubstr("\"threadsPerClient\": 2.000"));
  EXPECT_THAT(json, HasSubstr("\"residentKibPerClient\": 1024.000"));
  EXPECT_THAT(json, HasSubstr("\"lost\": 1000"));
  EXPECT_THAT(text, HasSubstr("7.00 us CPU per packet, 70 % of a core"));
  EXPECT_THAT(text, HasSubstr("1000 of 1000000 (0.100 %)"));
}

TEST(Report, OfNothingSaysSo) {
  const Options options = options_of({"h"});
  EXPECT_THAT(to_text({}, options), HasSubstr("nothing was measured"));
  EXPECT_THAT(to_json({}, options), HasSubstr("\"lossPercent\": 0.000"));
}

}  // namespace
}  // namespace parley::load
