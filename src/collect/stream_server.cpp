#include "collect/stream_server.h"

#include <fmt/format.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <random>

// Door (in): connections of exporters. Guard: collected only under a filing; allow-list, number
// and age of connections are bounded.
// Door (out): a byte that wakes its own thread. Guard: no data.

namespace noroshi {
namespace {

/// How often connections that wait for their rate cap or are idle are looked at.
constexpr std::chrono::milliseconds kTick{100};
/// Reads after which another connection has its turn.
constexpr int kFairReads = 16;
/// Rounds in which stop() still takes what had arrived.
constexpr int kLastRounds = 64;

Timestamp wall_clock() {
  return std::chrono::time_point_cast<Timestamp::duration>(std::chrono::system_clock::now());
}

tl::unexpected<Error> refused(const ListenAddress& address, const char* attempt) {
  const int cause = errno;
  const auto code = cause == EACCES || cause == EPERM ? ErrorCode::kPermission : ErrorCode::kIo;
  return failure(
      code, fmt::format("{}: cannot {}: {}", address.to_string(), attempt, std::strerror(cause)));
}

bool watch(const FileDescriptor& epoll, int descriptor, int operation, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.fd = descriptor;
  return ::epoll_ctl(epoll.get(), operation, descriptor, &event) == 0;
}

}  // namespace

StreamServer::StreamServer(Config config, Dependencies dependencies)
    : config_(std::move(config)),
      intake_(config_.intake, {std::move(dependencies.policy), dependencies.sink}),
      departed_(config_.most_connections, SessionKeyHash{std::random_device()()}) {}

Status StreamServer::start() {
  epoll_ = FileDescriptor(::epoll_create1(EPOLL_CLOEXEC));
  wake_ = FileDescriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!epoll_.is_open() || !wake_.is_open() || !watch(epoll_, wake_.get(), EPOLL_CTL_ADD, EPOLLIN))
    return failure(ErrorCode::kIo, fmt::format("cannot make an event: {}", std::strerror(errno)));
  for (const auto& address : config_.listen) {
    if (address.transport == ListenTransport::kDatagrams) continue;
    if (address.transport == ListenTransport::kTlsStream && !tls_) {
      if (config_.tls.certificate.empty() || config_.tls.key.empty())
        return failure(ErrorCode::kInvalidArgument,
                       fmt::format("{}: TLS needs a certificate and a key", address.to_string()));
      tls_ = TRY(TlsServer::open(config_.tls));
    }
    TRY(listen(address));
  }
  publish(Clock::now());
  thread_ = std::thread([this] { run(); });
  ::pthread_setname_np(thread_.native_handle(), "collect-stream");
  return {};
}

Status StreamServer::listen(const ListenAddress& address) {
  const auto where = SocketAddress::of(address.address, address.port);
  FileDescriptor socket(
      ::socket(where.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP));
  if (!socket.is_open()) return refused(address, "open a socket");
  const int yes = 1;
  const int ipv6_only = address.address.is_none() ? 0 : 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  ::setsockopt(socket.get(), SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes);
  if (where.family() == AF_INET6)
    ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &ipv6_only, sizeof ipv6_only);
  if (::bind(socket.get(), where.get(), where.length) != 0 || ::listen(socket.get(), 64) != 0)
    return refused(address, "listen");
  if (!watch(epoll_, socket.get(), EPOLL_CTL_ADD, EPOLLIN)) return refused(address, "wait");
  auto bound = address;
  bound.port = bound_port(socket.get());
  listening_.push_back(bound);
  names_.push_back(bound.to_string());
  listeners_.push_back(std::move(socket));
  return {};
}

void StreamServer::stop() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  const std::uint64_t one = 1;
  (void)!::write(wake_.get(), &one, sizeof one);
  thread_.join();
}

void StreamServer::run() {
  std::array<epoll_event, 64> events{};
  const auto round = [&](std::chrono::milliseconds patience) {
    const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                   static_cast<int>(patience.count()));
    const auto now = Clock::now();
    for (std::size_t i = 0; i < static_cast<std::size_t>(std::max(count, 0)); ++i)
      handle(events[i].data.fd, now);
    tick(now);
    return count > 0 || serve_again_;
  };
  while (!stopping_) {
    round(patience());
    const auto now = Clock::now();
    intake_.flush_if_due(now);
    if (now >= next_report_) publish(now);
  }
  watch(epoll_, wake_.get(), EPOLL_CTL_DEL, 0);
  for (int i = 0; i < kLastRounds && round(std::chrono::milliseconds(0)); ++i) {
  }
  intake_.flush();
  publish(Clock::now());
  connections_.clear();
}

std::chrono::milliseconds StreamServer::patience() const {
  if (serve_again_) return std::chrono::milliseconds(0);
  const auto until = std::min({next_report_, intake_.due(), next_tick_});
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
  return std::clamp(left, std::chrono::milliseconds(0), config_.report_interval);
}

void StreamServer::handle(int descriptor, Clock::time_point now) {
  for (std::size_t listener = 0; listener < listeners_.size(); ++listener)
    if (listeners_[listener].get() == descriptor) return accept_from(listener, now);
  const auto found = connections_.find(descriptor);
  if (found != connections_.end() && serve(found->second, now) == Fate::kEnds) close(descriptor);
}

