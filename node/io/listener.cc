#include "node/io/listener.h"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <utility>

#include "node/io/log.h"

namespace quorate {
namespace {

using boost::asio::ip::tcp;

constexpr int kBacklog = 1024;
constexpr std::chrono::milliseconds kRest{100};
constexpr std::int64_t kLogEveryNs = 10'000'000'000;

int open_reserve() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

std::string to_string(const tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? "[" + address + "]" : address) + ":" +
         std::to_string(endpoint.port());
}

Error cannot_listen(const tcp::endpoint& endpoint, const boost::system::error_code& error) {
  if (error == boost::asio::error::address_in_use) {
    return Error{ErrorCode::kInUse,
                 "cannot listen on " + to_string(endpoint) + ": another process listens there"};
  }
  return Error{ErrorCode::kIoError,
               "cannot listen on " + to_string(endpoint) + ": " + error.message()};
}

}  // namespace

Listener::Listener(Loop& loop, Counters& counters)
    : loop_(loop),
      counters_(counters),
      acceptor_(loop.context()),
      rest_(loop.context()),
      reserve_fd_(open_reserve()) {}

Listener::~Listener() {
  if (reserve_fd_ >= 0) ::close(reserve_fd_);
}

Result<std::unique_ptr<Listener>> Listener::open(Loop& loop, Counters& counters,
                                                 const boost::asio::ip::address& address,
                                                 std::uint16_t port) {
  std::unique_ptr<Listener> listener(new Listener(loop, counters));
  const tcp::endpoint endpoint(address, port);
  tcp::acceptor& acceptor = listener->acceptor_;
  boost::system::error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(kBacklog, error);
  if (error) return cannot_listen(endpoint, error);
  ::fcntl(acceptor.native_handle(), F_SETFD, FD_CLOEXEC);
  listener->port_ = acceptor.local_endpoint(error).port();
  if (error) return cannot_listen(endpoint, error);
  return listener;
}

std::string Listener::endpoint() const {
  boost::system::error_code ignored;
  return to_string(acceptor_.local_endpoint(ignored));
}

void Listener::start(Accepted accepted) {
  accepted_ = std::move(accepted);
  accept();
}

void Listener::stop() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  rest_.cancel();
}

void Listener::accept() {
  acceptor_.async_accept([this](const boost::system::error_code& error, Socket socket) {
    on_accepted(error, std::move(socket));
  });
}

void Listener::on_accepted(const boost::system::error_code& error, Socket socket) {
  if (error == boost::asio::error::operation_aborted || !acceptor_.is_open()) return;
  if (!error) {
    boost::system::error_code gone;
    const tcp::endpoint remote = socket.remote_endpoint(gone);
    if (!gone) accepted_(std::move(socket), remote.address().to_string());
    accept();
    return;
  }
  counters_.add(IoCounter::kAcceptFailures);
  const std::int64_t now_ns = loop_.now_ns();
  if (now_ns >= silent_until_ns_) {
    silent_until_ns_ = now_ns + kLogEveryNs;
    log(LogLevel::kError, "cannot accept a connection",
        {{"at", endpoint()}, {"why", error.message()}});
  }
  if (error == boost::asio::error::no_descriptors ||
      error == boost::system::errc::too_many_files_open_in_system) {
    turn_one_away();
  }
  rest();
}

// The connection that waits longest would wait for ever: it gets an end instead.
void Listener::turn_one_away() {
  if (reserve_fd_ >= 0) ::close(reserve_fd_);
  const int waiting =
      ::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (waiting >= 0) ::close(waiting);
  reserve_fd_ = open_reserve();
}

void Listener::rest() {
  rest_.expires_after(kRest);
  rest_.async_wait([this](const boost::system::error_code& error) {
    if (!error && acceptor_.is_open()) accept();
  });
}

Result<std::vector<boost::asio::ip::address>> resolve_host(Loop& loop, const std::string& host) {
  boost::system::error_code error;
  const boost::asio::ip::address literal = boost::asio::ip::make_address(host, error);
  if (!error) return std::vector<boost::asio::ip::address>{literal};
  tcp::resolver resolver(loop.context());
  const auto found = resolver.resolve(host, "", error);
  if (error) {
    return Error{ErrorCode::kUnreachable, "host " + host + ": " + error.message()};
  }
  std::vector<boost::asio::ip::address> addresses;
  for (const auto& entry : found) addresses.push_back(entry.endpoint().address());
  return addresses;
}

}  // namespace quorate
