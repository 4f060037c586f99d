#include "scenario_truth.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "simulate/internet/internet.h"

namespace noroshi {
namespace {

using Json = nlohmann::ordered_json;
using simulate::InfectedLine;
using simulate::Internet;
using simulate::Network;
using simulate::TruthBook;

/// Collects lines and writes them some hundred kilobytes at a time.
class Lines {
 public:
  explicit Lines(WholeFile& file) : file_(file) {}
  Status add(const Json& record) {
    text_ += record.dump() + "\n";
    return text_.size() < kEnough ? Status() : flush();
  }
  Status flush() {
    TRY(file_.write(std::as_bytes(std::span(text_))));
    text_.clear();
    return {};
  }

 private:
  static constexpr std::size_t kEnough = 1 << 18;
  WholeFile& file_;
  std::string text_;
};

Json moment(Timestamp time) { return to_rfc3339(time); }
Json moment_or_null(std::uint64_t milliseconds) {
  return milliseconds == 0 ? Json() : moment(from_unix_milliseconds(milliseconds));
}

Json scenario_record(const Network& network) {
  const auto& plan = network.plan();
  auto views = Json::array();
  for (const auto& view : plan.views)
    views.push_back({{"name", view.name},
                     {"sampling", view.sampling},
                     {"format", view.format},
                     {"active_timeout_seconds", view.active_timeout.count() / 1000},
                     {"idle_timeout_seconds", view.idle_timeout.count() / 1000}});
  auto networks = Json::array();
  for (const auto& known : Internet::networks())
    networks.push_back({{"as", known.as}, {"kind", to_string(known.kind)}});
  auto scanners = Json::array();
  for (const auto& scanner : network.research_scanners()) scanners.push_back(scanner.to_string());
  return {{"record", "scenario"},
          {"simulated", true},
          {"version", 1},
          {"name", plan.name},
          {"seed", plan.seed},
          {"lines", plan.lines},
          {"start", moment(plan.start)},
          {"end", moment(plan.end())},
          {"local_prefixes", network.local_prefixes()},
          {"views", views},
          {"networks", networks},
          {"research_scanners", scanners}};
}

Json endpoint_record(const Network& network, std::uint32_t number,
                     const std::vector<std::vector<Network::Seen>>& seen) {
  const auto& subject = network.truth().subject(number);
  const auto& about = subject.about();
  const auto span = subject.span();
  Json record{{"record", "endpoint"},
              {"address", about.endpoint.address.to_string()},
              {"port", about.endpoint.port.value},
              {"protocol", to_string(about.endpoint.protocol)},
              {"role", about.role},
              {"kind", about.kind},
              {"hostile", about.hostile},
              {"source", about.source},
              {"as", Internet::as_of(about.endpoint.address)},
              {"first", moment_or_null(span.first)},
              {"last", moment_or_null(span.last)},
              {"exchanges", subject.exchanges()},
              {"packets", subject.packets()},
              {"bytes", subject.bytes()},
              {"lines", subject.lines()}};
  if (!about.hostile) {
    record["lines_exact"] = false;
    return record;
  }
  record["family"] = about.family;
  record["botnet"] = about.botnet;
  record["answers"] = about.answers;
  record["line_numbers"] = subject.line_numbers();
  auto views = Json::array();
  for (std::size_t view = 0; view < seen.size(); ++view)
    views.push_back({{"view", network.plan().views[view].name},
                     {"rows", seen[view][number].rows},
                     {"packets", seen[view][number].packets},
                     {"addresses", seen[view][number].lines}});
  record["seen"] = std::move(views);
  return record;
}

Json deed(const InfectedLine::Deed& deed) {
  if (deed.count == 0) return {};
  return {{"count", deed.count}, {"first", moment(deed.first)}, {"last", moment(deed.last)}};
}

Json line_record(const InfectedLine& line) {
  Json record{
      {"record", "line"},
      {"line", line.line},
      {"address", line.address.to_string()},
      {"address_v6", line.address_v6.is_none() ? Json() : Json(line.address_v6.to_string())},
      {"ports", line.first_port == 0 ? Json() : Json::array({line.first_port, line.last_port})},
      {"kind", line.line_kind},
      {"family", line.family},
      {"botnet_kind", line.kind},
      {"botnet", line.botnet},
      {"from", moment(line.from)},
      {"until", moment(line.until)},
      {"newly", line.newly}};
  record["calls"] = deed(line.calls);
  record["scanning"] = deed(line.probes);
  record["attacking"] = deed(line.packets);
  return record;
}

}  // namespace

Status write_truth_lines(const Network& network, WholeFile& file) {
  Lines lines(file);
  TRY(lines.add(scenario_record(network)));
  std::vector<std::vector<Network::Seen>> seen;
  for (std::size_t view = 0; view < network.plan().views.size(); ++view)
    seen.push_back(network.seen(view));
  const auto endpoints = network.truth().size();
  for (std::uint32_t number = 1; number <= endpoints; ++number)
    TRY(lines.add(endpoint_record(network, number, seen)));
  const auto infected = network.infected_lines();
  for (const auto& line : infected) TRY(lines.add(line_record(line)));
  TRY(lines.add({{"record", "end"}, {"endpoints", endpoints}, {"lines", infected.size()}}));
  return lines.flush();
}

}  // namespace noroshi
