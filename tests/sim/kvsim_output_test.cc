// What a command writes is there whole, or what was there before is.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "sim/kvsim/output_file.h"

namespace quorate::sim {
namespace {

class OutputFileTest : public testing::Test {
 protected:
  OutputFileTest() { std::filesystem::create_directory(directory_); }
  ~OutputFileTest() override { std::filesystem::remove_all(directory_); }

  std::string path(const std::string& name) const { return directory_ / name; }

  static std::string read(const std::string& name) {
    std::ifstream file(name);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(directory_), {}));
  }

  const std::filesystem::path directory_ =
      std::filesystem::path(testing::TempDir()) / ("kvsim_output_" + std::to_string(getpid()));
};

TEST_F(OutputFileTest, is_not_there_until_it_is_whole) {
  const std::string name = path("a");
  Result<OutputFile> file = OutputFile::create(name);
  ASSERT_TRUE(file);
  file->write("all ");
  EXPECT_FALSE(std::filesystem::exists(name));
  file->write("of it");
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(read(name), "all of it");
  EXPECT_EQ(files(), 1u);
}

TEST_F(OutputFileTest, that_was_never_committed_leaves_what_was_there) {
  const std::string name = path("a");
  std::ofstream(name) << "before";
  {
    Result<OutputFile> file = OutputFile::create(name);
    ASSERT_TRUE(file);
    OutputFile moved = *std::move(file);
    moved.write("half");
  }
  EXPECT_EQ(read(name), "before");
  EXPECT_EQ(files(), 1u);
}

TEST_F(OutputFileTest, goes_where_a_symbolic_link_leads_and_keeps_the_mode) {
  const std::string name = path("a");
  std::ofstream(name) << "before";
  ASSERT_EQ(chmod(name.c_str(), 0600), 0);
  std::filesystem::create_symlink("a", path("link"));
  ASSERT_TRUE(write_whole(path("link"), "after"));
  EXPECT_TRUE(std::filesystem::is_symlink(path("link")));
  EXPECT_EQ(read(name), "after");
  struct stat status {};
  ASSERT_EQ(stat(name.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(OutputFileTest, leaves_devices_as_they_are) {
  ASSERT_TRUE(write_whole("/dev/null", "nothing"));
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
  const Status full = write_whole("/dev/full", "much");
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().message, "cannot write /dev/full: No space left on device");
}

TEST_F(OutputFileTest, says_at_once_where_it_cannot_be) {
  EXPECT_FALSE(OutputFile::create(directory_));
  EXPECT_FALSE(OutputFile::create(path("nowhere/a")));
  EXPECT_FALSE(OutputFile::create(""));
  EXPECT_EQ(files(), 0u);
}

}  // namespace
}  // namespace quorate::sim
