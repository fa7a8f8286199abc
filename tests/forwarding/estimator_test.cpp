// The bandwidth estimator on scripted bandwidths: how much it uses, how long packets wait, how soon
// it is there. `estimator_traces` prints the figures.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/forwarding/support/traces.hpp"

namespace parley::forwarding::test {
namespace {

using namespace std::chrono_literals;

struct Bounds {
  double utilisation = 0.7;
  double queue_p95_ms = 120;
  double converged_s = 5;
};

TraceResult run(const std::string& name) {
  for (const Trace& trace : standard_traces())
    if (trace.name == name) return run_trace(trace);
  ADD_FAILURE() << "no such trace: " << name;
  return {};
}

void expect(const std::string& name, const Bounds& bounds) {
  const TraceResult result = run(name);
  EXPECT_GE(result.utilisation, bounds.utilisation) << name;
  EXPECT_LE(result.queue_p95_ms, bounds.queue_p95_ms) << name;
  EXPECT_GE(result.converged_s, 0) << name;
  EXPECT_LE(result.converged_s, bounds.converged_s) << name;
}

TEST(Estimator, FillsASteadyLinkWithoutFillingItsQueue) {
  expect("steady 2 Mbit/s", {0.8, 100, 1});
  expect("steady 300 kbit/s", {0.8, 200, 5});
  expect("steady 20 Mbit/s", {0.95, 20, 2});
}

TEST(Estimator, FollowsAStepDownWithinTwoSeconds) {
  expect("step down 4 to 1 Mbit/s", {0.75, 200, 2});
  expect("step down 2 Mbit/s to 250 kbit/s", {0.75, 220, 2});
}

TEST(Estimator, FollowsAStepUpWithinTwelveSeconds) {
  expect("step up 1 to 4 Mbit/s", {0.75, 120, 12});
  expect("step up 250 kbit/s to 4 Mbit/s", {0.75, 150, 12});
}

TEST(Estimator, LeavesAnotherFlowItsPart) {
  expect("competing constant 1 of 3 Mbit/s", {0.7, 150, 5});
  const TraceResult equal = run("competing equal flow on 4 Mbit/s");
  EXPECT_GE(equal.utilisation, 0.6);
  EXPECT_GT(equal.fairness, 0.5);
  EXPECT_LT(equal.fairness, 2);
}

TEST(Estimator, DoesNotCollapseUnderRandomLoss) {
  expect("2 % random loss on 3 Mbit/s", {0.75, 120, 5});
  expect("5 % random loss on 3 Mbit/s", {0.7, 120, 5});
  expect("10 % random loss on 3 Mbit/s", {0.55, 120, 5});
}

TEST(Estimator, TakesARadiosJitterForWhatItIs) {
  expect("jittery radio, 5 Mbit/s", {0.75, 60, 5});
}

TEST(Estimator, GetsAlongWithLittleFeedbackAndLongRoundTrips) {
  expect("feedback loses 20 %, 2 Mbit/s", {0.65, 120, 2});
  expect("far away, 300 ms round trip, 3 Mbit/s", {0.7, 150, 5});
}

TEST(Estimator, KeepsWhatItKnewOverASilence) {
  expect("10 s of silence, 2 Mbit/s", {0.75, 200, 1});
}

TEST(Estimator, StaysBelowAQueueTooShortToShowDelay) {
  expect("queue of 30 ms, 1 Mbit/s", {0.7, 40, 2});
  const TraceResult policed = run("policer, 1 Mbit/s");
  EXPECT_GE(policed.utilisation, 0.4);
  EXPECT_LE(policed.loss, 0.25);
}

TEST(Estimator, SettlesOnALayerAndStaysThere) {
  for (const char* name : {"simulcast to 250 kbit/s", "simulcast to 800 kbit/s"}) {
    const TraceResult result = run(name);
    EXPECT_LE(result.converged_s, 3) << name;
    EXPECT_LE(result.changes, 2U) << name;
    EXPECT_LE(result.queue_p95_ms, 160) << name;
  }
}

TEST(Estimator, ClimbsBackByProbing) {
  expect("simulcast from 250 kbit/s to 4 Mbit/s", {0.9, 60, 12});
}

TEST(Estimator, ProbesNoFurtherThanTheMediaNeeds) {
  Trace trace;
  trace.name = "one small track on a wide link";
  trace.steps = {{0s, {}, 0}};
  trace.flow.layers = {300e3};
  const TraceResult result = run_trace(trace);
  EXPECT_LT(result.rate, 1.3e6);
  EXPECT_LT(result.queue_p95_ms, 5);
}

}  // namespace
}  // namespace parley::forwarding::test
