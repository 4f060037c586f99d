#include "collect/collector.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <unordered_map>

#include "collect/steering.h"
#include "collect/udp_worker.h"

namespace noroshi {
namespace {

/// "::" takes IPv4 as well, unless an address of its own asks for that on the same port.
bool ipv6_only(const ListenAddress& address, const std::vector<ListenAddress>& all) {
  const bool every_address = address.address.is_none();
  return !every_address || std::ranges::any_of(all, [&](const ListenAddress& other) {
    return other.address.is_v4() && other.port == address.port &&
           other.transport == address.transport && address.port != Port{};
  });
}

/// The sockets of one address, one for each worker.
struct Group {
  ListenAddress address;
  std::vector<UdpSocket> sockets;
};

}  // namespace

class Collector::Implementation {
 public:
  Implementation(Config config, Dependencies dependencies)
      : config_(std::move(config)),
        dependencies_(std::move(dependencies)),
        policy_(config_.exporters),
        steering_{static_cast<std::uint32_t>(std::max<std::size_t>(config_.workers, 1)),
                  std::random_device()()} {}

  Status start() {
    auto groups = TRY(open_groups());
    make_workers(std::move(groups));
    for (auto& worker : workers_) TRY(worker->start());
    return {};
  }

  void stop() {
    for (auto& worker : workers_) worker->stop();
  }

  [[nodiscard]] const std::vector<ListenAddress>& listening() const { return listening_; }

  [[nodiscard]] CollectorReport report() const {
    CollectorReport all;
    for (const auto& worker : workers_) {
      const auto report = worker->report();
      all.totals.add(report->intake.totals);
      all.exporters_evicted += report->intake.exporters_evicted;
      all.batches += report->intake.batches;
      for (const auto& socket : report->sockets) {
        all.kernel_drops += socket.kernel_drops;
        all.sockets.push_back(socket);
      }
    }
    return all;
  }

  [[nodiscard]] std::vector<ExporterReport> exporters() const {
    std::vector<ExporterReport> all;
    std::unordered_map<IpAddress, std::size_t> positions;
    for (const auto& worker : workers_) {
      const auto report = worker->report();
      for (const auto& exporter : report->intake.exporters) {
        const auto [position, is_new] = positions.emplace(exporter.address, all.size());
        if (is_new)
          all.push_back(exporter);
        else
          all[position->second].merge(exporter);
      }
    }
    std::ranges::stable_sort(all, std::ranges::greater(), &ExporterReport::last_seen);
    return all;
  }

 private:
  Result<std::vector<Group>> open_groups() {
    std::vector<Group> groups;
    for (const auto& address : config_.listen) {
      if (address.transport != ListenTransport::kDatagrams) continue;
      groups.push_back(TRY(open_first(address)));
    }
    // One exporter may send to several addresses: either all of them are steered, or none.
    if (steering_.workers > 1) {
      for (auto& group : groups) {
        const auto attached = steering_.attach(group.sockets.front().descriptor());
        if (attached) continue;
        dependencies_.warn(attached.error().message + "; receiving with one thread");
        steering_.workers = 1;
        break;
      }
    }
    for (auto& group : groups) TRY(open_others(group));
    return groups;
  }

  [[nodiscard]] UdpSocket::Config socket_config(const ListenAddress& address) const {
    return {config_.receive_buffer, ipv6_only(address, config_.listen)};
  }

  Result<Group> open_first(const ListenAddress& address) {
    const auto config = socket_config(address);
    if (address.port != Port{}) TRY(UdpSocket::check_free(address, config));
    Group group{address, {}};
    group.sockets.push_back(TRY(UdpSocket::open(address, config)));
    group.address.port = group.sockets.front().port();
    const auto granted = group.sockets.front().receive_buffer();
    if (granted < config.receive_buffer)
      dependencies_.warn(fmt::format(
          "{}: the receive buffer is capped at {} KiB of {} KiB asked: bursts may be lost; "
          "sysctl -w net.core.rmem_max={}",
          group.address.to_string(), granted / 1024, config.receive_buffer / 1024,
          config.receive_buffer));
    listening_.push_back(group.address);
    return group;
  }

  Status open_others(Group& group) {
    while (group.sockets.size() < steering_.workers)
      group.sockets.push_back(TRY(UdpSocket::open(group.address, socket_config(group.address))));
    return {};
  }

  void make_workers(std::vector<Group> groups) {
    if (groups.empty()) return;
    for (std::size_t number = 0; number < steering_.workers; ++number) {
      std::vector<UdpWorker::Listener> listeners;
      for (auto& group : groups)
        listeners.push_back(
            {group.address.to_string(), std::move(group.sockets[number]), config_.receive_buffer});
      UdpWorker::Config config;
      config.number = number;
      config.intake = config_.intake;
      config.decoder = config_.decoder;
      config.report_interval = config_.report_interval;
      workers_.push_back(std::make_unique<UdpWorker>(
          config, UdpWorker::Dependencies{policy_, dependencies_.sink}, std::move(listeners)));
    }
  }

  const Config config_;
  const Dependencies dependencies_;
  const ExporterPolicy policy_;
  Steering steering_;
  std::vector<ListenAddress> listening_;
  std::vector<std::unique_ptr<UdpWorker>> workers_;
};

Collector::Collector(Config config, Dependencies dependencies)
    : implementation_(
          std::make_unique<Implementation>(std::move(config), std::move(dependencies))) {}
Collector::~Collector() { stop(); }
Status Collector::start() { return implementation_->start(); }
void Collector::stop() { implementation_->stop(); }
const std::vector<ListenAddress>& Collector::listening() const {
  return implementation_->listening();
}
CollectorReport Collector::report() const { return implementation_->report(); }
std::vector<ExporterReport> Collector::exporters() const { return implementation_->exporters(); }

}  // namespace noroshi
