#include "desk/exporters_json.h"

#include <nlohmann/json.hpp>

#include "collect/hints.h"
#include "decode/undecodable.h"

namespace noroshi {
namespace {

using Json = nlohmann::json;

Json time_or_null(Timestamp time) {
  return time == Timestamp{} ? Json(nullptr) : Json(to_rfc3339(time));
}

Json json_of(const std::vector<Hint>& list_of_hints) {
  Json list = Json::array();
  for (const auto& hint : list_of_hints)
    list.push_back({{"code", hint.code}, {"en", hint.english}, {"ja", hint.japanese}});
  return list;
}

Json undecodable_of(const DecodeStatistics& decode) {
  Json object = Json::object();
  for (std::size_t i = 0; i < kUndecodableReasons; ++i)
    if (decode.undecodable[i] != 0)
      object[std::string(to_string(static_cast<Undecodable>(i)))] = decode.undecodable[i];
  return object;
}

Json json_of(const ExporterReport& exporter, Timestamp now) {
  Json protocols = Json::object();
  for (std::size_t i = 0; i < kExportKinds; ++i)
    if (exporter.datagrams_by_kind[i] != 0)
      protocols[std::string(to_string(static_cast<ExportKind>(i)))] = exporter.datagrams_by_kind[i];
  const auto& counters = exporter.counters;
  const auto& decode = counters.decode;
  return {{"address", exporter.address.to_string()},
          {"name", exporter.name},
          {"stranger", exporter.stranger},
          {"allowed", exporter.allowed},
          {"listener", exporter.listener},
          {"port", exporter.port.value},
          {"first_seen", time_or_null(exporter.first_seen)},
          {"last_seen", time_or_null(exporter.last_seen)},
          {"protocols", std::move(protocols)},
          {"domains", exporter.domains},
          {"sampling_rates", exporter.sampling_rates},
          {"sessions", exporter.sessions},
          {"templates", exporter.templates},
          {"provisional_templates", exporter.provisional_templates},
          {"datagrams", counters.datagrams},
          {"octets", counters.octets},
          {"refused", counters.refused},
          {"over_rate", counters.over_rate},
          {"flows", decode.flows},
          {"events", decode.events},
          {"flows_of_unknown_sampling", counters.unknown_sampling_flows},
          {"lost_records", decode.lost_records},
          {"lost_datagrams", decode.lost_datagrams},
          {"reordered", decode.reordered},
          {"sequence_resets", decode.sequence_resets},
          {"clamped_times", decode.clamped_times},
          {"undecodable", undecodable_of(decode)},
          {"clock_skew_milliseconds",
           exporter.clock_skew.known ? Json(exporter.clock_skew.smoothed) : Json(nullptr)},
          {"last_loss", time_or_null(exporter.last_loss)},
          {"last_unknown_template", time_or_null(exporter.last_unknown_template)},
          {"hints", json_of(hints(exporter, now))}};
}

}  // namespace

std::string exporters_to_json(const std::vector<ExporterReport>& exporters,
                              const CollectorReport& collector, Timestamp now) {
  Json list = Json::array();
  for (const auto& exporter : exporters) list.push_back(json_of(exporter, now));
  Json sockets = Json::array();
  for (const auto& socket : collector.sockets)
    sockets.push_back({{"listener", socket.listener},
                       {"worker", socket.worker},
                       {"datagrams", socket.datagrams},
                       {"kernel_drops", socket.kernel_drops},
                       {"receive_buffer", socket.receive_buffer},
                       {"receive_buffer_asked", socket.receive_buffer_asked},
                       {"hints", json_of(hints(socket))}});
  const Json document = {{"exporters", std::move(list)},
                         {"sockets", std::move(sockets)},
                         {"exporters_evicted", collector.exporters_evicted}};
  return document.dump(1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace noroshi
