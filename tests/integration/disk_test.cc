// One node's disk fails or fills up under load: the others go on, and what was acknowledged is
// kept.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <chrono>
#include <iostream>
#include <string>

#include "tests/integration/cluster_process.h"
#include "tests/integration/eventually.h"
#include "tests/integration/load.h"
#include "tests/integration/verdict.h"

namespace quorate::integration {
namespace {

using std::chrono::seconds;

// Injected by strace: from the 40th on, every sync of the log fails, as on a disk that breaks. (Who
// is traced cannot look for its leaks.)
TEST(DiskTest, FailedSyncEndsTheNodeWithItsOwnCodeAndLosesNothing) {
  const char* const strace = "/usr/bin/strace";
  ASSERT_EQ(access(strace, X_OK), 0) << "scripts/bootstrap installs strace";
  ClusterProcess cluster;
  cluster.run_under(
      3, {strace, "-f", "-qq", "--seccomp-bpf", "-E", "ASAN_OPTIONS=detect_leaks=0", "-o",
          "/dev/null", "-e", "trace=fdatasync,fsync", "-e", "inject=fdatasync:error=EIO:when=40+"});
  ASSERT_TRUE(cluster.start_all());
  History history;
  Load load({.endpoints = cluster.endpoints()}, history);

  const auto code = cluster.process(3).wait(seconds(60));
  ASSERT_TRUE(code.has_value()) << "the node outlived its disk";
  EXPECT_EQ(*code, 5) << cluster.log_text(3);
  ASSERT_TRUE(load.await_acknowledged(100, seconds(30)));

  cluster.run_under(3, {});
  ASSERT_TRUE(cluster.start({3}));
  ASSERT_TRUE(cluster.await_whole());
  ASSERT_TRUE(load.await_acknowledged(50, seconds(30)));
  load.stop();
  expect_agreement(cluster, load, history);
}

// A small file system of memory, seen by this test and its nodes only.
class SmallDisk {
 public:
  SmallDisk(const std::filesystem::path& place, const std::string& size) : place_(place) {
    std::filesystem::create_directory(place);
    usable_ = unshare(CLONE_NEWNS) == 0 &&
              mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
              mount("quorate-test", place.c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0;
  }
  ~SmallDisk() { umount2(place_.c_str(), MNT_DETACH); }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool usable() const { return usable_; }

  // Takes all the room but so many bytes.
  bool fill(std::uint64_t leave_bytes) const {
    struct statvfs room {};
    if (statvfs(place_.c_str(), &room) != 0) {
      return false;
    }
    const std::uint64_t free_bytes = room.f_bavail * room.f_bsize;
    const int file = open(filler().c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    const bool filled =
        file >= 0 && posix_fallocate(file, 0, static_cast<off_t>(free_bytes - leave_bytes)) == 0;
    close(file);
    return filled;
  }
  void make_room() const { std::filesystem::remove(filler()); }

 private:
  std::filesystem::path filler() const { return place_ / "filler"; }

  std::filesystem::path place_;
  bool usable_ = false;
};

TEST(DiskTest, FullDiskMakesTheNodeReadOnlyUntilThereIsRoom) {
  if (geteuid() != 0) {
    GTEST_SKIP() << "needs the right to mount a small file system (run as root)";
  }
  ClusterProcess cluster;
  const SmallDisk disk(cluster.data_path(3), "256m");
  ASSERT_TRUE(disk.usable());
  ASSERT_TRUE(cluster.start_all());
  ASSERT_TRUE(cluster.await_whole());
  ASSERT_TRUE(cluster.client({cluster.endpoint(1)})->put("before", "written").value().ok());
  History history;
  Load load({.endpoints = cluster.endpoints()}, history);
  ASSERT_TRUE(load.await_acknowledged(50, seconds(30)));

  const auto store_is = [&](const std::string& state) {
    return eventually(seconds(30), [&] {
      const auto view = cluster.status(3);
      return view && view->store == state;
    });
  };
  ASSERT_TRUE(disk.fill(1u << 20));
  ASSERT_TRUE(store_is("no space")) << cluster.log_text(3);

  // It still answers reads; the others still take writes, also those of all the load's keys.
  const auto at_third = cluster.client({cluster.endpoint(3)});
  client::RequestOptions one;
  one.r = Quorum::of(1);
  ASSERT_TRUE(eventually(seconds(10), [&] {
    const auto read = at_third->get("before", one);
    return read && read->ok() && read->values[0].value.view() == "written";
  }));
  client::RequestOptions all;
  all.w = Quorum{Quorum::Kind::kAll, 0};
  const auto put = at_third->put("during", "not everywhere", all);
  ASSERT_TRUE(put.has_value());
  EXPECT_TRUE(put->outcome == Outcome::kNotApplied || put->outcome == Outcome::kUnknown)
      << outcome_name(put->outcome);
  ASSERT_TRUE(load.await_acknowledged(100, seconds(30)));
  EXPECT_TRUE(cluster.process(3).running());

  disk.make_room();
  ASSERT_TRUE(store_is("writable")) << cluster.log_text(3);
  ASSERT_TRUE(cluster.await_whole());
  ASSERT_TRUE(load.await_acknowledged(50, seconds(30)));
  load.stop();
  expect_agreement(cluster, load, history);
}

}  // namespace
}  // namespace quorate::integration
