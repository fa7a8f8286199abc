#include "signaling/http/graphviz.hpp"

#include <csignal>
#include <filesystem>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/main_context.hpp"
#include "support/temporary_directory.hpp"

namespace parley::signaling::http {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

class GraphvizTest : public testing::Test {
 protected:
  // As GSocket does for the whole of every process that makes one.
  GraphvizTest() { std::signal(SIGPIPE, SIG_IGN); }

  /// A program of the test's own in the place of dot.
  void use_program(const char* script) {
    limits_.program = directory_.write("program", std::string("#!/bin/sh\n") + script);
    std::filesystem::permissions(limits_.program, std::filesystem::perms::owner_all);
  }
  Result<std::string> draw(const std::string& graph) {
    std::optional<Result<std::string>> drawn;
    render_svg(graph, limits_, [&](Result<std::string> result) { drawn = std::move(result); });
    run_until([&] { return drawn.has_value(); });
    return drawn.value_or(Error{"never", ""});
  }
  std::string error(const std::string& graph) {
    const auto drawn = draw(graph);
    return drawn ? "drawn" : drawn.error().code;
  }

  TemporaryDirectory directory_;
  GraphvizLimits limits_;
};

TEST_F(GraphvizTest, GraphIsDrawn) {
  const auto drawn = draw("digraph { webrtcbin -> tee }");
  ASSERT_TRUE(drawn);
  EXPECT_THAT(*drawn, HasSubstr("<svg"));
  EXPECT_THAT(*drawn, HasSubstr("webrtcbin"));
}

TEST_F(GraphvizTest, WhatIsNoGraphFails) {
  EXPECT_EQ(error("no graph"), "graphviz_failed");
}

TEST_F(GraphvizTest, TooLargeGraphIsNotTried) {
  limits_.input = 10;
  EXPECT_EQ(error("digraph { a -> b }"), "graph_too_large");
}

TEST_F(GraphvizTest, TooLargeDrawingIsRefused) {
  limits_.output = 10;
  EXPECT_EQ(error("digraph { a -> b }"), "graph_too_large");
}

TEST_F(GraphvizTest, DrawingWithoutEndIsGivenUp) {
  use_program("exec sleep 60\n");
  limits_.time = milliseconds(50);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(error("digraph {}"), "graphviz_failed");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST_F(GraphvizTest, ProgramThatReadsNothingDoesNotHoldTheMainLoop) {
  use_program("exit 0\n");
  const auto drawn = draw("digraph {" + std::string(1'000'000, ' ') + '}');
  if (drawn) {
    EXPECT_EQ(*drawn, "");
  }
}

TEST_F(GraphvizTest, OnlySoManyAreDrawnAtOnce) {
  use_program("exec sleep 60\n");
  limits_.time = milliseconds(50);
  limits_.at_once = 1;
  std::optional<Result<std::string>> first;
  render_svg("digraph {}", limits_, [&](Result<std::string> result) { first = std::move(result); });
  EXPECT_EQ(error("digraph {}"), "graphviz_busy");
  EXPECT_TRUE(run_until([&] { return first.has_value(); }));
  limits_.program = "dot";
  limits_.time = milliseconds(10'000);
  EXPECT_EQ(error("digraph {}"), "drawn");
}

}  // namespace
}  // namespace parley::signaling::http
