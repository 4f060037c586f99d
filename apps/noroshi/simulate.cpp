#include "simulate.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "datagram_sender.h"
#include "output.h"
#include "progress.h"
#include "scenario_run.h"
#include "simulate/exporter.h"
#include "simulate/provider.h"
#include "simulation_report.h"
#include "time_arguments.h"
#include "whole_file.h"

// Door (out): simulated recordings and their truth. Guard: made up by the simulator.

namespace noroshi {
namespace {

using simulate::ExportProtocol;
using simulate::kExportProtocols;
using simulate::Provider;
using simulate::Scenario;
using std::chrono::steady_clock;

constexpr const char* kExamples = R"(
Examples:
  noroshi simulate
      2,000 subscribers for two hours, 12 of them infected: noroshi-simulated.pcap (NetFlow v9)
      and noroshi-simulated.truth.json
  noroshi simulate --protocol all --sampling 100 --duration 6h --output evening.pcap
      four routers, one for each protocol, sampling 1 packet in 100
  noroshi simulate --subscribers 500 --send 127.0.0.1:2055 --rate 500 --truth truth.json
      to a collector on this machine, at most 500 datagrams a second; flow times end now
  noroshi simulate --seed 7 --start 2026-11-02T19:00:00+09:00 --json
  noroshi simulate config/scenarios/small.toml --output small
      a scenario from a file: the folder small/ with the flows of each view and truth.jsonl
  noroshi simulate config/scenarios/evaluation.toml --seed 2 --recordings /srv/recordings --json

With a scenario file only --seed, --output, --truth, --recordings, --threads, --check, --send,
--rate, --allow-remote, --force and --json apply; what it may say is in docs/reference/simulate.md.
The same options make the same capture, octet by octet. All addresses are from blocks reserved for
documentation, tests and shared use: nothing points at a real host.)";

struct Options {
  Scenario scenario;
  std::string duration = "2h";
  std::string start;
  std::optional<std::uint32_t> sampling;
  std::string protocol = "netflow9";
  std::string output;
  std::string truth;
  std::string send;
  DatagramSender::Config sender;
  bool force = false;
  bool json = false;

  std::string scenario_file;
  std::string recordings;
  unsigned threads = 2;
  bool check = false;
};

Result<Scenario> scenario_of(const Options& options) {
  auto scenario = options.scenario;
  scenario.duration = TRY(parse_duration(options.duration));
  if (scenario.infected > scenario.subscribers)
    return failure(ErrorCode::kInvalidArgument,
                   fmt::format("--infected {} is above --subscribers {}", scenario.infected,
                               scenario.subscribers));
  if (!options.start.empty()) {
    scenario.start = TRY(parse_moment(options.start));
  } else if (!options.send.empty()) {
    // A live collector distrusts flows of another year.
    scenario.start = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) -
                     scenario.duration;
  }
  if (options.sampling) scenario.sampling = scenario.sflow_sampling = *options.sampling;
  for (std::size_t i = 0; i < kExportProtocols; ++i)
    scenario.routers[i] =
        options.protocol == "all" || options.protocol == to_string(static_cast<ExportProtocol>(i));
  return scenario;
}

/// "evening.pcap" → "evening.truth.json".
std::string truth_beside(std::string output) {
  if (output.ends_with(".pcap")) output.resize(output.size() - 5);
  return output + ".truth.json";
}

/// Where the datagrams go: a capture, a collector, or both.
class Destination {
 public:
  std::optional<WholeFile> capture;
  std::optional<DatagramSender> sender;

  [[nodiscard]] Status begin() {
    if (capture) TRY(capture->write(PcapEncoder::file_header()));
    return {};
  }
  [[nodiscard]] Status put(ExportProtocol router, PcapEncoder::Microseconds time,
                           std::span<const std::byte> datagram) {
    if (capture) TRY(capture->write(pcap_.packet(simulate::route_of(router), time, datagram)));
    if (sender) TRY(sender->send(datagram));
    return {};
  }