void StreamServer::accept_from(std::size_t listener, Clock::time_point now) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  FileDescriptor socket(::accept4(listeners_[listener].get(), reinterpret_cast<sockaddr*>(&storage),
                                  &length, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!socket.is_open()) {
    // No descriptor is left: the queue of connections has to wait for the next tick.
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      ++counters_.refused_by_limit;
      watch(epoll_, listeners_[listener].get(), EPOLL_CTL_MOD, 0);
    }
    return;
  }
  const auto peer = peer_of(storage);
  if (!intake_.welcome(peer.address, peer.port, listener, wall_clock())) {
    ++counters_.refused_by_policy;
    return;
  }
  if (!has_room_for(peer)) {
    ++counters_.refused_by_limit;
    return;
  }
  const int descriptor = socket.get();
  std::unique_ptr<Stream> stream;
  if (listening_[listener].transport == ListenTransport::kTlsStream) {
    auto begun = tls_->accept(descriptor);
    if (begun) stream = std::move(*begun);
  } else {
    stream = plain_stream(descriptor);
  }
  if (!stream || !watch(epoll_, descriptor, EPOLL_CTL_ADD, EPOLLIN)) {
    ++counters_.failed;
    return;
  }
  ++counters_.accepted;
  connections_.try_emplace(descriptor, std::move(socket), peer, listener, std::move(stream),
                           Intake::decoder_config(config_.decoder), now);
}

bool StreamServer::has_room_for(const Peer& peer) const {
  if (connections_.size() >= config_.most_connections) return false;
  const auto of_peer = std::ranges::count_if(
      connections_, [&](const auto& entry) { return entry.second.peer.address == peer.address; });
  return static_cast<std::size_t>(of_peer) < config_.most_connections_per_exporter;
}

StreamServer::Fate StreamServer::serve(Connection& connection, Clock::time_point now) {
  connection.again = false;
  for (int read = 0; read < kFairReads; ++read) {
    const auto unhurried = take_messages(connection, now);
    if (!unhurried) {
      ++counters_.unframed;
      return Fate::kEnds;
    }
    if (!*unhurried) {
      wait_for(connection, 0);  // until a tick
      return Fate::kStays;
    }
    const auto [state, octets] = connection.stream->read(connection.framer.room());
    switch (state) {
      case Stream::State::kOctets:
        connection.framer.add(octets);
        break;
      case Stream::State::kWaitRead:
        wait_for(connection, EPOLLIN);
        return Fate::kStays;
      case Stream::State::kWaitWrite:
        wait_for(connection, EPOLLOUT);
        return Fate::kStays;
      case Stream::State::kFailed:
        ++counters_.failed;
        return Fate::kEnds;
      case Stream::State::kEnd:
        return Fate::kEnds;
    }
  }
  connection.again = serve_again_ = true;
  return Fate::kStays;
}

Result<bool> StreamServer::take_messages(Connection& connection, Clock::time_point now) {
  while (intake_.has_turn(connection.peer.address, wall_clock(), now)) {
    const auto message = TRY(connection.framer.next());
    if (!message) return true;
    connection.latest = now;
    connection.greeted = true;
    intake_.accept(connection.decoder,
                   {connection.peer.address, connection.peer.port, wall_clock(), *message},
                   connection.listener, now);
  }
  return false;
}

void StreamServer::wait_for(Connection& connection, std::uint32_t events) {
  if (connection.events == events) return;
  // Taken out altogether, for epoll tells of a connection's end whether it is asked to or not.
  const int operation = events == 0              ? EPOLL_CTL_DEL
                        : connection.events == 0 ? EPOLL_CTL_ADD
                                                 : EPOLL_CTL_MOD;
  connection.events = events;
  watch(epoll_, connection.socket.get(), operation, events);
}

void StreamServer::tick(Clock::time_point now) {
  const bool due = now >= next_tick_;
  if (!due && !serve_again_) return;
  serve_again_ = false;
  std::vector<int> ended;
  for (auto& [descriptor, connection] : connections_) {
    const auto patience = connection.greeted ? config_.idle : config_.handshake;
    if (connection.again || (due && connection.events == 0)) {
      if (serve(connection, now) == Fate::kEnds) ended.push_back(descriptor);
    } else if (now - connection.latest > patience) {
      ++counters_.idle;
      ended.push_back(descriptor);
    }
  }
  for (const int descriptor : ended) close(descriptor);
  if (!due) return;
  next_tick_ = now + kTick;
  for (const auto& listener : listeners_) watch(epoll_, listener.get(), EPOLL_CTL_MOD, EPOLLIN);
}

void StreamServer::close(int descriptor) {
  const auto closing = connections_.find(descriptor);
  if (closing == connections_.end()) return;
  for (const auto& session : closing->second.decoder.sessions()) {
    if (session.interfaces == nullptr) continue;
    if (auto* known = departed_.find(session.key); known != nullptr) {
      *known = session.interfaces;
      continue;
    }
    if (departed_.full()) departed_.evict_oldest();
    departed_.insert(session.key, session.interfaces);
  }
  connections_.erase(closing);
}

void StreamServer::publish(Clock::time_point now) {
  next_report_ = now + config_.report_interval;
  auto report = std::make_shared<StreamReport>();
  std::vector<SessionReport> sessions;
  for (const auto& [descriptor, connection] : connections_) {
    const auto own = connection.decoder.sessions();
    sessions.insert(sessions.end(), own.begin(), own.end());
  }
  report->intake = intake_.report(names_, sessions);
  for (const auto& [key, names] : departed_.entries())
    report->intake.interfaces.push_back({key, names});
  report->connections = counters_;
  report->connections.open = connections_.size();
  const std::lock_guard lock(mutex_);
  report_ = std::move(report);
  if (adopted_policy_) intake_.adopt(std::move(adopted_policy_));
}

void StreamServer::adopt(std::shared_ptr<const ExporterPolicy> policy) {
  const std::lock_guard lock(mutex_);
  adopted_policy_ = std::move(policy);
}

std::shared_ptr<const StreamReport> StreamServer::report() const {
  const std::lock_guard lock(mutex_);
  return report_;
}

}  // namespace noroshi
