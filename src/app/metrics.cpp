#include "app/metrics.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <fstream>

#include "decode/undecodable.h"
#include "telemetry/prometheus.h"
#include "telemetry/version.h"

// Door (in): what the kernel says of this process. Guard: counts alone.

namespace noroshi {
namespace {

void write_process(PrometheusText& text, const Observed& observed) {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  text.gauge("process_cpu_seconds_total", "CPU time of the process.",
             seconds(usage.ru_utime) + seconds(usage.ru_stime));
  std::uint64_t pages = 0;
  std::uint64_t resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  text.gauge("process_resident_memory_bytes", "Resident memory.",
             static_cast<double>(resident) * 4096);
  text.gauge("process_start_time_seconds", "Start, in seconds since 1970.", observed.start_time);
}

void write_collection(PrometheusText& text, const CollectionState& state) {
  text.gauge("noroshi_collecting", "1 while live flows are collected.", state.collecting ? 1 : 0);
  text.gauge("noroshi_acts_allowed", "1 while the filing in force lets anything act; 0 in a trial.",
             state.mode == Filing::Mode::kOperation ? 1 : 0);
  for (const auto& fault : state.missing)
    text.gauge("noroshi_filing_missing", "Why the filing does not allow collection, by code.", 1,
               {{"code", fault.code}});
  text.counter("noroshi_collection_begun_total", "Times that collection began.", state.begun);
  text.counter("noroshi_collection_stopped_total", "Times that the filing ended collection.",
               state.stopped);
}

void write_collector(PrometheusText& text, const CollectorReport& report) {
  const auto& totals = report.totals;
  const auto& decode = totals.decode;
  text.counter("noroshi_datagrams_total", "Datagrams and messages that reached a decoder.",
               totals.datagrams);
  text.counter("noroshi_octets_total", "Their payload.", totals.octets);
  text.counter("noroshi_flows_total", "Flows decoded.", decode.flows);
  text.counter("noroshi_events_total", "NAT and firewall events decoded.", decode.events);
  text.counter("noroshi_lost_records_total", "Records missing by sequence number (v5, IPFIX).",
               decode.lost_records);
  text.counter("noroshi_lost_datagrams_total", "Datagrams missing by sequence number (v9, sFlow).",
               decode.lost_datagrams);
  text.counter("noroshi_refused_total", "Datagrams of exporters that are not allowed.",
               totals.refused);
  text.counter("noroshi_over_rate_total", "Datagrams above an exporter's cap.", totals.over_rate);
  text.counter("noroshi_kernel_drops_total", "Datagrams the kernel dropped before we saw them.",
               report.kernel_drops);
  for (std::size_t i = 0; i < kUndecodableReasons; ++i)
    text.counter("noroshi_undecodable_total", "What could not be decoded, by reason.",
                 decode.undecodable[i], {{"reason", to_string(static_cast<Undecodable>(i))}});
  text.counter("noroshi_interface_names_total", "Interfaces named by exporters, or renamed.",
               decode.interface_names);
  text.counter("noroshi_interface_names_evicted_total", "Such names forgotten because of a limit.",
               decode.interface_names_evicted);
  text.counter("noroshi_exporters_evicted_total", "Exporters forgotten because of the limit.",
               report.exporters_evicted);
  const auto& connections = report.connections;
  text.gauge("noroshi_connections", "Exporters connected over TCP and TLS.",
             static_cast<double>(connections.open));
  text.counter("noroshi_connections_total", "Connections accepted.", connections.accepted);
  const std::pair<std::string_view, std::uint64_t> ended[] = {
      {"policy", connections.refused_by_policy},
      {"limit", connections.refused_by_limit},
      {"idle", connections.idle},
      {"unframed", connections.unframed},
      {"failed", connections.failed}};
  for (const auto& [why, times] : ended)
    text.counter("noroshi_connections_ended_total", "Connections that we refused or closed.", times,
                 {{"why", why}});
  text.counter("noroshi_template_file_failures_total", "Times the templates could not be saved.",
               report.template_file_failures);
  for (const auto& socket : report.sockets)
    text.counter("noroshi_socket_datagrams_total", "Datagrams by socket.", socket.datagrams,
                 {{"listener", socket.listener}, {"worker", fmt::format("{}", socket.worker)}});
  for (const auto& socket : report.sockets)
    text.counter("noroshi_socket_kernel_drops_total", "Kernel drops by socket.",
                 socket.kernel_drops,
                 {{"listener", socket.listener}, {"worker", fmt::format("{}", socket.worker)}});
  for (const auto& socket : report.sockets)
    text.gauge("noroshi_socket_receive_buffer_bytes", "Receive buffer granted.",
               static_cast<double>(socket.receive_buffer),
               {{"listener", socket.listener}, {"worker", fmt::format("{}", socket.worker)}});
}

/// One family of samples over exporters, the most recently heard first and bounded: a flood of
/// spoofed sources must not become a flood of series.
void write_exporters(PrometheusText& text, const std::vector<ExporterReport>& all) {
  constexpr std::size_t kMostSeries = 1000;
  const std::span<const ExporterReport> exporters(all.data(), std::min(all.size(), kMostSeries));
  const auto counter = [&](std::string_view name, std::string_view help, auto value) {
    for (const auto& exporter : exporters) {
      const auto address = exporter.address.to_string();
      text.counter(name, help, value(exporter), {{"exporter", address}, {"name", exporter.name}});
    }
  };
  counter("noroshi_exporter_flows_total", "Flows by exporter.",
          [](const ExporterReport& e) { return e.counters.decode.flows; });
  counter("noroshi_exporter_lost_records_total", "Lost records by exporter.",
          [](const ExporterReport& e) { return e.counters.decode.lost_records; });
  counter("noroshi_exporter_lost_datagrams_total", "Lost datagrams by exporter.",
          [](const ExporterReport& e) { return e.counters.decode.lost_datagrams; });
  counter(
      "noroshi_exporter_unknown_template_total", "Data sets without a template by exporter.",
      [](const ExporterReport& e) { return e.counters.decode.of(Undecodable::kUnknownTemplate); });
  for (const auto& exporter : exporters) {
    if (!exporter.clock_skew.known) continue;
    const auto address = exporter.address.to_string();
    text.gauge("noroshi_exporter_clock_skew_seconds", "Its clock minus ours, smoothed.",
               exporter.clock_skew.smoothed / 1000,
               {{"exporter", address}, {"name", exporter.name}});
  }
  text.gauge("noroshi_exporters", "Exporters remembered.", static_cast<double>(all.size()));
}

void write_history(PrometheusText& text, const HistoryWriter::Statistics& writer) {
  text.counter("noroshi_history_taken_flows_total", "Flows handed to the history.", writer.taken);
  text.counter("noroshi_history_acknowledged_flows_total",
               "Flows that the engine has, or the spool on disk.", writer.acknowledged);
  text.counter("noroshi_history_inserted_flows_total", "Flows that the engine has.",
               writer.inserted);
  text.counter("noroshi_history_spooled_flows_total", "Flows that went to the spool.",
               writer.spooled);
  text.counter("noroshi_history_drained_flows_total", "Flows that left the spool for the engine.",
               writer.drained);
  text.counter("noroshi_history_lost_flows_total", "Flows that neither would take.", writer.lost);
  text.gauge("noroshi_history_queued_flows", "Flows in memory on their way.",
             static_cast<double>(writer.open + writer.queued));
  text.counter("noroshi_history_batches_total", "Batches that the engine has.",
               writer.batches_inserted);
  text.counter("noroshi_history_batches_refused_total", "Batches that the engine will not take.",
               writer.batches_refused);
  text.gauge("noroshi_spool_bytes", "The spool on disk.", static_cast<double>(writer.spool.bytes));
  text.gauge("noroshi_spool_limit_bytes", "What it may grow to.",
             static_cast<double>(writer.spool.most_bytes));
  text.gauge("noroshi_spool_flows", "Flows waiting in it.",
             static_cast<double>(writer.spool.flows));
  text.gauge("noroshi_history_last_success_seconds", "When the engine last took a batch.",
             static_cast<double>(to_unix_milliseconds(writer.last_success)) / 1000);
  text.counter("noroshi_history_batches_partly_total",
               "Batches of which the engine kept only some rows.", writer.batches_partly);
  text.counter("noroshi_history_batches_doubled_total", "Batches found twice; must stay 0.",
               writer.delivery.doubled);
  text.counter("noroshi_spool_torn_total", "Records cut short by a crash, never acknowledged.",
               writer.spool.torn);
  text.counter("noroshi_spool_damaged_flows_total", "Flows that the disk under the spool lost.",
               writer.spool.damaged_flows);
}

void write_upkeep(PrometheusText& text, const UpkeepStatistics& upkeep) {
  text.gauge("noroshi_history_bytes", "History on disk.", static_cast<double>(upkeep.bytes_stored));
  text.gauge("noroshi_history_too_full", "1 while the limits cannot be kept.",
             upkeep.too_full ? 1 : 0);
  text.counter("noroshi_retention_dropped_partitions_total", "What retention has deleted.",
               upkeep.partitions_dropped);
  text.counter("noroshi_retention_dropped_bytes_total", "The same on disk.", upkeep.bytes_dropped);
  text.counter("noroshi_retention_held_dropped_total",
               "Partitions deleted although an open case held them: the disk was full.",
               upkeep.held_dropped);
  text.gauge("noroshi_retention_held_partitions", "Past their time, kept by open cases.",
             static_cast<double>(upkeep.partitions_held));
  text.gauge("noroshi_retention_held_bytes", "The same on disk.",
             static_cast<double>(upkeep.bytes_held));
  text.gauge("noroshi_retention_unrecorded_entries",
             "Entries on deletions that the audit could not take yet.",
             static_cast<double>(upkeep.entries_waiting));
  text.counter("noroshi_upkeep_failures_total", "Passes of retention or rollups that failed.",
               upkeep.failures);
  text.counter("noroshi_rollup_hours_total", "Hours rolled up.", upkeep.hours_rolled_up);
}

void write_contacts(PrometheusText& text, const HourlyContactsStatistics& contacts) {
  text.counter("noroshi_contacts_flows_total", "Flows summarised into contacts.", contacts.flows);
  text.counter("noroshi_contacts_late_flows_total", "Flows of hours already closed.",
               contacts.flows_late);
  text.counter("noroshi_contacts_passed_flows_total",
               "Flows not summarised because it could not keep up; their hour is rebuilt.",
               contacts.flows_passed);
  text.counter("noroshi_contacts_hours_total", "Hours closed and stored.", contacts.hours);
  text.counter("noroshi_contacts_hours_failed_total", "Hours that could not be stored.",
               contacts.hours_failed);
  text.counter("noroshi_contacts_total", "Contacts stored.", contacts.contacts);
}

void write_audit(PrometheusText& text, const Audit::Statistics& audit,
                 const AuditUpkeep::Statistics& upkeep) {
  const auto seconds_since = [](Timestamp time) {
    const std::chrono::duration<double> age = std::chrono::system_clock::now() - time;
    return age.count();
  };
  text.counter("noroshi_audit_entries_total", "Audit entries on disk since the start.",
               audit.entries);
  text.counter("noroshi_audit_failures_total", "Audit entries that could not be written.",
               audit.failures);
  text.counter("noroshi_audit_syncs_total", "Waits for the disk that they shared.", audit.syncs);
  text.gauge("noroshi_audit_sequence", "Number of the audit's last entry.",
             static_cast<double>(audit.sequence));
  text.counter("noroshi_audit_time_stamps_total", "Time stamps got since the start.",
               upkeep.time_stamps);
  text.counter("noroshi_audit_time_stamp_failures_total", "Time stamps asked for in vain.",
               upkeep.time_stamp_failures);
  if (upkeep.last_time_stamp)
    text.gauge("noroshi_audit_time_stamp_age_seconds", "Age of the last time stamp.",
               seconds_since(*upkeep.last_time_stamp));
  text.counter("noroshi_audit_verifications_total", "Verifications of the whole chain.",
               upkeep.verifications);
  if (!upkeep.last_verification) return;
  text.gauge("noroshi_audit_verification_age_seconds", "Age of the last verification.",
             seconds_since(*upkeep.last_verification));
  text.gauge("noroshi_audit_good", "1 when the last verification had nothing to remark.",
             upkeep.last_verification_good ? 1 : 0);
  text.gauge("noroshi_audit_findings", "What the last verification remarked.",
             static_cast<double>(upkeep.last_verification_findings));
}

void write_http(PrometheusText& text, const HttpStatistics& http) {
  text.counter("noroshi_http_connections_total", "Connections accepted.", http.connections);
  text.counter("noroshi_http_refused_total", "Connections beyond the limit.", http.refused);
  text.counter("noroshi_http_requests_total", "Requests answered.", http.requests);
  text.counter("noroshi_http_bad_requests_total", "Requests that were none.", http.bad_requests);
}

void write_pseudonyms(PrometheusText& text, const PseudonymStatistics& pseudonyms) {
  constexpr const char* kReplaced = "Subscribers' addresses replaced by pseudonyms.";
  text.counter("noroshi_pseudonyms_replaced_total", kReplaced, pseudonyms.replaced_v4,
               {{"family", "ipv4"}});
  text.counter("noroshi_pseudonyms_replaced_total", kReplaced, pseudonyms.replaced_v6,
               {{"family", "ipv6"}});
  text.counter("noroshi_pseudonyms_embedded_total",
               "Of these, IPv4 addresses inside an IPv6 one: NAT64, 6to4 and the like.",
               pseudonyms.embedded);
  text.counter("noroshi_pseudonyms_forged_total",
               "Addresses that arrived in the form of a pseudonym; blanked.", pseudonyms.forged);
  text.counter("noroshi_pseudonyms_without_key_total",
               "Subscribers' addresses for whose hour no key is in use; blanked.",
               pseudonyms.without_key);
}

}  // namespace

std::string metrics_page(const Observed& observed) {
  PrometheusText text;
  text.gauge("noroshi_info", "The version that runs.", 1, {{"version", version()}});
  write_process(text, observed);
  if (observed.collection != nullptr) write_collection(text, *observed.collection);
  if (observed.collector != nullptr) write_collector(text, *observed.collector);
  if (observed.exporters != nullptr) write_exporters(text, *observed.exporters);
  if (observed.writer != nullptr) write_history(text, *observed.writer);
  if (observed.upkeep != nullptr) write_upkeep(text, *observed.upkeep);
  if (observed.contacts != nullptr) write_contacts(text, *observed.contacts);
  if (observed.audit != nullptr && observed.audit_upkeep != nullptr)
    write_audit(text, *observed.audit, *observed.audit_upkeep);
  if (observed.http != nullptr) write_http(text, *observed.http);
  if (observed.pseudonyms != nullptr) write_pseudonyms(text, *observed.pseudonyms);
  text.gauge("noroshi_warning_list_entries", "Addresses and networks on warning lists.",
             static_cast<double>(observed.warning_lists.entries));
  text.counter("noroshi_warning_list_failures_total",
               "Times a warning list was not what it should be; the old one stayed.",
               observed.warning_lists.failed);
  text.counter("noroshi_log_held_back_total", "Log lines held back as repetitions.",
               observed.log_held_back);
  return text.text();
}

}  // namespace noroshi
