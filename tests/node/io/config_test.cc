#include "node/io/config.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "node/base/nearest_name.h"
#include "node/io/config_text.h"

namespace quorate {
namespace {

const char* const kThreeNodes = R"([cluster]
name = "dev"
[[node]]
id = 1
[[node]]
id = 2
[[node]]
id = 3
)";

std::vector<std::string> problems_of(const std::string& text) {
  const Result<ClusterConfig> config = parse_config(text, "c.toml");
  if (config) return {};
  std::vector<std::string> lines;
  std::string rest = config.error().message;
  while (true) {
    const std::size_t end = rest.find('\n');
    lines.push_back(rest.substr(0, end));
    if (end == std::string::npos) return lines;
    rest.erase(0, end + 1);
  }
}

TEST(Config, AMinimalFileGetsTheDefaults) {
  const Result<ClusterConfig> config = parse_config(kThreeNodes, "dir/cluster.toml");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->name, "dev");
  EXPECT_EQ(config->secret_path, "");
  EXPECT_EQ(config->vnodes, 64u);
  ASSERT_EQ(config->nodes.size(), 3u);
  EXPECT_EQ(config->nodes[1].host, "127.0.0.1");
  EXPECT_EQ(config->nodes[1].client_port, 7102);
  EXPECT_EQ(config->nodes[1].peer_port, 7202);
  const Bucket* standard = config->buckets.find("default");
  ASSERT_NE(standard, nullptr);
  EXPECT_EQ(standard->n, 3u);
  EXPECT_EQ(standard->r, 2u);
  EXPECT_EQ(standard->w, 2u);
  EXPECT_EQ(config->core.deadline_default_ns, 2 * kNsPerSecond);
}

TEST(Config, QuorumsThatAreNotGivenOverlapWhateverIs) {
  struct Case {
    int members;
    std::string bucket;
    std::uint32_t n, r, w;
  };
  const Case cases[] = {
      {1, "", 1, 1, 1},
      {2, "", 2, 2, 1},
      {3, "", 3, 2, 2},
      {7, "", 3, 2, 2},
      {5, "n = 5", 5, 3, 3},
      {5, "n = 4", 4, 3, 2},
      {3, "r = 1", 3, 1, 3},
      {3, "w = 1", 3, 3, 1},
      {3, "r = \"all\"", 3, 3, 1},
      {3, "w = \"one\"", 3, 3, 1},
      {3, "r = 1\nw = 1", 3, 1, 1},
      {5, "n = 5\nr = \"quorum\"", 5, 3, 3},
  };
  for (const Case& c : cases) {
    std::string text = "[cluster]\nname = \"dev\"\n";
    for (int id = 1; id <= c.members; ++id) text += "[[node]]\nid = " + std::to_string(id) + "\n";
    if (!c.bucket.empty()) text += "[[bucket]]\nname = \"default\"\n" + c.bucket + "\n";
    const Result<ClusterConfig> config = parse_config(text, "c.toml");
    ASSERT_TRUE(config) << text << config.error().message;
    const Bucket* bucket = config->buckets.find("default");
    EXPECT_EQ(bucket->n, c.n) << text;
    EXPECT_EQ(bucket->r, c.r) << text;
    EXPECT_EQ(bucket->w, c.w) << text;
  }
}

TEST(Config, ReadsEverythingThatItDocuments) {
  const Result<ClusterConfig> config = parse_config(R"([cluster]
name = "lab.1"
secret_file = "secret"
vnodes = 128
[[node]]
id = 7
host = "::1"
client_port = 9001
peer_port = 9002
[[node]]
id = 2
host = "kv-2.example.org"
[[bucket]]
name = "carts"
type = "lww"
n = 2
r = 1
w = 2
sloppy = true
read_repair = "blocking"
key_bytes_max = 100
value_bytes_max = 1000
record_bytes_max = 5000
siblings_max = 7
[limits]
deadline_default_ms = 1500
clock_skew_max_ms = 0
clients_max = 10
)",
                                                    "/etc/quorate/cluster.toml");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->secret_path, "/etc/quorate/secret");
  EXPECT_EQ(config->vnodes, 128u);
  EXPECT_EQ(config->nodes[0].id, 2);  // sorted
  EXPECT_EQ(config->nodes[1].client_port, 9001);
  const Bucket* carts = config->buckets.find("carts");
  ASSERT_NE(carts, nullptr);
  EXPECT_EQ(carts->type, BucketType::kLww);
  EXPECT_TRUE(carts->sloppy);
  EXPECT_EQ(carts->read_repair, ReadRepair::kBlocking);
  EXPECT_EQ(carts->record_bytes_max, 5000u);
  EXPECT_EQ(carts->siblings_max, 7u);
  EXPECT_NE(config->buckets.find("default"), nullptr);
  EXPECT_EQ(config->core.deadline_default_ns, 1500 * kNsPerMs);
  EXPECT_EQ(config->core.clock_skew_max_ms, 0);
  EXPECT_EQ(config->io.clients_max, 10);
}

