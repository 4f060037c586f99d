#include "collect/udp_worker.h"

#include <fmt/format.h>
#include <pthread.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

// Door (out): a byte that wakes its own thread. Guard: no data.

namespace noroshi {
namespace {

/// Datagrams that a receive buffer surely holds: the kernel counts some 4 KiB for each, and its
/// limit is twice what it was asked for.
std::size_t capacity(std::size_t receive_buffer) { return 2 * receive_buffer / 4352; }

/// Rounds in which one socket may have the thread for itself.
constexpr int kFairRounds = 16;

/// How long stop() may be kept by datagrams that had arrived before it: what a receive buffer holds of
/// the worst kind takes seconds on a busy machine, and what is left in it is lost uncounted.
constexpr std::chrono::milliseconds kLastDrain{5000};

}  // namespace

UdpWorker::UdpWorker(Config config, Dependencies dependencies, std::vector<Listener> listeners)
    : config_(config),
      intake_(config.intake, {std::move(dependencies.policy), dependencies.sink}),
      decoder_(Intake::decoder_config(config.decoder)),
      report_(std::make_shared<const WorkerReport>()),
      saved_(std::make_shared<const SavedSessions>()) {
  std::size_t smallest = std::numeric_limits<std::size_t>::max();
  for (auto& listener : listeners) {
    SocketReport report{.listener = listener.name,
                        .worker = config.number,
                        .datagrams = 0,
                        .kernel_drops = 0,
                        .receive_buffer_asked = listener.receive_buffer_asked,
                        .receive_buffer = listener.socket.receive_buffer()};
    smallest = std::min(smallest, report.receive_buffer);
    names_.push_back(std::move(listener.name));
    sources_.push_back({std::move(listener.socket), std::move(report)});
  }
  // An eighth leaves room for a burst eight times as dense as what came before.
  calm_ = capacity(smallest) / 8;
}

Status UdpWorker::start() {
  wake_ = FileDescriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake_.is_open())
    return failure(ErrorCode::kIo, fmt::format("cannot make an event: {}", std::strerror(errno)));
  polled_.assign(1, {wake_.get(), POLLIN, 0});
  for (const auto& source : sources_) polled_.push_back({source.socket.descriptor(), POLLIN, 0});
  publish(Clock::now(), false);
  thread_ = std::thread([this] { run(); });
  ::pthread_setname_np(thread_.native_handle(), fmt::format("collect-{}", config_.number).c_str());
  return {};
}

void UdpWorker::stop() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  const std::uint64_t one = 1;
  (void)!::write(wake_.get(), &one, sizeof one);
  thread_.join();
}

void UdpWorker::run() {
  bool pausing = false;
  while (!stopping_) {
    if (pausing)
      wait(config_.pause, false);
    else
      wait(patience(), true);
    const auto received = drain();
    pausing = received > 0 && received <= calm_;
    const auto now = Clock::now();
    intake_.flush_if_due(now);
    if (now >= next_report_) publish(now, false);
  }
  drain_what_has_arrived();
  intake_.flush();
  publish(Clock::now(), true);
}

std::chrono::milliseconds UdpWorker::patience() const {
  const auto until = std::min(next_report_, intake_.due());
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
  return std::clamp(left, std::chrono::milliseconds(0), config_.report_interval);
}

/// Sleeps until stop() or, where asked, a datagram wakes it.
void UdpWorker::wait(std::chrono::milliseconds most, bool for_datagrams) {
  // The event comes first, so that a wait for it alone is a wait for the first of them.
  (void)::poll(polled_.data(), for_datagrams ? polled_.size() : 1, static_cast<int>(most.count()));
}

std::size_t UdpWorker::drain() {
  std::size_t received = 0;
  for (std::size_t index = 0; index < sources_.size(); ++index) received += drain(index);
  return received;
}

std::size_t UdpWorker::drain(std::size_t index) {
  auto& [socket, report] = sources_[index];
  std::size_t received = 0;
  for (int round = 0; round < kFairRounds; ++round) {
    const auto arrival =
        std::chrono::time_point_cast<Timestamp::duration>(std::chrono::system_clock::now());
    const auto datagrams = receiver_.receive(socket.descriptor(), arrival);
    const auto now = Clock::now();
    for (const auto& [datagram, kernel_drops] : datagrams) {
      if (kernel_drops != 0) report.kernel_drops = kernel_drops;
      intake_.accept(decoder_, datagram, index, now);
    }
    received += datagrams.size();
    if (datagrams.size() < DatagramReceiver::kMost) break;
  }
  report.datagrams += received;
  return received;
}

void UdpWorker::drain_what_has_arrived() {
  const auto end = Clock::now() + kLastDrain;
  while (drain() > 0 && Clock::now() < end) {
  }
}

void UdpWorker::publish(Clock::time_point now, bool last) {
  next_report_ = now + config_.report_interval;
  auto report = std::make_shared<WorkerReport>();
  const auto sessions = decoder_.sessions();
  report->intake = intake_.report(names_, sessions);
  for (auto& source : sources_) {
    source.report.kernel_drops = source.socket.kernel_drops();
    report->sockets.push_back(source.report);
  }
  std::shared_ptr<const SavedSessions> saved;
  if (last || now >= next_save_) {
    next_save_ = now + config_.save_interval;
    saved = std::make_shared<const SavedSessions>(decoder_.save());
  }
  const std::lock_guard lock(mutex_);
  report_ = std::move(report);
  if (saved) saved_ = std::move(saved);
  if (adopted_policy_) intake_.adopt(std::move(adopted_policy_));
}

void UdpWorker::adopt(std::shared_ptr<const ExporterPolicy> policy) {
  const std::lock_guard lock(mutex_);
  adopted_policy_ = std::move(policy);
}

std::shared_ptr<const WorkerReport> UdpWorker::report() const {
  const std::lock_guard lock(mutex_);
  return report_;
}

std::shared_ptr<const SavedSessions> UdpWorker::saved_sessions() const {
  const std::lock_guard lock(mutex_);
  return saved_;
}

}  // namespace noroshi
