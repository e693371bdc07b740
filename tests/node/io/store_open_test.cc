// Which directories a store opens, which it refuses, what it says then, and that it left them
// alone.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <string>

#include "node/base/hash.h"
#include "node/io/store_directory.h"
#include "tests/support/rocks_fixture.h"
#include "tests/support/store_rows.h"
#include "tests/support/temp_dir.h"

extern char** environ;

namespace quorate::testing_support {
namespace {

namespace fs = std::filesystem;

std::string slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

// Every name below a directory, with content and time of change: equal means untouched.
std::map<std::string, std::string> contents(const std::string& directory) {
  std::map<std::string, std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    std::string what = std::to_string(entry.last_write_time().time_since_epoch().count());
    if (entry.is_regular_file()) what += slurp(entry.path());
    found[entry.path()] = what;
  }
  return found;
}

class StoreOpen : public ::testing::Test {
 protected:
  void make_store() {
    auto store = open_or_fail(options());
    ASSERT_TRUE(store);
    EXPECT_TRUE(store->created());
    QUORATE_ASSERT_OK(Writer(*store).put(key_of("k"), row_of("v")));
    QUORATE_ASSERT_OK(store->close());
  }
  RocksStoreOptions options() { return small_store(data_); }

  // Refused with this code, by a message that contains all of `words`; and nothing was written.
  void expect_refused(const RocksStoreOptions& asked, ErrorCode code,
                      const std::vector<std::string>& words) {
    const auto before = contents(directory_.path());
    expect_says(asked, code, words);
    EXPECT_EQ(contents(directory_.path()), before);
  }
  void expect_says(const RocksStoreOptions& asked, ErrorCode code,
                   const std::vector<std::string>& words) {
    const Error error = refusal(asked);
    EXPECT_EQ(error.code, code) << error.message;
    for (const std::string& word : words) {
      EXPECT_NE(error.message.find(word), std::string::npos) << word << " in: " << error.message;
    }
  }

  TempDir directory_;
  const std::string data_ = directory_ / "data";
};

TEST_F(StoreOpen, MakesAStoreOnceAndFindsItAgain) {
  make_store();
  auto store = open_or_fail(options());
  ASSERT_TRUE(store);
  EXPECT_FALSE(store->created());
  EXPECT_EQ(store->state(), StoreState::kWritable);
  EXPECT_EQ(stored_row(*store, 0, key_of("k")), row_of("v"));
}

TEST_F(StoreOpen, MakesTheDirectoriesAboveToo) {
  EXPECT_TRUE(open_or_fail(small_store(directory_ / "a/b/c")));
  EXPECT_TRUE(fs::is_directory(directory_ / "a/b/c/rows"));
}

TEST_F(StoreOpen, TakesAnEmptyDirectory) {
  fs::create_directory(data_);
  EXPECT_TRUE(open_or_fail(options()));
}

TEST_F(StoreOpen, RefusesAnotherClustersDirectory) {
  make_store();
  RocksStoreOptions other = options();
  other.cluster = "other";
  expect_refused(other, ErrorCode::kIncompatible, {"cluster \"test\"", "\"other\"", data_});
}

TEST_F(StoreOpen, RefusesAnotherNodesDirectory) {
  make_store();
  RocksStoreOptions other = options();
  other.node = 2;
  expect_refused(other, ErrorCode::kIncompatible, {"node 1", "node 2", data_});
}

TEST_F(StoreOpen, RefusesRowsOfAnotherNodePutIntoItsDirectory) {
  make_store();
  RocksStoreOptions other = small_store(directory_ / "other");
  other.node = 2;
  QUORATE_EXPECT_OK(open_or_fail(other)->close());
  fs::rename(data_ + "/rows", directory_ / "away");
  fs::rename(other.directory + "/rows", data_ + "/rows");
  const Error error = refusal(options());
  EXPECT_EQ(error.code, ErrorCode::kCorruption);
  EXPECT_NE(error.message.find("another store (cluster \"test\", node 2)"), std::string::npos)
      << error.message;
}

TEST_F(StoreOpen, RefusesANewerFormat) {
  make_store();
  std::string text = slurp(data_ + "/IDENTITY");
  const std::size_t at = text.find("format 1\n");
  ASSERT_NE(at, std::string::npos);
  text.replace(at, 9, "format 2\nwhatever a later version writes\n");
  std::ofstream(data_ + "/IDENTITY", std::ios::binary) << text;
  expect_refused(options(), ErrorCode::kIncompatible, {"format 2", "newer version", "format 1"});
}

TEST_F(StoreOpen, RefusesADirectoryOfSomethingElse) {
  fs::create_directory(data_);
  std::ofstream(data_ + "/thesis.tex") << "irreplaceable";
  expect_refused(options(), ErrorCode::kIncompatible, {data_, "thesis.tex"});
}

TEST_F(StoreOpen, RefusesAFileInPlaceOfTheDirectory) {
  std::ofstream(data_) << "a file";
  expect_refused(options(), ErrorCode::kIoError, {data_, "not a directory"});
}

TEST_F(StoreOpen, RefusesADamagedIdentity) {
  make_store();
  std::string text = slurp(data_ + "/IDENTITY");
  for (std::size_t at = 0; at < text.size(); at += 3) {
    std::string damaged = text;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x01);
    std::ofstream(data_ + "/IDENTITY", std::ios::binary) << damaged;
    auto opened = RocksStore::open(options());
    ASSERT_FALSE(opened) << "byte " << at;
    EXPECT_TRUE(opened.error().code == ErrorCode::kCorruption ||
                opened.error().code == ErrorCode::kIncompatible)
        << opened.error().message;
  }
}

