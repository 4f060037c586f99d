#include "collect/intake.h"

#include <algorithm>
#include <random>
#include <unordered_map>

namespace noroshi {
namespace {

/// Rows one datagram may add: sets aside room, so that a batch rarely has to grow.
constexpr std::size_t kRoom = 2048;

std::uint64_t unguessable() {
  std::random_device source;
  return static_cast<std::uint64_t>(source()) << 32 | source();
}

void remember(std::vector<std::uint32_t>& values, std::uint32_t value, std::size_t most) {
  if (!values.empty() && values.back() == value) return;
  if (std::ranges::find(values, value) != values.end()) return;
  if (values.size() < most) values.push_back(value);
}

/// True when the sink has moved the batch away; else it only read it, and its memory can be used
/// again.
bool was_taken(const FlowBatch& batch) { return batch.kind().data() == nullptr; }

}  // namespace

Intake::Intake(Config config, Dependencies dependencies)
    : config_(config),
      sink_(dependencies.sink),
      exporters_(std::move(dependencies.policy), config.most_exporters, unguessable()),
      batch_(config.batch_rows + kRoom) {}

bool Intake::accept(Decoder& decoder, Datagram datagram, std::size_t listener,
                    Clock::time_point now) {
  auto& exporter = exporters_.open(datagram.exporter, datagram.received);
  auto& report = exporter.report;
  exporter.listener = listener;
  report.port = datagram.exporter_port;
  report.last_seen = datagram.received;
  if (!exporter.treatment->allowed) {
    ++report.counters.refused;
    return false;
  }
  if (!exporter.rate_cap.admit(now)) {
    ++report.counters.over_rate;
    return false;
  }
  ++report.counters.datagrams;
  report.counters.octets += datagram.payload.size();
  observe(exporter, datagram);

  auto& statistics = report.counters.decode;
  const auto lost = statistics.lost_records + statistics.lost_datagrams;
  const auto unknown = statistics.of(Undecodable::kUnknownTemplate);
  const auto first_row = batch_.size();
  if (!exporter.treatment->port_in_session_key) datagram.exporter_port = Port{};
  const bool recognised = decoder.decode(datagram, batch_, statistics);
  if (statistics.lost_records + statistics.lost_datagrams > lost)
    report.last_loss = datagram.received;
  if (statistics.of(Undecodable::kUnknownTemplate) > unknown)
    report.last_unknown_template = datagram.received;
  if (batch_.size() > first_row) {
    complete(exporter, first_row);
    observe_rates(exporter, first_row);
    if (first_row == 0) due_ = now + config_.batch_age;
    if (batch_.size() >= config_.batch_rows) flush();
  }
  return recognised;
}

bool Intake::welcome(const IpAddress& exporter, Port port, std::size_t listener, Timestamp now) {
  auto& known = exporters_.open(exporter, now);
  known.listener = listener;
  known.report.port = port;
  known.report.last_seen = now;
  if (known.treatment->allowed) return true;
  ++known.report.counters.refused;
  return false;
}

bool Intake::has_turn(const IpAddress& exporter, Timestamp wall, Clock::time_point now) {
  auto& known = exporters_.open(exporter, wall);
  return !known.treatment->allowed || known.rate_cap.ready(now);
}

void Intake::complete(const Exporter& exporter, std::size_t first_row) {
  const auto& treatment = *exporter.treatment;
  if (treatment.sampling_override != 0) {
    std::ranges::fill(batch_.mutable_sampling_rate().subspan(first_row),
                      treatment.sampling_override);
  } else if (treatment.default_sampling != 0) {
    for (auto& rate : batch_.mutable_sampling_rate().subspan(first_row))
      if (rate == 0) rate = treatment.default_sampling;
  }
}

void Intake::observe(Exporter& exporter, const Datagram& datagram) {
  const auto header = read_export_header(datagram.payload);
  auto& report = exporter.report;
  ++report.datagrams_by_kind[static_cast<std::size_t>(header.kind)];
  if (header.kind == ExportKind::kUnknown) return;
  remember(report.domains, header.observation_domain_id, ExporterReport::kMostDomains);
  if (header.export_time == 0) return;
  report.clock_skew.observe(static_cast<std::int64_t>(header.export_time) -
                            datagram.received.time_since_epoch().count());
}

void Intake::observe_rates(Exporter& exporter, std::size_t first_row) {
  const auto rates = std::as_const(batch_).sampling_rate().subspan(first_row);
  const auto unknown = std::ranges::count(rates, 0u);
  exporter.report.counters.unknown_sampling_flows += static_cast<std::uint64_t>(unknown);
  remember(exporter.report.sampling_rates, rates.back(), ExporterReport::kMostRates);
}

void Intake::flush_if_due(Clock::time_point now) {
  if (now >= due_) flush();
}

void Intake::flush() {
  due_ = Clock::time_point::max();
  if (batch_.empty()) return;
  ++batches_;
  sink_.take(std::move(batch_));
  if (was_taken(batch_))
    batch_ = FlowBatch(config_.batch_rows + kRoom);
  else
    batch_.clear();
}

IntakeReport Intake::report(std::span<const std::string> listeners,
                            std::span<const SessionReport> sessions) const {
  IntakeReport report{exporters_.totals(), exporters_.evicted(), batches_, {}, {}};
  std::unordered_map<IpAddress, std::size_t> positions;
  for (auto& exporter : exporters_.copy()) {
    positions.emplace(exporter.report.address, report.exporters.size());
    exporter.report.listener = listeners[exporter.listener];
    report.exporters.push_back(std::move(exporter.report));
  }
  for (const auto& session : sessions) {
    if (session.interfaces != nullptr)
      report.interfaces.push_back({session.key, session.interfaces});
    const auto found = positions.find(session.key.exporter);
    if (found == positions.end()) continue;
    auto& exporter = report.exporters[found->second];
    ++exporter.sessions;
    exporter.templates += session.templates;
    exporter.provisional_templates += session.provisional_templates;
  }
  return report;
}

}  // namespace noroshi
