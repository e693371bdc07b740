// papers/scenarios.md has every key that a scenario may have, and none that it may not: the reader
// lists the keys of a table when it meets one that resembles none of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "sim/scenario/scenario.h"

namespace quorate::sim {
namespace {

using Words = std::set<std::string>;

constexpr const char* kUnknown = "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz";

Words words_in(const std::string& list) {
  Words words;
  std::istringstream in(list);
  for (std::string word; std::getline(in, word, ',');) {
    word.erase(0, word.find_first_not_of(' '));
    word.erase(word.find_last_not_of(" \n") + 1);
    words.insert(word);
  }
  return words;
}

// What the reader says to `text`, from behind `lead` to the end of that line.
std::string told(const std::string& text, const std::string& lead) {
  const Result<Scenario> scenario = read_scenario(text, "test");
  EXPECT_FALSE(scenario) << text;
  if (scenario) return "";
  const std::string& message = scenario.error().message;
  const std::size_t at = message.find(lead);
  EXPECT_NE(at, std::string::npos) << lead << " is not in:\n" << message;
  if (at == std::string::npos) return "";
  const std::size_t begin = at + lead.size();
  return message.substr(begin, message.find('\n', begin) - begin);
}

// The keys of the table that has the unknown one. `text` has a %s for it.
Words accepted(std::string text) {
  text.replace(text.find("%s"), 2, std::string(kUnknown) + " = 1");
  return words_in(told(text, std::string("has no key \"") + kUnknown + "\"; it has: "));
}

// Each row of the page's tables, cell by cell, by the heading that it stands under.
using Rows = std::vector<std::vector<std::string>>;
const std::map<std::string, Rows>& page() {
  static const auto kPage = [] {
    std::ifstream in(QUORATE_PAPERS_DIR "/scenarios.md");
    std::map<std::string, Rows> rows;
    std::string heading;
    for (std::string line; std::getline(in, line);) {
      if (line.rfind("##", 0) == 0) heading = line.substr(line.find(' ') + 1);
      if (line.rfind("| `", 0) != 0) continue;
      std::vector<std::string> cells;
      std::istringstream row(line.substr(1));
      for (std::string cell; std::getline(row, cell, '|');) cells.push_back(cell);
      rows[heading].push_back(cells);
    }
    return rows;
  }();
  return kPage;
}

// The words in backticks, each up to its first space; `"text"` is a value and no word.
Words words_of(const std::string& cell) {
  Words words;
  for (std::size_t at = cell.find('`'); at != std::string::npos;) {
    const std::size_t end = cell.find('`', at + 1);
    std::string word = cell.substr(at + 1, end - at - 1);
    word.resize(std::min(word.size(), word.find(' ')));
    if (!word.empty() && word.find('"') == std::string::npos) words.insert(word);
    at = cell.find('`', end + 1);
  }
  return words;
}

// The first column under the headings that begin so; `prefix`: of words that have one, as
// "disk.sync".
Words documented(const std::string& heading, const std::string& prefix = "") {
  Words words;
  for (const auto& [title, rows] : page()) {
    if (title.rfind(heading, 0) != 0) continue;
    for (const auto& row : rows) {
      for (std::string word : words_of(row[0])) {
        const bool is_table = word.front() == '[';
        const std::size_t dot = word.find('.');
        if (is_table || (dot == std::string::npos) != prefix.empty()) continue;
        if (!prefix.empty()) {
          if (word.substr(0, dot) != prefix) continue;
          word.erase(0, dot + 1);
        }
        words.insert(word);
      }
    }
  }
  EXPECT_FALSE(words.empty()) << heading;
  return words;
}

Words with(Words words, const Words& more) {
  words.insert(more.begin(), more.end());
  return words;
}

constexpr const char* kRun = "[run]\nheal_at = \"9s\"\n";
std::string table(const std::string& header) { return kRun + header + "\n%s\n"; }

TEST(Vocabulary, of_every_table_is_on_the_page) {
  EXPECT_EQ(accepted(table("[scenario]")), documented("`[scenario]`"));
  EXPECT_EQ(accepted("[run]\nheal_at = \"9s\"\n%s\n"), documented("`[run]`"));
  EXPECT_EQ(accepted(table("[cluster]")), with(documented("`[cluster]`"), {"core"}));
  EXPECT_EQ(accepted(table("[[bucket]]\nname = \"default\"")), documented("`[[bucket]]`"));
  for (const char* links : {"[network]", "[client_network]", "[healed_network]"}) {
    EXPECT_EQ(accepted(table(links)), documented("`[network]`")) << links;
  }
  EXPECT_EQ(accepted(table("[geography]")), documented("`[geography]`"));
  EXPECT_EQ(accepted(table("[disk]")), documented("`[disk]`", "disk"));
  EXPECT_EQ(accepted(table("[processing]")), documented("`[disk]`", "processing"));
  EXPECT_EQ(accepted(table("[[clock]]\nnode = 1")), documented("`[disk]`", "clock"));
  EXPECT_EQ(accepted(table("[[client]]\nname = \"c\"")),
            with(documented("`[[client]]`"), {"workload"}));
  EXPECT_EQ(
      accepted(table("[[client]]\nname = \"c\"\n[client.workload]\nsteps = 1\nkeys = [\"k\"]")),
      documented("`[client.workload]`"));
  EXPECT_EQ(
      accepted(std::string(kRun) + "[[client]]\nname = \"c\"\nsteps = [{ get = \"k\", %s }]\n"),
      documented("Steps"));
  EXPECT_EQ(accepted(table("[expect]")), with(documented("`[expect]`"), {"values", "step"}));
}

// "`[requests]` has the same six keys"
TEST(Vocabulary, of_requests_is_the_clients) {
  const Words requests = accepted(table("[requests]"));
  EXPECT_EQ(requests, (Words{"r", "w", "context", "read_repair", "sloppy", "deadline"}));
  const Words of_clients = documented("`[[client]]`");
  EXPECT_TRUE(
      std::includes(of_clients.begin(), of_clients.end(), requests.begin(), requests.end()));
}

TEST(Vocabulary, of_the_core_is_on_the_page) {
  std::ifstream in(QUORATE_PAPERS_DIR "/scenarios.md");
  std::stringstream all;
  all << in.rdbuf();
  const std::string text = all.str();
  const std::size_t at = text.find("`[cluster.core]` has");
  ASSERT_NE(at, std::string::npos);
  Words words = words_of(text.substr(at, text.find("\n\n", at) - at));
  words.erase("[cluster.core]");
  words.erase("node/core/options.h");
  EXPECT_EQ(accepted(table("[cluster.core]")), words);
}

TEST(Vocabulary, of_faults_is_on_the_page) {
  Words kinds;
  for (const auto& [heading, ends] : std::map<std::string, Words>{
           {"Primitives", {"at", "kind", "until"}},
           {"Shapes", {"at", "kind", "until", "beat", "still", "extra", "loss"}}}) {
    for (const auto& [title, rows] : page()) {
      if (title.rfind(heading, 0) != 0) continue;
      for (const auto& row : rows) {
        for (const std::string& kind : words_of(row[0])) {
          kinds.insert(kind);
          EXPECT_EQ(
              accepted(std::string(kRun) + "[[fault]]\nat = \"1s\"\nkind = \"" + kind + "\"\n%s\n"),
              with(words_of(row[1]), ends))
              << kind;
        }
        if (heading != "Primitives") continue;
        // What ends it befalls the same hosts.
        for (const std::string& kind : words_of(row[2])) {
          if (kind != "extra" && kind != "loss") kinds.insert(kind);
        }
      }
    }
  }
  const std::string all =
      told(std::string(kRun) + "[[fault]]\nat = \"1s\"\nkind = \"zzzzzzzz\"\n", "must be one of: ");
  EXPECT_EQ(kinds, words_in(all));
}

}  // namespace
}  // namespace quorate::sim