TEST_F(StoreOpen, SaysAllThatIsWrongWithItsOptions) {
  RocksStoreOptions bad;
  bad.free_bytes_min = 2;
  bad.free_bytes_resume = 1;
  const Error error = refusal(bad);
  EXPECT_EQ(error.code, ErrorCode::kInvalidInput);
  for (const char* word : {"directory", "cluster", "node", "resume"}) {
    EXPECT_NE(error.message.find(word), std::string::npos) << error.message;
  }
}

// ---------------------------------------------------------------- who may

// Runs `body` in a child without root's rights and gives back what it returned.
std::string as_nobody(const std::function<std::string()>& body) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    const bool lowered = geteuid() != 0 || (setgid(65534) == 0 && setuid(65534) == 0);
    const std::string said = lowered ? body() : "could not give up root's rights";
    const ssize_t written = write(ends[1], said.data(), said.size());
    _exit(written == static_cast<ssize_t>(said.size()) ? 0 : 1);
  }
  close(ends[1]);
  std::string said;
  char buffer[4096];
  for (ssize_t got = 0; (got = read(ends[0], buffer, sizeof buffer)) > 0;) {
    said.append(buffer, static_cast<std::size_t>(got));
  }
  close(ends[0]);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  return said;
}

std::string error_of_open(const RocksStoreOptions& options) {
  auto opened = RocksStore::open(options);
  return opened ? "opened" : opened.error().to_string();
}

// Forks: both of these are refused before RocksDB starts a thread.
TEST_F(StoreOpen, RefusesADirectoryThatItCannotWrite) {
  fs::create_directory(data_);
  if (geteuid() == 0) {
    ASSERT_EQ(chown(data_.c_str(), 65534, 65534), 0);
  }
  fs::permissions(data_, fs::perms(0555));
  fs::permissions(directory_.path(), fs::perms(0755));
  const auto before = contents(directory_.path());
  const std::string said = as_nobody([&] { return error_of_open(options()); });
  EXPECT_NE(said.find("cannot be written: Permission denied"), std::string::npos) << said;
  EXPECT_NE(said.find(data_), std::string::npos) << said;
  EXPECT_EQ(contents(directory_.path()), before);
  fs::permissions(data_, fs::perms(0755));
}

TEST_F(StoreOpen, RefusesToMakeADirectoryWhereItMayNot) {
  fs::permissions(directory_.path(), fs::perms(0555));
  const std::string said = as_nobody([&] { return error_of_open(options()); });
  EXPECT_NE(said.find("input/output error: making the directory " + data_), std::string::npos)
      << said;
  EXPECT_FALSE(fs::exists(data_));
  fs::permissions(directory_.path(), fs::perms(0755));
}

TEST_F(StoreOpen, RefusesAnotherUsersDirectory) {
  // "/" is somebody's; for root a directory of nobody's is made.
  std::string foreign = "/";
  if (geteuid() == 0) {
    fs::create_directory(data_);
    ASSERT_EQ(chown(data_.c_str(), 65534, 65534), 0);
    foreign = data_;
  }
  const Error error = refusal(small_store(foreign));
  EXPECT_EQ(error.code, ErrorCode::kIoError);
  EXPECT_NE(error.message.find("belongs to user"), std::string::npos) << error.message;
}