 private:
  PcapEncoder pcap_;
};

struct Exporter {
  ExportProtocol protocol;
  std::unique_ptr<Encoder> encoder;
  SimulationSummary::Router summary;
};

void count_rows(const FlowBatch& rows, SimulationSummary::Router& summary) {
  for (const auto packets : rows.packets()) summary.packets += packets;
  for (const auto bytes : rows.bytes()) summary.bytes += bytes;
}

Status export_tick(const Provider& provider, std::vector<Exporter>& exporters,
                   Destination& destination) {
  // A router hands its datagrams to the wire one after another.
  constexpr std::chrono::microseconds kBetween{50};
  PcapEncoder::Microseconds time = provider.now();
  for (auto& exporter : exporters) {
    const auto& rows = provider.rows(exporter.protocol);
    count_rows(rows, exporter.summary);
    for (const auto& datagram : exporter.encoder->encode(rows, provider.now())) {
      exporter.summary.octets += datagram.size();
      TRY(destination.put(exporter.protocol, time, datagram));
      time += kBetween;
    }
  }
  return {};
}

Status export_all(const Scenario& scenario, const Options& options, Provider& provider,
                  Destination& destination, SimulationSummary& summary) {
  std::vector<Exporter> exporters;
  for (const auto protocol : provider.routers())
    exporters.push_back(
        {protocol, simulate::make_encoder(protocol, scenario), {.protocol = protocol}});
  TRY(destination.begin());
  {
    Progress progress;
    while (provider.advance()) {
      TRY(export_tick(provider, exporters, destination));
      progress.show("simulating",
                    std::min(1.0, std::chrono::duration<double>(provider.now() - scenario.start) /
                                      scenario.duration));
    }
  }
  for (auto& exporter : exporters) {
    exporter.summary.encoded = exporter.encoder->statistics();
    summary.routers.push_back(exporter.summary);
  }
  if (destination.sender) {
    summary.sent_to = options.send;
    summary.sent = destination.sender->sent();
  }
  return {};
}

/// The whole command. The capture and the truth appear only when both are whole.
Result<Exit> run(const Options& options) {
  const auto began = steady_clock::now();
  const auto scenario = TRY(scenario_of(options));
  SimulationSummary summary;
  summary.output = options.output;
  if (summary.output.empty() && options.send.empty()) summary.output = "noroshi-simulated.pcap";
  summary.truth = options.truth;
  if (summary.truth.empty() && !summary.output.empty())
    summary.truth = truth_beside(summary.output);
  if (!summary.truth.empty() && summary.truth == summary.output)
    return failure(ErrorCode::kInvalidArgument,
                   fmt::format("{}: --output and --truth name the same file", summary.output));

  const auto existing =
      options.force ? WholeFile::Existing::kReplace : WholeFile::Existing::kRefuse;
  Destination destination;
  std::optional<WholeFile> truth_file;
  if (!summary.output.empty())
    destination.capture.emplace(TRY(WholeFile::create(summary.output, existing)));
  if (!summary.truth.empty()) truth_file.emplace(TRY(WholeFile::create(summary.truth, existing)));
  if (!options.send.empty())
    destination.sender.emplace(TRY(DatagramSender::open(options.send, options.sender)));

  Provider provider(scenario);
  TRY(export_all(scenario, options, provider, destination, summary));
  if (truth_file) {
    const auto json = truth_json(scenario, provider.truth());
    TRY(truth_file->write(std::as_bytes(std::span(json))));
    TRY(truth_file->finish());
  }
  if (destination.capture) TRY(destination.capture->finish());
  summary.took = std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - began);
  fmt::print(stderr, "{}", summary_text(scenario, summary, provider.truth()));
  if (!options.json) return Exit::kDone;
  Output output;
  output.write(summary_json(scenario, summary, provider.truth()));
  return output.exit();
}

