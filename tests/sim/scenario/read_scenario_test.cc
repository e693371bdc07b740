// What is wrong in a scenario file is told with its place, and what would be right.
#include <gtest/gtest.h>

#include "sim/scenario/scenario.h"

namespace quorate::sim {
namespace {

const std::string kRun = "[run]\nheal_at = \"2s\"\n";
const std::string kClient = "[[client]]\nname = \"c\"\n";

std::string problems_of(const std::string& text) {
  const Result<Scenario> scenario = read_scenario(text, "a.toml");
  return scenario ? "" : scenario.error().message;
}

void expect_problem(const std::string& text, const std::string& problem) {
  const std::string found = problems_of(text);
  EXPECT_NE(found.find(problem), std::string::npos) << "for:\n"
                                                    << text << "found:\n"
                                                    << found << "\nwanted:\n"
                                                    << problem;
}

TEST(ReadScenario, TheSmallestIsARun) {
  const Result<Scenario> scenario = read_scenario(kRun, "dir/smallest.toml");
  ASSERT_TRUE(scenario) << scenario.error().message;
  EXPECT_EQ(scenario->name, "smallest");
  ASSERT_EQ(scenario->variants.size(), 1u);
  EXPECT_EQ(scenario->variants[0].plan.faults_end, from_seconds(2));
  EXPECT_EQ(scenario->variants[0].plan.cluster.nodes, 3);
}

TEST(ReadScenario, ProblemsHaveALineAndAColumn) {
  expect_problem(kRun + "[cluster]\nnods = 3\n",
                 "a.toml:4:1: [cluster] has no key \"nods\"; did you mean \"nodes\"?");
  expect_problem(kRun + "[cluster]\nnodes = 0\n", "a.toml:4:9: [cluster] nodes = 0 must be from 1");
  expect_problem(kRun + "[cluster]\nnodes = \"3\"\n",
                 "a.toml:4:9: [cluster] nodes must be an integer, not a string");
  expect_problem("[run\n", "a.toml:1:");
  expect_problem("", "a.toml:1:1: there is no [run]");
  expect_problem("[run]\n", "heal_at = \"10s\"");
}

TEST(ReadScenario, EveryProblemIsToldAtOnce) {
  const std::string found =
      problems_of(kRun + "[cluster]\nnodes = 0\nvnodes = 3\n[nonsense]\nx = 1\n");
  EXPECT_NE(found.find(":4:"), std::string::npos) << found;
  EXPECT_NE(found.find(":5:"), std::string::npos) << found;
  EXPECT_NE(found.find("nonsense"), std::string::npos) << found;
}

TEST(ReadScenario, ValuesOutOfTheirRangesAreRefused) {
  expect_problem("[run]\nheal_at = 5\n", "must be a time such as");
  expect_problem("[run]\nheal_at = \"2h\"\n", "must be from \"0s\" to \"1h\"");
  expect_problem(kRun + "[cluster]\nvnodes = 3\n", "must be a power of two");
  expect_problem(kRun + "[network]\nloss = 0.5\n", "must be a share");
  expect_problem(kRun + "[network]\nloss = \"101%\"\n", "must be a share");
  expect_problem(kRun + "[network]\nlatency = { uniform_ms = [5, 1] }\n", "shortest first");
  expect_problem(kRun + "[network]\nmodel = \"lnkd\"\n", "there is no network model \"lnkd\"");
  expect_problem(kRun + "[[bucket]]\nname = \"b\"\nn = 4\n", "must be from 1 to 3");
  expect_problem(kRun + "[[bucket]]\nname = \"b\"\nn = 2\nr = 3\n", "more than the bucket's n = 2");
  expect_problem(kRun + "[[bucket]]\nname = \"a b\"\n", "letters, digits");
  expect_problem(kRun + "[[bucket]]\nname = \"b\"\n[[bucket]]\nname = \"b\"\n", "is there twice");
  expect_problem(kRun + "[cluster.core]\nping_interval = \"0s\"\n", "must be from");
}

TEST(ReadScenario, AFaultNamesHostsThatAreThere) {
  const auto fault = [](const std::string& rest) {
    return kRun + kClient + "[[fault]]\nat = \"1s\"\n" + rest;
  };
  expect_problem(fault("kind = \"crash\"\nnode = 4\n"), "must be a node from 1 to 3, not 4");
  expect_problem(fault("kind = \"crash\"\n"), "crash needs \"node\"");
  expect_problem(fault("kind = \"cut\"\nfrom = 1\nto = \"d\"\n"),
                 "there is no [[client]] \"d\"; did you mean \"c\"?");
  expect_problem(fault("kind = \"cut\"\nfrom = 1\nto = 1\n"), "no link between a host and itself");
  expect_problem(fault("kind = \"cutt\"\n"), "must be one of: cut, mend");
  expect_problem(fault("kind = \"wipe\"\nnode = 1\nuntil = \"2s\"\n"), "does not last");
  expect_problem(fault("kind = \"crash\"\nnode = 1\nuntil = \"500ms\"\n"),
                 "is before its beginning");
  expect_problem(fault("kind = \"disk-slow\"\nnode = 1\n"), "disk-slow needs \"sync\"");
  expect_problem(fault("kind = \"forget-row\"\nnode = 1\nkey = \"b/k\"\n"),
                 "bucket that is not there");
  expect_problem(fault("kind = \"split\"\ngroups = [[1, 2], [2, 3]]\n"), "a host in two places");
  expect_problem(fault("kind = \"split\"\ngroups = [[1, 2]]\n"), "must be 2 or more groups");
  expect_problem(fault("kind = \"isolate\"\n"), "needs \"node\"");
  expect_problem(fault("kind = \"isolate\"\nnode = 1\nbeat = { down = \"1ns\", up = \"1ns\" }\n"),
                 "at most 100000 turns");
  expect_problem(kRun + "[[fault]]\nat = \"3s\"\nkind = \"crash\"\nnode = 1\n",
                 "comes after everything has healed");
}

TEST(ReadScenario, AStepSaysOneThing) {
  const auto step = [](const std::string& inside) {
    return kRun + kClient + "endpoints = [1, 2]\nsteps = [{ " + inside + " }]\n";
  };
  expect_problem(step("at = \"1s\""), "a step is one of get, put, delete, update, add");
  expect_problem(step("get = \"k\", put = \"k\", value = \"v\""), "a step is one of");
  expect_problem(step("put = \"k\""), "a put needs a value");
  expect_problem(step("get = \"k\", value = \"v\""), "value is for a put or an update");
  expect_problem(step("get = \"b/k\""), "bucket that is not there");
  expect_problem(step("get = \"k\", r = 4"), "more than the n = 3 replicas");
  expect_problem(step("get = \"k\", r = \"most\""), "must be a number of replicas");
  expect_problem(step("get = \"k\", node = 3"), "none of the client's endpoints");
  expect_problem(step("get = \"k\", context = \"none at all\""), "must be one of: as-given, blind");
  expect_problem(step("get = \"k\", wat = 1"), "has no key \"wat\"");
}

TEST(ReadScenario, AChangeIsDoneAsTheTypeOfItsBucketCan) {
  const auto scenario_of = [](const std::string& type, const std::string& inside) {
    return kRun + "[[bucket]]\nname = \"default\"\ntype = \"" + type + "\"\n" + kClient +
           "steps = [{ " + inside + " }]\n";
  };
  const auto steps_of = [&](const std::string& type, const std::string& inside) {
    const Result<Scenario> scenario = read_scenario(scenario_of(type, inside), "a.toml");
    EXPECT_TRUE(scenario) << scenario.error().message;
    return scenario ? scenario->variants[0].plan.clients[0].steps : std::vector<ClientStep>();
  };
  const auto in_place = steps_of("set", "add = \"k\", value = \"x\", at = \"1s\"");
  ASSERT_EQ(in_place.size(), 1u);
  EXPECT_EQ(in_place[0].request.update, Update::kSetAdd);
  EXPECT_EQ(in_place[0].request.field, "x");
  const auto written_back = steps_of("lww", "add = \"k\", value = \"x\", at = \"1s\"");
  ASSERT_EQ(written_back.size(), 2u);
  EXPECT_EQ(written_back[0].request.verb, Verb::kGet);
  EXPECT_EQ(written_back[0].not_before, from_seconds(1));
  EXPECT_EQ(written_back[1].compose, Compose::kUnion);
  EXPECT_TRUE(written_back[1].after_read);

  expect_problem(scenario_of("counter", "add = \"k\", value = \"x\""),
                 "a counter has no such change");
  expect_problem(scenario_of("map", "edit = \"k\", value = \"x\""),
                 "an edit, and no other change, has a field");
  expect_problem(scenario_of("set", "add = \"k\""), "a change needs a value");
  expect_problem(scenario_of("lww", "add = \"k\", value = \"x\", compose = \"sum\""),
                 "compose and after_read are for a put");
}

TEST(ReadScenario, AVariantSaysWhatDiffersAndTheRestStays) {
  const Result<Scenario> scenario = read_scenario(kRun + R"(
[cluster]
nodes = 5
[requests]
r = 1
[[bucket]]
name = "default"
n = 3
w = 3
[[client]]
name = "a"
steps = [{ get = "k" }]
[[client]]
name = "b"
steps = [{ get = "k" }, { put = "k", value = "v", w = 2 }]
[[variant]]
name = "as it is"
[[variant]]
name = "changed"
requests = { r = 2 }
[[variant.bucket]]
name = "default"
type = "lww"
[[variant.client]]
name = "b"
r = 3
endpoints = [4]
)",
                                                  "v.toml");
  ASSERT_TRUE(scenario) << scenario.error().message;
  ASSERT_EQ(scenario->variants.size(), 2u);
  const RunPlan& plain = scenario->variants[0].plan;
  const RunPlan& changed = scenario->variants[1].plan;
  EXPECT_EQ(plain.clients[0].steps[0].request.r, Quorum::of(1));
  EXPECT_EQ(changed.clients[0].steps[0].request.r, Quorum::of(2));
  EXPECT_EQ(changed.clients[1].steps[0].request.r, Quorum::of(3));
  EXPECT_EQ(changed.clients[1].steps[1].request.w, Quorum::of(2));
  EXPECT_EQ(changed.clients[1].policy.endpoints, std::vector<NodeId>{4});
  EXPECT_EQ(changed.cluster.nodes, 5);
  const Bucket& bucket = *changed.cluster.buckets.find("default");
  EXPECT_EQ(bucket.type, BucketType::kLww);
  EXPECT_EQ(bucket.w, 3u);
  EXPECT_EQ(plain.cluster.buckets.find("default")->type, BucketType::kRegister);
}

TEST(ReadScenario, AWorkloadIsDrawnFromTheSeed) {
  const std::string text = kRun + kClient + "w = 1\n[client.workload]\nsteps = 50\n" +
                           "keys = [\"a\", \"b\"]\nreads = \"40%\"\nat = \"1s\"\n";
  const auto steps_of = [&](std::uint64_t seed) {
    Result<Scenario> scenario = read_scenario(text, "w.toml", seed);
    EXPECT_TRUE(scenario.has_value());
    return write_plan(scenario->variants[0].plan);
  };
  const Result<Scenario> scenario = read_scenario(text, "w.toml");
  ASSERT_TRUE(scenario) << scenario.error().message;
  const std::vector<ClientStep>& steps = scenario->variants[0].plan.clients[0].steps;
  ASSERT_EQ(steps.size(), 50u);
  EXPECT_EQ(steps[0].request.w, Quorum::of(1));
  EXPECT_EQ(steps_of(3), steps_of(3));
  EXPECT_NE(steps_of(3), steps_of(4));
  expect_problem(kRun + kClient + "[client.workload]\nsteps = 0\nkeys = [\"a\"]\n",
                 "must be from 1");
  expect_problem(kRun + kClient + "[client.workload]\nsteps = 3\n", "a workload needs keys");
}

TEST(ReadScenario, AProblemInAVariantIsToldWhereItIs) {
  expect_problem(kRun + "[[variant]]\nname = \"v\"\n[variant.cluster]\nnodes = 99\n",
                 "a.toml:6:9: [cluster] nodes = 99");
  expect_problem(kRun + "[[variant]]\n", "[[variant]] needs a name");
}

TEST(ReadScenario, AnExpectationIsAboutWhatIsThere) {
  const std::string client = kRun + kClient + "steps = [{ get = \"k\" }]\n[expect]\n";
  EXPECT_EQ(problems_of(client + "lost = 0\nstale_reads = \"1..\"\nlevel = \"linearizable\"\n"),
            "");
  expect_problem(client + "lost = \"many\"\n", "must be a number, or bounds");
  expect_problem(client + "level = \"perfect\"\n", "must be one of: none, durable");
  expect_problem(client + "[expect.values]\nj = [\"v\"]\n", "nobody uses a key \"j\"");
  expect_problem(client + "[[expect.step]]\nclient = \"d\"\nstep = 1\n", "names no client");
  expect_problem(client + "[[expect.step]]\nclient = \"c\"\nstep = 2\n", "the client has 1 steps");
}

TEST(ReadScenario, AnExpectedViolationIsOfAPropertyThatThereIs) {
  const std::string client = kRun + kClient + "steps = [{ get = \"k\" }]\n[expect]\n";
  EXPECT_EQ(problems_of(client + "violated = \"acknowledged writes survive\"\n"), "");
  EXPECT_EQ(problems_of(client + "violated = [\"the cluster settles after healing\"]\n"), "");
  expect_problem(
      client + "violated = [\"applied once\", \"no loss\"]\n",
      ":7:29: [expect] violated = \"no loss\" names no property; there are \"the cluster "
      "settles after healing\", ");
  expect_problem(client + "violated = \"no loss\"\n", "\"acknowledged writes survive\", ");
}

TEST(ReadScenario, WhateverTheBytesNothingAborts) {
  for (const char* text :
       {"\xff\xfe", "[[fault]]", "fault = 3", "client = [1, 2]", "[[client]]\nname = 3",
        "variant = \"x\"", "[run]\nheal_at = \"1s\"\nseed = -1", "[expect]\nstep = 1",
        "[[client]]\nname = \"c\"\nsteps = [[[]]]", "[network]\nlatency = []",
        "[geography]\nsites = [\"a\"]", "[[clock]]", "[run]\nkeys = [\"b/k\"]"}) {
    EXPECT_NE(problems_of(text), "") << text;
  }
}

}  // namespace
}  // namespace quorate::sim