// ---------------------------------------------------------------- who has it

// Another process that holds a store.
class Holder {
 public:
  explicit Holder(const std::string& directory) {
    int in[2];
    int out[2];
    EXPECT_EQ(pipe2(in, O_CLOEXEC), 0);
    EXPECT_EQ(pipe2(out, O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    std::string program = QUORATE_STORE_HOLDER;
    std::string argument = directory;
    char* arguments[] = {program.data(), argument.data(), nullptr};
    EXPECT_EQ(posix_spawn(&process_, program.c_str(), &actions, nullptr, arguments, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    its_input_ = in[1];
    FILE* said = fdopen(out[0], "r");
    char line[1000] = {};
    if (std::fgets(line, sizeof line, said) != nullptr) said_ = line;
    std::fclose(said);
  }
  ~Holder() { let_go(); }

  const std::string& said() const { return said_; }
  pid_t process() const { return process_; }
  void let_go() {
    if (its_input_ < 0) return;
    close(its_input_);
    its_input_ = -1;
    int status = 0;
    EXPECT_EQ(waitpid(process_, &status, 0), process_);
  }

 private:
  pid_t process_ = 0;
  int its_input_ = -1;
  std::string said_;
};

TEST_F(StoreOpen, RefusesADirectoryInUseAndNamesTheProcess) {
  Holder holder(data_);
  ASSERT_EQ(holder.said(), "open\n");
  const std::string who = "process " + std::to_string(holder.process());
  // Not all that is there: the holder's RocksDB removes files of its start when it gets to it.
  const std::string identity = slurp(data_ + "/IDENTITY");
  expect_says(options(), ErrorCode::kInUse, {data_, "in use", who});
  EXPECT_EQ(slurp(data_ + "/IDENTITY"), identity);
  EXPECT_EQ(slurp(data_ + "/LOCK"), std::to_string(holder.process()) + "\n");
  const auto moved = move_damaged_store_aside(options());
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().code, ErrorCode::kInUse);
  holder.let_go();
  EXPECT_TRUE(open_or_fail(options()));
}

TEST_F(StoreOpen, RefusesADirectoryThatThisProcessHasOpen) {
  auto store = open_or_fail(options());
  const std::string who = "process " + std::to_string(getpid());
  EXPECT_EQ(refusal(options()).code, ErrorCode::kInUse);
  EXPECT_NE(refusal(options()).message.find(who), std::string::npos);
  EXPECT_EQ(Holder(data_).said().find("in use"), 0u);
  store.reset();
  EXPECT_TRUE(open_or_fail(options()));
}

// ---------------------------------------------------------------- moving a damaged one aside

TEST_F(StoreOpen, ADamagedStoreMovesAsideAndANewOneTakesItsPlace) {
  for (int time = 1; time <= 2; ++time) {
    make_store();
    fs::remove(data_ + "/rows/CURRENT");
    EXPECT_EQ(refusal(options()).code, ErrorCode::kCorruption);
    const auto moved = move_damaged_store_aside(options());
    QUORATE_ASSERT_OK(moved);
    EXPECT_EQ(*moved, data_ + ".damaged-" + std::to_string(time));
    EXPECT_TRUE(fs::exists(*moved + "/IDENTITY"));
    EXPECT_FALSE(fs::exists(data_));
  }
  make_store();
}

TEST_F(StoreOpen, OnlyItsOwnDirectoryMovesAside) {
  make_store();
  RocksStoreOptions other = options();
  other.node = 2;
  EXPECT_EQ(move_damaged_store_aside(other).error().code, ErrorCode::kIncompatible);
  fs::create_directory(directory_ / "home");
  std::ofstream(directory_ / "home/thesis.tex") << "irreplaceable";
  EXPECT_EQ(move_damaged_store_aside(small_store(directory_ / "home")).error().code,
            ErrorCode::kIncompatible);
  EXPECT_FALSE(move_damaged_store_aside(small_store(directory_ / "nowhere")));
  EXPECT_TRUE(fs::exists(directory_ / "home/thesis.tex"));
  EXPECT_TRUE(open_or_fail(options()));
}

}  // namespace
}  // namespace quorate::testing_support
