// What papers/kvsim-json.md lists for each command is what the command prints: no field more, and
// none less. (kvsim run and the trace: tests/sim/report/run_json_test.cc.)
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/json.hpp>
#include <cstdio>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace {

namespace json = boost::json;

struct Field {
  std::string path;
  std::string type;
};

// The tables of the page, by the headings that they stand under.
const std::map<std::string, std::vector<Field>>& documented() {
  static const auto kTables = [] {
    std::ifstream in(QUORATE_PAPERS_DIR "/kvsim-json.md");
    std::map<std::string, std::vector<Field>> tables;
    std::string heading;
    for (std::string line; std::getline(in, line);) {
      if (line.rfind("## ", 0) == 0) heading = line.substr(3);
      if (line.rfind("| `", 0) != 0) continue;
      const std::size_t path_end = line.find('`', 3);
      const std::size_t type_at = line.find("| ", path_end) + 2;
      tables[heading].push_back(
          {line.substr(3, path_end - 3), line.substr(type_at, line.find(" |", type_at) - type_at)});
    }
    return tables;
  }();
  return kTables;
}

void expand(const std::string& heading, const std::string& prefix, std::set<std::string>& paths) {
  for (const Field& field : documented().at(heading)) {
    if (documented().contains(field.type)) {
      expand(field.type, prefix + field.path + ".", paths);
    } else {
      paths.insert(prefix + field.path);
    }
  }
}

struct Printed {
  std::set<std::string> paths;
  std::set<std::string> nothing;  // paths of empty arrays and of null: nothing shows below them
};

void collect(const json::value& value, const std::string& path, Printed& printed) {
  if (const json::object* object = value.if_object()) {
    for (const auto& [name, member] : *object) {
      const std::string key = path == "branches" ? "NAME" : std::string(name);
      collect(member, path.empty() ? key : path + "." + key, printed);
    }
  } else if (const json::array* array = value.if_array()) {
    if (array->empty()) printed.nothing.insert(path + "[]");
    for (const json::value& element : *array) collect(element, path + "[]", printed);
  } else if (value.is_null()) {
    printed.nothing.insert(path);
  } else {
    printed.paths.insert(path);
  }
}

struct Told {
  std::string text;  // of standard output
  int code = -1;
};

Told run(const std::string& words) {
  Told told;
  std::FILE* pipe = popen(("'" QUORATE_BIN_DIR "/kvsim' " + words).c_str(), "r");
  if (pipe == nullptr) return told;
  std::array<char, 4096> buffer{};
  while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    told.text.append(buffer.data(), got);
  }
  const int status = pclose(pipe);
  told.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return told;
}

std::string path_of(const std::string& name) {
  return testing::TempDir() + "kvsim_json_" + std::to_string(getpid()) + "_" + name;
}

// `optional`: documented paths, or what they begin with, that these words leave out.
void expect_as_documented(const std::string& words, int code,
                          const std::vector<std::string>& optional = {}) {
  const Told told = run(words + " --json");
  EXPECT_EQ(told.code, code) << words << "\n" << told.text;
  ASSERT_EQ(told.text.find('\n'), told.text.size() - 1) << "one line: " << words;
  const json::object object = json::parse(told.text).as_object();
  const std::string command = words.substr(0, words.find(' '));
  EXPECT_EQ(object.at("schema").as_string(), "kvsim-" + command);
  EXPECT_TRUE(object.at("schema_version").is_number());
  Printed printed;
  collect(object, "", printed);
  std::set<std::string> listed;
  expand(command, "", listed);
  for (const std::string& path : printed.paths) {
    EXPECT_TRUE(listed.contains(path)) << words << ": the page does not have " << path;
  }
  const auto excused = [&](const std::string& path) {
    for (const std::string& prefix : optional) {
      if (path.rfind(prefix, 0) == 0) return true;
    }
    for (const std::string& prefix : printed.nothing) {
      if (path.rfind(prefix, 0) == 0) return true;
    }
    return false;
  };
  for (const std::string& path : listed) {
    EXPECT_TRUE(printed.paths.contains(path) || excused(path)) << words << " has no " << path;
  }
}

TEST(KvsimJson, check_is_as_documented) {
  const std::string path = path_of("history.edn");
  std::ofstream(path) << "{:process 0, :type :invoke, :f :write, :value 1}\n"
                         "{:process 0, :type :ok, :f :write, :value 1}\n"
                         "{:process 1, :type :invoke, :f :read, :value nil}\n"
                         "{:process 1, :type :ok, :f :read, :value nil}\n";
  expect_as_documented("check '" + path + "'", 1, {"keys[].witness.later_write"});
  expect_as_documented("check '" + path + "' --initial 1", 1,
                       {"keys[].witness.later_write", "keys[].witness.contradiction"});
  std::ofstream(path) << "{:process 1, :type :invoke, :f :read, :value nil}\n"
                         "{:process 1, :type :ok, :f :read, :value 1}\n"
                         "{:process 0, :type :invoke, :f :write, :value 1}\n"
                         "{:process 0, :type :ok, :f :write, :value 1}\n";
  expect_as_documented("check '" + path + "'", 1, {"keys[].witness.contradiction"});
}

TEST(KvsimJson, sweep_is_as_documented) { expect_as_documented("sweep --seeds 1..2", 0); }

TEST(KvsimJson, shrink_is_as_documented) {
  expect_as_documented("shrink bridge", 0,
                       {"after", "witness", "runs", "used_up", "seconds", "schedule"});
  const std::string path = path_of("never.toml");
  std::ofstream(path) << "[run]\nheal_at = \"1s\"\n[healed_network]\nloss = \"100%\"\n";
  expect_as_documented("shrink '" + path + "'", 3);
}

TEST(KvsimJson, matrix_is_as_documented) {
  expect_as_documented("matrix --nodes 2 --n 2 --seeds 1 --only none", 0);
}

TEST(KvsimJson, topologies_is_as_documented) { expect_as_documented("topologies --nodes 2", 0); }

TEST(KvsimJson, pbs_is_as_documented) {
  expect_as_documented("pbs --model lnkd-ssd --operations 1000", 0, {"models[].store", "agrees"});
}

TEST(KvsimJson, survivors_is_as_documented) {
  expect_as_documented("survivors --elements 20 --runs 1", 0);
}

TEST(KvsimJson, list_and_explain_are_as_documented) {
  expect_as_documented("list", 0);
  expect_as_documented("explain split-brain", 0);
  expect_as_documented("explain bridge", 0);
}

// For a program too, what is wrong is told apart from what is told.
TEST(KvsimJson, there_is_none_when_there_is_nothing_to_tell) {
  for (const char* words : {"run nowhere", "explain nowhere", "check nowhere", "shrink nowhere",
                            "sweep --seeds 5..1", "matrix --nodes 99", "topologies --nodes 9",
                            "pbs --model none", "survivors --runs 0", "list of"}) {
    const Told told = run(std::string(words) + " --json 2>&-");
    EXPECT_EQ(told.code, 2) << words;
    EXPECT_EQ(told.text, "") << words;
  }
}

}  // namespace
