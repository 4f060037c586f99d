#include "scenario_run.h"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "output.h"
#include "progress.h"
#include "scenario_truth.h"
#include "scenario_views.h"
#include "simulate/network.h"
#include "simulate/plan/read_plan.h"
#include "whole_file.h"

// Door (out): how far a simulation is. Guard: made up by the simulator.

namespace noroshi {
namespace {

using Json = nlohmann::ordered_json;
using simulate::Network;
using simulate::Plan;
using std::chrono::steady_clock;
using Writers = std::vector<std::unique_ptr<ViewWriter>>;

Result<Writers> make_writers(const Plan& plan, const ScenarioRun& run, const std::string& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed)
    return failure(ErrorCode::kIo, fmt::format("{}: cannot be made: {}", folder, failed.message()));
  Writers writers;
  for (const auto& view : plan.views)
    writers.push_back(TRY(ViewWriter::create(
        plan, view,
        {.folder = folder, .replace = run.force, .send = run.send, .sender = run.sender})));
  return writers;
}

Json summary_of(const Network& network, const Writers& writers, const std::string& truth,
                double took) {
  const auto& plan = network.plan();
  const auto statistics = network.statistics();
  auto views = Json::array();
  for (std::size_t i = 0; i < writers.size(); ++i) {
    const auto& written = writers[i]->written();
    views.push_back({{"name", plan.views[i].name},
                     {"sampling", plan.views[i].sampling},
                     {"format", plan.views[i].format},
                     {"path", writers[i]->path()},
                     {"rows", written.rows},
                     {"packets", written.packets},
                     {"bytes", written.bytes},
                     {"files", written.files},
                     {"datagrams", written.datagrams},
                     {"skipped", written.skipped}});
  }
  return {{"simulated", true},
          {"scenario", plan.name},
          {"seed", plan.seed},
          {"lines", plan.lines},
          {"start", to_rfc3339(plan.start)},
          {"end", to_rfc3339(plan.end())},
          {"exchanges", statistics.exchanges},
          {"packets", statistics.packets},
          {"recorded_flows", statistics.recorded_flows},
          {"left_out_of_recordings", statistics.left_out},
          {"flows_ended_early", statistics.evicted},
          {"endpoints", network.truth().size()},
          {"infected_lines", network.infected_lines().size()},
          {"views", views},
          {"truth", truth},
          {"seconds", took},
          {"times_real_time", static_cast<double>(plan.duration.count()) / std::max(took, 0.001)}};
}

void tell(const Json& summary) {
  fmt::print(stderr,
             "simulated {} lines from {} to {} (seed {}) in {:.1f} s, {:.0f} times as fast\n",
             summary["lines"].get<std::uint64_t>(), summary["start"].get<std::string>(),
             summary["end"].get<std::string>(), summary["seed"].get<std::uint64_t>(),
             summary["seconds"].get<double>(), summary["times_real_time"].get<double>());
  for (const auto& view : summary["views"])
    fmt::print(stderr, "  1:{:<6} {} flows, {} packets: {}\n",
               view["sampling"].get<std::uint64_t>(), view["rows"].get<std::uint64_t>(),
               view["packets"].get<std::uint64_t>(), view["path"].get<std::string>());
  if (const auto early = summary["flows_ended_early"].get<std::uint64_t>(); early > 0)
    fmt::print(stderr, "  {} flows ended early: a router's table was full\n", early);
  fmt::print(stderr, "  {} infected lines, {} endpoints known\n  truth    {}\n",
             summary["infected_lines"].get<std::uint64_t>(),
             summary["endpoints"].get<std::uint64_t>(), summary["truth"].get<std::string>());
}

Status let_time_pass(Network& network, Writers& writers) {
  Progress progress;
  const auto& plan = network.plan();
  while (network.advance()) {
    for (std::size_t view = 0; view < writers.size(); ++view)
      TRY(writers[view]->add(network.rows(view)));
    progress.show(
        "simulating",
        std::min(1.0, std::chrono::duration<double>(network.now() - plan.start) / plan.duration));
  }
  for (auto& writer : writers) TRY(writer->finish());
  return {};
}

}  // namespace

Result<Exit> run_scenario(const ScenarioRun& run) {
  const auto began = steady_clock::now();
  auto plan = TRY(simulate::read_plan(run.scenario));
  if (run.seed) plan.seed = *run.seed;
  if (run.check) {
    fmt::print(stderr, "{}: good: {} lines, {} botnets, {} recordings, {} views\n", run.scenario,
               plan.lines, plan.botnets.size(), plan.injections.size(), plan.views.size());
    return Exit::kDone;
  }
  const auto folder = run.output.empty() ? plan.name : run.output;
  const auto truth =
      run.truth.empty() ? (std::filesystem::path(folder) / "truth.jsonl").string() : run.truth;
  auto network = TRY(Network::create(plan, {.threads = run.threads, .recordings = run.recordings}));
  auto writers = TRY(make_writers(network->plan(), run, folder));
  auto truth_file = TRY(WholeFile::create(
      truth, run.force ? WholeFile::Existing::kReplace : WholeFile::Existing::kRefuse));
  TRY(let_time_pass(*network, writers));
  TRY(write_truth_lines(*network, truth_file));
  TRY(truth_file.finish());
  const auto took = std::chrono::duration<double>(steady_clock::now() - began).count();
  const auto summary = summary_of(*network, writers, truth, took);
  tell(summary);
  if (!run.json) return Exit::kDone;
  Output output;
  output.write(summary.dump(1) + "\n");
  return output.exit();
}

}  // namespace noroshi