/// The same for a scenario file.
Result<Exit> run_file(const Options& options, bool seeded) {
  ScenarioRun run;
  run.scenario = options.scenario_file;
  if (seeded) run.seed = options.scenario.seed;
  run.output = options.output;
  run.truth = options.truth;
  run.recordings = options.recordings;
  run.send = options.send;
  run.sender = options.sender;
  run.threads = options.threads;
  run.check = options.check;
  run.force = options.force;
  run.json = options.json;
  return run_scenario(run);
}

Exit run_command(const Options& options, bool seeded) {
  const auto status = options.scenario_file.empty() ? run(options) : run_file(options, seeded);
  if (status) return *status;
  complain(status.error().message);
  const auto code = status.error().code;
  return code == ErrorCode::kInvalidArgument ? Exit::kMisused : Exit::kFailed;
}

}  // namespace

void add_simulate(CLI::App& app, Action& action) {
  const auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "simulate", "Make the flows of a simulated provider with a botnet in it, and the truth");
  command->footer(kExamples);
  auto& scenario = options->scenario;
  auto* file = command->add_option("SCENARIO", options->scenario_file,
                                   "A scenario file (TOML); without one, the options below say it");
  auto* seed = command->add_option("--seed", scenario.seed, "Another seed, another provider")
                   ->capture_default_str();
  command->add_option("--subscribers", scenario.subscribers, "Lines of the provider")
      ->excludes(file)
      ->check(CLI::Range(1u, Scenario::kMostSubscribers))
      ->capture_default_str();
  command->add_option("--infected", scenario.infected, "How many of them are infected")
      ->excludes(file)
      ->check(CLI::Range(0u, Scenario::kMostSubscribers))
      ->capture_default_str();
  command->add_option("--duration", options->duration, "How long: 90s, 30m, 2h, 1h30m")
      ->excludes(file)
      ->capture_default_str();
  command
      ->add_option("--start", options->start,
                   "When it begins, RFC 3339 [2026-11-02T10:00:00Z; with --send, so that it "
                   "ends now]")
      ->excludes(file);
  command
      ->add_option("--sampling", options->sampling,
                   "Routers look at 1 packet in N [1; for sFlow 256]")
      ->excludes(file)
      ->check(CLI::Range(1u, Scenario::kLargestSampling));
  command->add_option("--protocol", options->protocol, "What the routers speak; all: one of each")
      ->excludes(file)
      ->check(CLI::IsMember({"netflow5", "netflow9", "ipfix", "sflow", "all"}))
      ->capture_default_str();
  command->add_option(
      "-o,--output", options->output,
      "Capture file [noroshi-simulated.pcap; with --send, none]; of a scenario file, the "
      "folder [the scenario's name]");
  command->add_option("--truth", options->truth,
                      "Truth file, JSON [beside the capture, NAME.truth.json; of a scenario file "
                      "truth.jsonl in the folder]");
  auto* send =
      command->add_option("--send", options->send, "Send over UDP to HOST:PORT; loopback only");
  command
      ->add_option("--rate", options->sender.datagrams_per_second,
                   "Datagrams a second at most, with --send")
      ->check(CLI::Range(1u, DatagramSender::kHighestRate))
      ->capture_default_str()
      ->needs(send);
  command->add_flag("--allow-remote", options->sender.allow_remote, "Let --send leave this machine")
      ->needs(send);
  command->add_flag("--force", options->force, "Replace files that exist");
  command->add_flag("--json", options->json, "Print a summary as JSON");
  command
      ->add_option("--recordings", options->recordings,
                   "Folder in which recordings that a scenario names are looked for as well")
      ->needs(file);
  command->add_option("--threads", options->threads, "Threads for a scenario file; same results")
      ->check(CLI::Range(1u, 64u))
      ->capture_default_str()
      ->needs(file);
  command->add_flag("--check", options->check, "Only read the scenario file and say if it is good")
      ->needs(file);
  command->callback([options, seed, &action] {
    action = [options, seeded = seed->count() > 0] { return run_command(*options, seeded); };
  });
}

}  // namespace noroshi
