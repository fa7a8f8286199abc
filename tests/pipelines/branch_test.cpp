// A branch from its line to its end, without a room around it.
#include "pipelines/branch.hpp"

#include <cstdlib>
#include <filesystem>
#include <optional>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plugins/fan_out_element.hpp"
#include "tests/pipelines/support/call.hpp"

namespace parley::pipelines {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using testing::run_until;

class Branches : public ::testing::Test {
 protected:
  Branches() { plugins::register_elements(); }
  ~Branches() override {
    if (branch) end();
    EXPECT_TRUE(run_until([] { return BranchRun::running() == 0; }, 5s)) << "a thread is left";
  }

  void start(const std::string& launch, bool restart = false) {
    branch = std::make_unique<Branch>(
        Branch::Options{.launch = launch, .policy = {BranchMode::Any, {}}, .restart = restart},
        *server.transport, server.main_loop);
    branch->start([this](const Status& status) { parsed = status; });
    ASSERT_TRUE(run_until([&] { return parsed.has_value(); }));
  }
  bool becomes(BranchState state, std::chrono::milliseconds limit = 10s) {
    return run_until(
        [&] {
          branch->tick(now());
          return branch->state() == state;
        },
        limit);
  }
  /// How long stop() took.
  Duration end() {
    const Time begin = now();
    bool ended = false;
    branch->stop([&] { ended = true; });
    EXPECT_TRUE(run_until([&] { return ended; }));
    branch.reset();
    return now() - begin;
  }

  testing::Server server;
  std::unique_ptr<Branch> branch;
  std::optional<Status> parsed;
};

TEST_F(Branches, RunsUntilItIsStopped) {
  start("videotestsrc is-live=true ! fakesink");
  ASSERT_TRUE(*parsed);
  EXPECT_TRUE(becomes(BranchState::Running));
  EXPECT_TRUE(branch->pipeline());
  EXPECT_LT(end(), 2s);
}

TEST_F(Branches, EndsByItselfWithEos) {
  start("videotestsrc num-buffers=10 ! fakesink");
  EXPECT_TRUE(becomes(BranchState::Ended));
  EXPECT_EQ(branch->error(), "");
}

TEST_F(Branches, TellsWhatAnElementSaysIsWrong) {
  start("videotestsrc is-live=true ! identity name=breaks error-after=2 ! fakesink");
  EXPECT_TRUE(becomes(BranchState::Failed));
  EXPECT_THAT(branch->error(), HasSubstr("breaks: "));
}

TEST_F(Branches, SaysWhatIsWrongWithALine) {
  start("videotestsrc ! nosuch");
  ASSERT_FALSE(*parsed);
  EXPECT_EQ(parsed->error().code, "bad_launch");
}

TEST_F(Branches, BeginsAnewWhereItIsToldTo) {
  start("videotestsrc num-buffers=2 ! fakesink", true);
  EXPECT_TRUE(run_until([&] { return branch->restarts() >= 2; }));
}

TEST_F(Branches, MayBeStoppedWhileItIsParsedAndMoreThanOnce) {
  branch = std::make_unique<Branch>(
      Branch::Options{.launch = "videotestsrc ! fakesink", .policy = {BranchMode::Any, {}}},
      *server.transport, server.main_loop);
  int calls = 0;
  branch->start([&](const Status&) { ++calls; });
  int stopped = 0;
  branch->stop([&] { ++stopped; });
  branch->stop([&] { ++stopped; });
  EXPECT_TRUE(run_until([&] { return stopped == 2; }));
  EXPECT_EQ(calls, 1);
}

TEST_F(Branches, MayBeDestroyedWhileItRuns) {
  start("videotestsrc is-live=true ! fakesink");
  EXPECT_TRUE(becomes(BranchState::Running));
  branch.reset();
}

TEST_F(Branches, AFloodOfMessagesIsKeptNowhere) {
  start("audiotestsrc is-live=true samplesperbuffer=44 ! level interval=1 ! fakesink");
  EXPECT_TRUE(becomes(BranchState::Running));
  testing::run_for(500ms);
  EXPECT_LT(end(), 2s);
}

TEST_F(Branches, AStateChangeThatBlocksIsTheThreadsTroubleAlone) {
  const std::string fifo = "/tmp/parley-branch-" + std::to_string(getpid());
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  start("filesrc location=" + fifo + " ! fakesink");
  EXPECT_TRUE(becomes(BranchState::Stalled));
  EXPECT_THAT(branch->error(), HasSubstr("has not come up"));
  EXPECT_LT(end(), 4s);
  EXPECT_EQ(BranchRun::running(), 1u) << "it opens the file still";
  close(open(fifo.c_str(), O_WRONLY | O_NONBLOCK));
  std::filesystem::remove(fifo);
}

}  // namespace
}  // namespace parley::pipelines
