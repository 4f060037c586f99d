#include "collect/collector.h"

#include <algorithm>
#include <iterator>
#include <random>
#include <unordered_map>

#include "collect/udp_group.h"
#include "collect/udp_worker.h"

namespace noroshi {
namespace {

std::shared_ptr<const ExporterPolicy> policy_of(ExporterPolicy::Config config) {
  return std::make_shared<const ExporterPolicy>(std::move(config));
}

Timestamp wall_clock() {
  return std::chrono::time_point_cast<Timestamp::duration>(std::chrono::system_clock::now());
}

}  // namespace

class Collector::Implementation {
 public:
  Implementation(Config config, Dependencies dependencies)
      : config_(std::move(config)),
        dependencies_(std::move(dependencies)),
        keeper_(config_.templates, {[this] { return saved_sessions(); }, dependencies_.warn}) {}
  ~Implementation() { stop(); }

  Status start() {
    const auto workers = static_cast<std::uint32_t>(std::max<std::size_t>(config_.workers, 1));
    auto udp = TRY(open_udp_groups(config_.listen, config_.receive_buffer,
                                   Steering{workers, std::random_device()()}, dependencies_.warn));
    const auto policy = policy_of(config_.exporters);
    make_workers(std::move(udp), policy);
    TRY(start_streams(policy));
    for (auto& worker : workers_) TRY(worker->start());
    keeper_.start();
    return {};
  }

  void stop() {
    for (auto& worker : workers_) worker->stop();
    if (streams_) streams_->stop();
    keeper_.stop();
  }

  void set_exporters(ExporterPolicy::Config exporters) {
    const auto policy = policy_of(std::move(exporters));
    for (auto& worker : workers_) worker->adopt(policy);
    if (streams_) streams_->adopt(policy);
  }

  [[nodiscard]] const std::vector<ListenAddress>& listening() const { return listening_; }

  [[nodiscard]] CollectorReport report() const {
    CollectorReport all;
    all.template_file_failures = keeper_.failures();
    const auto add = [&](const IntakeReport& intake) {
      all.totals.add(intake.totals);
      all.exporters_evicted += intake.exporters_evicted;
      all.batches += intake.batches;
    };
    if (streams_) {
      const auto report = streams_->report();
      add(report->intake);
      all.connections = report->connections;
    }
    for (const auto& worker : workers_) {
      const auto report = worker->report();
      add(report->intake);
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
    const auto add = [&](const IntakeReport& intake) {
      for (const auto& exporter : intake.exporters) {
        const auto [position, is_new] = positions.emplace(exporter.address, all.size());
        if (is_new)
          all.push_back(exporter);
        else
          all[position->second].merge(exporter);
      }
    };
    for (const auto& worker : workers_) add(worker->report()->intake);
    if (streams_) add(streams_->report()->intake);
    std::ranges::stable_sort(all, std::ranges::greater(), &ExporterReport::last_seen);
    return all;
  }

  [[nodiscard]] std::vector<ExporterInterfaces> interfaces() const {
    std::vector<SessionInterfaces> sessions;
    const auto add = [&](const IntakeReport& intake) {
      sessions.insert(sessions.end(), intake.interfaces.begin(), intake.interfaces.end());
    };
    for (const auto& worker : workers_) add(worker->report()->intake);
    if (streams_) add(streams_->report()->intake);
    return by_exporter(sessions);
  }

 private:
  void make_workers(UdpGroups udp, const std::shared_ptr<const ExporterPolicy>& policy) {
    for (const auto& group : udp.groups) listening_.push_back(group.address);
    if (udp.groups.empty()) return;
    const auto saved = keeper_.load();
    for (std::size_t number = 0; number < udp.steering.workers; ++number) {
      std::vector<UdpWorker::Listener> listeners;
      for (auto& group : udp.groups)
        listeners.push_back(
            {group.address.to_string(), std::move(group.sockets[number]), config_.receive_buffer});
      UdpWorker::Config config;
      config.number = number;
      config.intake = config_.intake;
      config.decoder = config_.decoder;
      config.report_interval = config_.report_interval;
      config.save_interval = config_.templates.interval / 2;
      workers_.push_back(std::make_unique<UdpWorker>(
          config, UdpWorker::Dependencies{policy, dependencies_.sink}, std::move(listeners)));
      std::vector<SavedSession> own;
      std::ranges::copy_if(saved, std::back_inserter(own), [&](const SavedSession& session) {
        return udp.steering.worker_of(session.key.exporter) == number;
      });
      workers_.back()->restore(own, wall_clock());
    }
  }

  Status start_streams(const std::shared_ptr<const ExporterPolicy>& policy) {
    const bool none = std::ranges::all_of(config_.listen, [](const ListenAddress& address) {
      return address.transport == ListenTransport::kDatagrams;
    });
    if (none) return {};
    auto config = config_.streams;
    config.listen = config_.listen;
    config.intake = config_.intake;
    config.report_interval = config_.report_interval;
    streams_ = std::make_unique<StreamServer>(
        std::move(config), StreamServer::Dependencies{policy, dependencies_.sink});
    TRY(streams_->start());
    listening_.insert(listening_.end(), streams_->listening().begin(), streams_->listening().end());
    return {};
  }

  [[nodiscard]] std::vector<SavedSession> saved_sessions() const {
    std::vector<SavedSession> all;
    for (const auto& worker : workers_) {
      const auto saved = worker->saved_sessions();
      all.insert(all.end(), saved->begin(), saved->end());
    }
    // Of connections the names alone: templates end with them.
    if (streams_) add_names(streams_->report()->intake.interfaces, all);
    return all;
  }

  const Config config_;
  const Dependencies dependencies_;
  std::vector<ListenAddress> listening_;
  std::vector<std::unique_ptr<UdpWorker>> workers_;
  std::unique_ptr<StreamServer> streams_;
  TemplateKeeper keeper_;  // behind the workers, from which it gathers
};

Collector::Collector(Config config, Dependencies dependencies)
    : implementation_(
          std::make_unique<Implementation>(std::move(config), std::move(dependencies))) {}
Collector::~Collector() = default;
Status Collector::start() { return implementation_->start(); }
void Collector::stop() { implementation_->stop(); }
void Collector::set_exporters(ExporterPolicy::Config exporters) {
  implementation_->set_exporters(std::move(exporters));
}
const std::vector<ListenAddress>& Collector::listening() const {
  return implementation_->listening();
}
CollectorReport Collector::report() const { return implementation_->report(); }
std::vector<ExporterReport> Collector::exporters() const { return implementation_->exporters(); }
std::vector<ExporterInterfaces> Collector::interfaces() const {
  return implementation_->interfaces();
}

}  // namespace noroshi