TEST(Config, EveryTypeOfBucketHasItsName) {
  std::string text = kThreeNodes;
  for (const char* type : bucket_type_names()) {
    text += std::string("[[bucket]]\nname = \"a-") + type + "\"\ntype = \"" + type + "\"\n";
  }
  const auto config = parse_config(text, "c.toml");
  ASSERT_TRUE(config) << config.error().message;
  for (const char* type : bucket_type_names()) {
    const Bucket* bucket = config->buckets.find(std::string("a-") + type);
    ASSERT_NE(bucket, nullptr) << type;
    EXPECT_STREQ(bucket_type_name(bucket->type), type);
  }
}

struct BadFile {
  const char* what;
  std::string text;
  std::string problem;  // how the first one begins
};

class BadConfig : public ::testing::TestWithParam<BadFile> {};

TEST_P(BadConfig, IsRefusedWithLineAndColumn) {
  const std::vector<std::string> problems = problems_of(GetParam().text);
  ASSERT_FALSE(problems.empty()) << GetParam().text;
  EXPECT_EQ(problems.front().substr(0, GetParam().problem.size()), GetParam().problem);
}

const std::string kThree = kThreeNodes;  // eight lines

INSTANTIATE_TEST_SUITE_P(
    Table, BadConfig,
    ::testing::Values(
        BadFile{"syntax", "[cluster]\nname = \n", "c.toml:2:8: "},
        BadFile{"no_cluster", "[[node]]\nid = 1\n", "c.toml:1:1: there is no [cluster]"},
        BadFile{"no_nodes", "[cluster]\nname = \"dev\"\n", "c.toml:1:1: there is no [[node]]"},
        BadFile{"no_name", "[cluster]\n[[node]]\nid = 1\n", "c.toml:1:1: [cluster] needs a name"},
        BadFile{"bad_name", "[cluster]\nname = \"a b\"\n[[node]]\nid = 1\n",
                "c.toml:2:8: [cluster] name = \"a b\" must be 1 to 64"},
        BadFile{"name_not_string", "[cluster]\nname = 3\n[[node]]\nid = 1\n",
                "c.toml:2:8: [cluster] name must be a string, not an integer"},
        BadFile{"vnodes_not_power", "[cluster]\nname = \"d\"\nvnodes = 60\n[[node]]\nid = 1\n",
                "c.toml:3:10: [cluster] vnodes = 60 must be a power of two"},
        BadFile{"unknown_table", kThree + "[limit]\nx = 1\n",
                "c.toml:9:2: [file] has no key \"limit\"; did you mean \"limits\"?"},
        BadFile{"unknown_key", kThree + "hots = \"127.0.0.1\"\n",
                "c.toml:9:1: [[node]] has no key \"hots\"; did you mean \"host\"?"},
        BadFile{"unknown_limit", kThree + "[limits]\nclient_max = 3\n",
                "c.toml:10:1: [limits] has no key \"client_max\"; did you mean \"clients_max\"?"},
        BadFile{"node_not_array", "[cluster]\nname = \"d\"\n[node]\nid = 1\n",
                "c.toml:1:1: there is no [[node]]"},
        BadFile{"id_zero", "[cluster]\nname = \"d\"\n[[node]]\nid = 0\n",
                "c.toml:4:6: [[node]] id = 0 must be from 1 to 65535"},
        BadFile{"id_missing", "[cluster]\nname = \"d\"\n[[node]]\nhost = \"::1\"\n",
                "c.toml:3:1: [[node]] needs an id"},
        BadFile{"id_twice", "[cluster]\nname = \"d\"\n[[node]]\nid = 1\n[[node]]\nid = 1\n",
                "c.toml:6:6: [[node]] id = 1 is there twice"},
        BadFile{"port_twice", kThree + "client_port = 7101\n",
                "c.toml:9:15: [[node]] client port of node 3: 127.0.0.1:7101 is already the client "
                "port of node 1"},
        BadFile{"own_ports_equal", kThree + "client_port = 9\npeer_port = 9\n",
                "c.toml:10:13: [[node]] peer port of node 3: 127.0.0.1:9 is already the client "
                "port of node 3"},
        BadFile{"port_too_large", kThree + "peer_port = 65536\n",
                "c.toml:9:13: [[node]] peer_port = 65536 must be from 1 to 65535"},
        BadFile{"no_usual_port", "[cluster]\nname = \"d\"\n[[node]]\nid = 60000\n",
                "c.toml:3:1: [[node]] 60000 needs a client_port: 67100 is no port"},
        BadFile{"bad_host", kThree + "host = \"256.0.0.1\"\n",
                "c.toml:9:8: [[node]] host = \"256.0.0.1\" is neither"},
        BadFile{"host_with_port", kThree + "host = \"localhost:7101\"\n",
                "c.toml:9:8: [[node]] host"},
        BadFile{"w_above_n", kThree + "[[bucket]]\nname = \"b\"\nn = 2\nw = 3\n",
                "c.toml:12:5: bucket \"b\": w = 3 is more than its n = 2 replicas"},
        BadFile{"r_above_n", kThree + "[[bucket]]\nname = \"b\"\nr = 4\n",
                "c.toml:11:5: bucket \"b\": r = 4 is more than its n = 3 replicas"},
        BadFile{"n_above_nodes", kThree + "[[bucket]]\nname = \"b\"\nn = 4\n",
                "c.toml:11:5: bucket \"b\": n = 4, but there are only 3 nodes"},
        BadFile{"n_zero", kThree + "[[bucket]]\nname = \"b\"\nn = 0\n",
                "c.toml:11:5: [[bucket]] n = 0 must be from 1 to 16"},
        BadFile{"r_zero", kThree + "[[bucket]]\nname = \"b\"\nr = 0\n",
                "c.toml:11:5: [[bucket]] r = 0 must be from 1 to 16"},
        BadFile{"w_zero", kThree + "[[bucket]]\nname = \"b\"\nw = 0\n",
                "c.toml:11:5: [[bucket]] w = 0 must be from 1 to 16"},
        BadFile{"w_word", kThree + "[[bucket]]\nname = \"b\"\nw = \"most\"\n",
                "c.toml:11:5: [[bucket]] w = \"most\" must be a number, or one, quorum or all"},
        BadFile{"bucket_name", kThree + "[[bucket]]\nname = \"../b\"\n",
                "c.toml:10:8: [[bucket]] name = \"../b\" must be 1 to 64"},
        BadFile{"bucket_without_name", kThree + "[[bucket]]\nn = 1\n",
                "c.toml:9:1: [[bucket]] needs a name"},
        BadFile{"bucket_twice", kThree + "[[bucket]]\nname = \"b\"\n[[bucket]]\nname = \"b\"\n",
                "c.toml:11:1: bucket \"b\" is there twice"},
        BadFile{"bucket_type", kThree + "[[bucket]]\nname = \"b\"\ntype = \"crdt\"\n",
                "c.toml:11:8: [[bucket]] type = \"crdt\" must be one of: register, lww"},
        BadFile{"sloppy_word", kThree + "[[bucket]]\nname = \"b\"\nsloppy = \"yes\"\n",
                "c.toml:11:10: [[bucket]] sloppy must be true or false, not a string"},
        BadFile{
            "record_below_value",
            kThree + "[[bucket]]\nname = \"b\"\nvalue_bytes_max = 1000\nrecord_bytes_max = 10\n",
            "c.toml:9:1: bucket \"b\": record_bytes_max = 10 must be from 1000"},
        BadFile{"limit_range", kThree + "[limits]\nclients_max = 0\n",
                "c.toml:10:15: [limits] clients_max = 0 must be from 1"},
        BadFile{"limit_order",
                kThree + "[limits]\ndeadline_default_ms = 5000\ndeadline_max_ms = 10\n",
                "c.toml:10:23: [limits] deadline_default_ms = 5000 must not be more than "
                "deadline_max_ms = 10"},
        BadFile{
            "silence_below_ping", kThree + "[limits]\nsilence_max_ms = 20\n",
            "c.toml:10:18: [limits] ping_interval_ms = 250 must not be more than silence_max_ms "
            "= 20"}),
    [](const auto& bad) { return std::string(bad.param.what); });

