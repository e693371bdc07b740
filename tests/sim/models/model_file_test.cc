#include "sim/models/model_file.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "sim/models/latency_text.h"

namespace quorate::sim {
namespace {

std::string latency_line(const std::string& latency) {
  return "[links]\nlatency = " + latency + "\n";
}

Result<NetworkModel> parse(const std::string& text) { return parse_model(text, "m.toml", "m"); }

std::string error_of(const std::string& text) {
  const auto model = parse(text);
  return model ? "no error" : model.error().message;
}

const Latency kSsd = Latency::mixture({{912'200'000, Latency::pareto(235'000, 10'000'000)},
                                       {87'800'000, Latency::exponential(602'410)}});
const Latency kDiskWrite = Latency::mixture({{380'000'000, Latency::pareto(1'050'000, 1'510'000)},
                                             {620'000'000, Latency::exponential(5'464'481)}});

TEST(ModelFileTest, every_shipped_model_is_read) {
  EXPECT_EQ(model_names(),
            (std::vector<std::string>{"ec2-2013", "lnkd-disk", "lnkd-ssd", "wan", "ymmr"}));
  for (const std::string& name : model_names()) {
    const auto model = find_model(name);
    ASSERT_TRUE(model);
    EXPECT_EQ(model->name, name);
    EXPECT_FALSE(model->summary.empty());
    EXPECT_FALSE(model->source.empty());
  }
  EXPECT_EQ(
      find_model("ec2").error().message,
      "there is no network model \"ec2\"; there are: ec2-2013, lnkd-disk, lnkd-ssd, wan, ymmr");
}

TEST(ModelFileTest, pbs_table_3) {
  const LinkModel ssd = find_model("lnkd-ssd")->links;
  EXPECT_EQ(ssd.latency, kSsd);
  EXPECT_FALSE(ssd.legs.any());
  for (const char* name : {"lnkd-disk", "wan"}) {
    const LinkModel disk = find_model(name)->links;
    EXPECT_EQ(disk.latency, kSsd);
    EXPECT_EQ(disk.legs, LegLatencies{.write = kDiskWrite});
  }
  const LinkModel ymmr = find_model("ymmr")->links;
  EXPECT_EQ(ymmr.latency, Latency::mixture({{982'000'000, Latency::pareto(1'500'000, 3'800'000)},
                                            {18'000'000, Latency::exponential(46'082'949)}}));
  EXPECT_EQ(
      ymmr.legs,
      (LegLatencies{.write = Latency::mixture({{939'000'000, Latency::pareto(3'000'000, 3'350'000)},
                                               {61'000'000, Latency::exponential(357'142'857)}})}));
}

TEST(ModelFileTest, regions_are_half_a_round_trip_apart) {
  const NetworkModel model = *find_model("ec2-2013");
  ASSERT_EQ(model.sites.size(), 8u);
  const auto geography = model.place({"CA", "SP", "SI"}, {"OR"});
  ASSERT_TRUE(geography);
  EXPECT_TRUE(geography->valid());
  EXPECT_EQ(geography->distance(2, 3), 181'400'000);
  EXPECT_EQ(geography->distance(3, 2), 181'400'000);
  EXPECT_EQ(geography->distance(1, kFirstClientHost), 11'250'000);
  EXPECT_EQ(geography->distance(1, 1), 0);
  for (const auto& row : model.one_way) {
    EXPECT_EQ(std::count(row.begin(), row.end(), 0), 1);
  }
}

TEST(ModelFileTest, hosts_stand_only_where_there_is_a_place) {
  EXPECT_EQ(find_model("wan")->place({"a", "d"}, {}).error().message,
            "network model wan has no site \"d\"; it has: a, b, c");
  EXPECT_EQ(find_model("ymmr")->place({}, {"a"}).error().message,
            "network model ymmr has no sites, so nothing is at \"a\"");
  EXPECT_EQ(find_model("wan")->place({"a", "b"}, {"c"})->distance(1, kFirstClientHost),
            from_ms(75));
}

TEST(ModelFileTest, every_shape_is_read_as_it_is_written) {
  for (const Latency& latency :
       {Latency::constant(1), Latency::uniform(0, 123'456'789), Latency::exponential(357'142'857),
        Latency::pareto(235'000, 1'510'001), kDiskWrite.shifted(from_ms(75)),
        Latency::mixture({{1, kSsd}, {kBillion - 1, Latency::constant(kLatencyMax)}})}) {
    const auto model = parse(latency_line(latency_text(latency)));
    ASSERT_TRUE(model) << model.error().message;
    EXPECT_EQ(model->links.latency, latency) << latency_text(latency);
  }
  EXPECT_EQ(latency_text(kDiskWrite.shifted(from_ms(75))),
            "{ mixture = [{ percent = 38, pareto_ms = 1.05, alpha = 1.51 }, "
            "{ percent = 62, exponential_ms = 5.464481 }], plus_ms = 75 }");
}

TEST(ModelFileTest, what_is_wrong_is_told_with_its_place) {
  EXPECT_EQ(error_of("[links]\nlatency = { pareto_ms = 1 }\n"),
            "m.toml:2:11: [latency] pareto_ms needs alpha beside it");
  EXPECT_EQ(error_of("[links]\nlatency = { uniform_ms = [2, 1] }\nwrites = 3\n"),
            "m.toml:2:26: [latency] uniform_ms must have the shortest first\n"
            "m.toml:3:1: [links] has no key \"writes\"; did you mean \"write\"?");
  EXPECT_EQ(error_of(latency_line("{ constant_ms = -1 }")),
            "m.toml:2:27: [latency] constant_ms must be from 0 to 3600000");
  EXPECT_EQ(error_of(latency_line("{ constant_ms = nan }")),
            "m.toml:2:27: [latency] constant_ms must be from 0 to 3600000");
  EXPECT_EQ(error_of(latency_line("{ constant_ms = \"1\" }")),
            "m.toml:2:27: [latency] constant_ms must be a number, not a string");
  EXPECT_EQ(error_of(latency_line("{ exponential_per_ms = 0 }")),
            "m.toml:2:34: [latency] exponential_per_ms must be a number above 0: one a millisecond "
            "is 1");
  EXPECT_EQ(error_of(latency_line("{ mixture = [{ percent = 50, constant_ms = 1 }] }")),
            "m.toml:2:23: [latency] mixture has parts of 50.000000 percent in all, not 100");
  EXPECT_EQ(error_of(latency_line("{ mixture = [{ constant_ms = 1 }] }")),
            "m.toml:2:24: [latency mixture] percent is missing");
  EXPECT_EQ(error_of(latency_line("{ alpha = 2, plus_ms = 1 }")),
            "m.toml:2:11: [latency] must have one of: constant_ms, uniform_ms, exponential_ms, "
            "exponential_per_ms, pareto_ms, mixture\n"
            "m.toml:2:13: [latency] has no key \"alpha\"; it has: constant_ms, uniform_ms, "
            "exponential_ms, exponential_per_ms, pareto_ms, mixture, plus_ms");
  EXPECT_EQ(error_of("summary = \"\"\n"), "m.toml:1:1: a model must have [links]");
}

TEST(ModelFileTest, sites_are_all_named_and_all_apart) {
  const std::string links = latency_line("{ constant_ms = 1 }");
  EXPECT_EQ(error_of(links + "[sites]\nnames = [\"a\", \"b\"]\n[sites.round_trip_ms]\nb-a = 1\n"),
            "m.toml:5:1: [sites.round_trip_ms] a-b is missing\n"
            "m.toml:6:1: [sites.round_trip_ms] has no key \"b-a\"; it has: a-b");
  EXPECT_EQ(error_of(links + "[sites]\nnames = [\"a\"]\n"),
            "m.toml:3:1: [sites] must have one_way_ms or round_trip_ms, and not both");
  EXPECT_EQ(error_of(links + "[sites]\nnames = [\"a\", \"a\"]\none_way_ms = 1\n"),
            "m.toml:4:15: [sites] names must differ, and have no '-': \"a\"");
}

}  // namespace
}  // namespace quorate::sim
