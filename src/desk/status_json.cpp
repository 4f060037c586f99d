#include "desk/status_json.h"

#include <nlohmann/json.hpp>

#include "desk/filing_json.h"

namespace noroshi {
namespace {

using Json = nlohmann::json;

Json json_of(const HistoryWriter::Statistics& writer) {
  return {
      {"flows_taken", writer.taken},
      {"flows_acknowledged", writer.acknowledged},
      {"flows_inserted", writer.inserted},
      {"flows_spooled", writer.spooled},
      {"flows_drained", writer.drained},
      {"flows_lost", writer.lost},
      {"flows_waiting", writer.open + writer.queued},
      {"batches_inserted", writer.batches_inserted},
      {"batches_refused", writer.batches_refused},
      {"spool_flows", writer.spool.flows},
      {"spool_bytes", writer.spool.bytes},
      {"spool_limit_bytes", writer.spool.most_bytes},
      {"last_error", writer.last_error},
      {"last_success",
       writer.last_success == Timestamp{} ? Json(nullptr) : Json(to_rfc3339(writer.last_success))}};
}

}  // namespace

std::string status_to_json(Timestamp started, const CollectionState& state,
                           const CollectorReport& collector,
                           const std::optional<HistoryWriter::Statistics>& writer,
                           const HourlyContactsStatistics& contacts) {
  const auto& decode = collector.totals.decode;
  const Json document = {{"started", to_rfc3339(started)},
                         {"filing", json_of(state)},
                         {"collection",
                          {{"datagrams", collector.totals.datagrams},
                           {"flows", decode.flows},
                           {"events", decode.events},
                           {"lost_records", decode.lost_records},
                           {"lost_datagrams", decode.lost_datagrams},
                           {"kernel_drops", collector.kernel_drops},
                           {"refused", collector.totals.refused},
                           {"over_rate", collector.totals.over_rate},
                           {"exporters_evicted", collector.exporters_evicted}}},
                         {"history", writer ? json_of(*writer) : Json(nullptr)},
                         {"contacts",
                          {{"flows", contacts.flows},
                           {"flows_late", contacts.flows_late},
                           {"flows_passed", contacts.flows_passed},
                           {"hours", contacts.hours},
                           {"hours_rebuilt", contacts.hours_rebuilt},
                           {"hours_failed", contacts.hours_failed},
                           {"contacts", contacts.contacts}}}};
  return document.dump(1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace noroshi