TEST(Config, EveryProblemIsReportedAtOnceInTheOrderOfTheFile) {
  const std::vector<std::string> problems = problems_of(R"([cluster]
name = "bad name"
vnodez = 3
[[node]]
id = 1
hots = "x"
[[bucket]]
name = "b"
n = 9
typo = 1
[limits]
clients_max = 0
)");
  ASSERT_EQ(problems.size(), 6u) << ::testing::PrintToString(problems);
  const char* const places[] = {"c.toml:2:8: ", "c.toml:3:1: ",  "c.toml:6:1: ",
                                "c.toml:9:5: ", "c.toml:10:1: ", "c.toml:12:15: "};
  for (std::size_t i = 0; i < problems.size(); ++i) {
    EXPECT_EQ(problems[i].substr(0, std::string(places[i]).size()), places[i]);
  }
}

TEST(Config, ControlBytesOfTheFileDoNotReachTheTerminal) {
  const std::vector<std::string> problems =
      problems_of("[cluster]\nname = \"\\u001b[2J\"\n[[node]]\nid = 1\n");
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].find('\x1b'), std::string::npos);
}

TEST(Config, AFileThatCannotBeReadIsAnErrorThatNamesIt) {
  const Result<ClusterConfig> missing = load_config("/nowhere/cluster.toml");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kIoError);
  EXPECT_NE(missing.error().message.find("/nowhere/cluster.toml"), std::string::npos);
  const Result<ClusterConfig> directory = load_config("/");
  ASSERT_FALSE(directory);
  EXPECT_EQ(directory.error().code, ErrorCode::kIoError);
}

