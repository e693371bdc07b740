#include "client/peerbench/load.h"

#include <boost/asio/post.hpp>
#include <chrono>
#include <future>
#include <memory>

#include "client/kvbench/workload.h"
#include "node/wire/secret.h"

namespace quorate::client::peerbench {
namespace {

class Load : public std::enable_shared_from_this<Load> {
 public:
  Load(kvbench::Target& target, const kvbench::Options& options)
      : target_(target), options_(options), values_(options.value_bytes, random_u64_from_os()) {}

  kvbench::Loaded run() {
    const auto started = std::chrono::steady_clock::now();
    std::future<void> ended = ended_.get_future();
    boost::asio::post(target_.io(), [self = shared_from_this()] { self->fill(); });
    ended.wait();
    loaded_.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    return loaded_;
  }

 private:
  void fill() {
    if (filling_) return;  // an answer that came at once
    filling_ = true;
    while (in_flight_ < options_.concurrency && next_key_ < options_.keys && loaded_.complete) {
      ++in_flight_;
      target_.put(
          kvbench::key_name(next_key_++), values_.next(), {},
          [self = shared_from_this()](const Result<Answer>& answer) { self->on_answer(answer); });
    }
    filling_ = false;
    if (in_flight_ == 0) ended_.set_value();
  }

  void on_answer(const Result<Answer>& answer) {
    --in_flight_;
    loaded_.outcomes.count(answer, false);
    if (loaded_.outcomes.failed() > 0) loaded_.complete = false;
    fill();
  }

  kvbench::Target& target_;
  const kvbench::Options& options_;
  kvbench::Values values_;
  kvbench::Loaded loaded_;
  std::uint64_t next_key_ = 0;
  std::size_t in_flight_ = 0;
  bool filling_ = false;
  std::promise<void> ended_;
};

}  // namespace

kvbench::Loaded load(kvbench::Target& target, const kvbench::Options& options) {
  return std::make_shared<Load>(target, options)->run();
}

}  // namespace quorate::client::peerbench
