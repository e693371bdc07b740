#include "sim/report/key_history.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "tests/sim/report/sample_plans.h"

namespace quorate::sim {
namespace {

const Key kKey{"default", "k"};

ClientStep step_of(Verb verb, const std::string& value, ContextUse context) {
  ClientStep step;
  step.context = context;
  step.request.key = kKey;
  step.request.verb = verb;
  step.request.value = Blob(value);
  return step;
}

// One client at each of two nodes, with just these steps.
RunPlan plan_of(const std::vector<ClientStep>& first, const std::vector<ClientStep>& second) {
  RunPlan plan = sample_plan({.clients = {{1}, {2}}, .steps = 0});
  plan.clients[0].steps = first;
  plan.clients[1].steps = second;
  return plan;
}

std::string history_of(const RunPlan& plan) {
  sim::Run run(plan);
  run.play();
  return key_history_text(run, kKey, false);
}

// The lines of the drawing and what was written, a row each.
std::vector<std::string> drawn(const std::string& text) {
  std::vector<std::string> rows;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (line.find("versions of") == 0) continue;
    const auto client = line.find("client ");
    const auto dot = line.find("  ", client);
    std::string lines = line.substr(0, std::min<std::size_t>(line.size(), 8));
    lines.erase(0, lines.find_first_not_of(' '));
    while (!lines.empty() && lines.find_last_of("*o|\\/") + 1 < lines.size()) lines.pop_back();
    if (client != std::string::npos) lines += " " + line.substr(client + 10, dot - client - 10);
    if (lines.find_first_of("*o|") != std::string::npos) rows.push_back(lines);
  }
  return rows;
}

TEST(KeyHistory, LeadsFromEachVersionToWhatItReplaced) {
  const std::string text = history_of(plan_of({step_of(Verb::kPut, "one", ContextUse::kBlind),
                                               step_of(Verb::kPut, "two", ContextUse::kBlind)},
                                              {}));
  EXPECT_EQ(drawn(text), (std::vector<std::string>{"* put two", "o put one"})) << text;
  EXPECT_NE(text.find("1 2 3"), std::string::npos) << "where it lives at the end\n" << text;
}

TEST(KeyHistory, WhatIsConcurrentStandsSideBySideUntilSomebodyReplacesBoth) {
  ClientStep later = step_of(Verb::kPut, "both", ContextUse::kBlind);
  later.think = from_ms(500);
  const std::string text =
      history_of(plan_of({step_of(Verb::kPut, "left", ContextUse::kNone), later},
                         {step_of(Verb::kPut, "right", ContextUse::kNone)}));
  const std::vector<std::string> rows = drawn(text);
  ASSERT_EQ(rows.size(), 4u) << text;
  EXPECT_EQ(rows[0], "* put both") << text;
  EXPECT_EQ(rows[1], "|\\") << text;
}

TEST(KeyHistory, OfADeleteNothingIsAlive) {
  const std::string text = history_of(plan_of({step_of(Verb::kPut, "v", ContextUse::kBlind),
                                               step_of(Verb::kDelete, "", ContextUse::kBlind)},
                                              {}));
  EXPECT_EQ(drawn(text), (std::vector<std::string>{"o delete", "o put v"})) << text;
}

TEST(KeyHistory, OfAKeyThatNobodyWroteSaysSo) {
  EXPECT_NE(history_of(plan_of({}, {})).find("nobody wrote it"), std::string::npos);
}

}  // namespace
}  // namespace quorate::sim