TEST(Config, EveryLimitCanBeSetAndItsDefaultIsWithinItsBounds) {
  ClusterConfig config;
  for (const Limit& limit : limits_of(config)) {
    EXPECT_GE(limit.get(), limit.low) << limit.name;
    EXPECT_LE(limit.get(), limit.high) << limit.name;
    limit.set(limit.high);
    EXPECT_EQ(limit.get(), limit.high) << limit.name;
  }
}

TEST(Config, TheSummaryNamesNodesBucketsAndLimits) {
  const Result<ClusterConfig> config = parse_config(kThreeNodes, "c.toml");
  ASSERT_TRUE(config);
  const std::string summary = describe_config(*config);
  for (const char* part : {"cluster dev: 3 nodes, 64 vnodes", "127.0.0.1", "7103", "7203",
                           "default", "register", "clients_max", "deadline_default_ms"}) {
    EXPECT_NE(summary.find(part), std::string::npos) << part << "\n" << summary;
  }
}

TEST(Hosts, AreAddressesOrNames) {
  for (const char* good : {"127.0.0.1", "::1", "localhost", "kv-1.example.org", "node1", "1a.b"}) {
    EXPECT_TRUE(is_host(good)) << good;
  }
  for (const char* bad :
       {"", "256.1.1.1", "1.2.3", "a..b", "-a", "a-", "a_b", "a b", "a:1", "a/b", "host\n", "12"}) {
    EXPECT_FALSE(is_host(bad)) << bad;
  }
  for (const char* loopback : {"127.0.0.1", "127.9.9.9", "::1", "localhost"}) {
    EXPECT_TRUE(is_loopback_host(loopback)) << loopback;
  }
  for (const char* open : {"0.0.0.0", "::", "10.0.0.1", "localhost.example.org", "128.0.0.1"}) {
    EXPECT_FALSE(is_loopback_host(open)) << open;
  }
}

TEST(NearestName, FindsWhatWasMeantAndIsSilentWhenNothingIsClose) {
  const std::vector<std::string> names = {"host", "client_port", "peer_port", "id"};
  EXPECT_EQ(nearest_name("hots", names), "host");
  EXPECT_EQ(nearest_name("clientport", names), "client_port");
  EXPECT_EQ(nearest_name("pear_port", names), "peer_port");
  EXPECT_EQ(nearest_name("wibble", names), "");
  EXPECT_EQ(nearest_name(std::string(100000, 'a'), names), "");
}

}  // namespace
}  // namespace quorate
