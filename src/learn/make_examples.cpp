#include "learn/make_examples.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "guard/digest.h"
#include "learn/judged_day.h"
#include "learn/text_file.h"
#include "record/recording.h"
#include "simulate/network.h"
#include "simulate/plan/read_plan.h"

namespace noroshi {
namespace {

namespace fs = std::filesystem;
using simulate::Network;

constexpr std::uint64_t kHour = 3'600'000;
constexpr std::uint64_t kDay = 24 * kHour;

Result<std::vector<Prefix>> prefixes_of(const std::vector<std::string>& texts) {
  std::vector<Prefix> prefixes;
  for (const auto& text : texts) prefixes.push_back(TRY(Prefix::parse(text)));
  return prefixes;
}

using Told = std::function<void(double share)>;

/// The views of one simulated network, day after day.
class SimulatedDays {
 public:
  SimulatedDays(Network& network, std::string digest, std::vector<Prefix> local)
      : network_(network), digest_(std::move(digest)), local_(std::move(local)) {
    begin_ = to_unix_milliseconds(network.plan().start) / kHour * kHour;
  }

  Status run(const fs::path& room, const Told& told) {
    const auto& plan = network_.plan();
    for (std::size_t view = 0; view < plan.views.size(); ++view)
      views_.push_back(TRY(ContactHours::create(room)));
    while (network_.advance()) {
      const auto now = to_unix_milliseconds(network_.now());
      for (std::size_t view = 0; view < views_.size(); ++view) {
        TRY(views_[view].add(network_.rows(view)));
        TRY(views_[view].close_until(now));
      }
      // What a day's last flows waited for in their routers has come by then.
      if (now >= begin_ + kDay + 2 * ContactHours::kGrace) TRY(end_day(begin_ + kDay));
      if (told)
        told(std::min(1.0,
                      std::chrono::duration<double>(network_.now() - plan.start) / plan.duration));
    }
    for (auto& view : views_) TRY(view.close_all());
    const auto end = to_unix_milliseconds(plan.end());
    if (begin_ < end) TRY(end_day(end));
    return {};
  }

  std::vector<DayOfNetwork> take() { return std::move(days_); }

 private:
  Status end_day(std::uint64_t end) {
    const auto truth = truth_of(network_);
    for (std::size_t view = 0; view < views_.size(); ++view) {
      auto day = TRY(judged_day(views_[view], truth,
                                {.begin = begin_,
                                 .end = end,
                                 .sampling = network_.plan().views[view].sampling,
                                 .local = local_,
                                 .packets_before = packets_before_}));
      day.source = "simulated";
      day.digest = digest_;
      days_.push_back(std::move(day));
      views_[view].forget_before(end / kHour);
    }
    for (const auto& [server, what] : truth.servers) packets_before_[server] = what.packets;
    begin_ = end;
    return {};
  }

  Network& network_;
  std::string digest_;
  std::vector<Prefix> local_;
  std::vector<ContactHours> views_;
  std::vector<DayOfNetwork> days_;
  std::unordered_map<Endpoint, std::uint64_t> packets_before_;
  std::uint64_t begin_ = 0;
};

Result<std::vector<DayOfNetwork>> simulated_days(const ExampleSource& source,
                                                 const ExampleOptions& options, const Told& told) {
  const auto text = TRY(read_text_file(source.path));
  auto plan = TRY(simulate::parse_plan(text, source.path));
  if (source.seed != 0) plan.seed = source.seed;
  const auto network = TRY(Network::create(plan, {.threads = 1, .recordings = options.recordings}));
  SimulatedDays days(*network, sha256(text).to_hex(), TRY(prefixes_of(network->local_prefixes())));
  TRY(days.run(options.room, told));
  return days.take();
}

/// Flow files of a view: of the folder that has its name, or beside the truth.
std::vector<std::string> files_of(const fs::path& truth, const std::string& view) {
  std::vector<std::string> files;
  std::error_code ignored;
  const auto folder = view.empty() ? fs::path() : truth.parent_path() / view;
  if (!folder.empty() && fs::is_directory(folder, ignored)) {
    for (const auto& entry : fs::directory_iterator(folder, ignored))
      if (entry.is_regular_file(ignored)) files.push_back(entry.path().string());
  } else if (!view.empty()) {
    for (const char* extension : {".pcap", ".csv", ".nfcapd", ".ipfix"})
      if (const auto path = truth.parent_path() / (view + extension); fs::exists(path, ignored))
        files.push_back(path.string());
  } else {
    // NAME.truth.json stands beside NAME and NAME.*.
    auto stem = truth.filename().string();
    stem = stem.substr(0, stem.find(".truth.json"));
    for (const auto& entry : fs::directory_iterator(truth.parent_path(), ignored)) {
      const auto name = entry.path().filename().string();
      if (entry.is_regular_file(ignored) && name.starts_with(stem) &&
          name.find(".truth.") == name.npos)
        files.push_back(entry.path().string());
    }
  }
  std::ranges::sort(files);
  return files;
}

Status read_into(ContactHours& hours, const std::vector<std::string>& files, std::uint32_t sampling,
                 const Told& told) {
  FlowBatch batch(Recording::kRowsPerRead);
  for (std::size_t index = 0; index < files.size(); ++index) {
    RecordingOptions options;
    options.default_sampling_rate = sampling;
    const auto recording = TRY(open_recording(files[index], options));
    std::uint64_t latest = 0;
    while (true) {
      auto more = recording->read(batch);
      if (!more) return tl::unexpected(in_context(files[index], more.error()));
      if (!*more) break;
      for (const auto last : batch.last()) latest = std::max(latest, last);
      TRY(hours.add(batch));
      // An hour of grace: files of a recording follow one another by what they received.
      TRY(hours.close_until(latest - std::min(latest, kHour)));
    }
    if (told) told(static_cast<double>(index + 1) / static_cast<double>(files.size()));
  }
  return hours.close_all();
}

Result<std::vector<DayOfNetwork>> recorded_days(const ExampleSource& source,
                                                const ExampleOptions& options, const Told& told) {
  const auto text = TRY(read_text_file(source.path));
  const auto truth = TRY(parse_truth(text, source.path));
  const auto begin = to_unix_milliseconds(truth.start) / kHour * kHour;
  const auto end = to_unix_milliseconds(truth.end);
  if (begin >= end)
    return failure(ErrorCode::kMalformed,
                   source.path + ": the truth does not say from when to when");
  std::vector<DayOfNetwork> days;
  for (const auto& view : truth.views) {
    const auto files = files_of(source.path, view.name);
    // A truth may lie with some of its views only.
    if (files.empty()) continue;
    auto hours = TRY(ContactHours::create(options.room));
    TRY(read_into(hours, files, view.sampling, told));
    for (auto from = begin; from < end; from += kDay) {
      auto day = TRY(judged_day(hours, truth,
                                {.begin = from,
                                 .end = std::min(from + kDay, end),
                                 .sampling = view.sampling,
                                 .local = TRY(prefixes_of(truth.local_prefixes))}));
      day.source = "recorded";
      day.digest = sha256(text).to_hex();
      days.push_back(std::move(day));
    }
  }
  if (days.empty())
    return failure(ErrorCode::kNotFound, source.path + ": no recording of any view beside it");
  return days;
}

}  // namespace

Result<std::vector<DayOfNetwork>> days_of(const ExampleSource& source,
                                          const ExampleOptions& options, const Told& told) {
  return source.simulated ? simulated_days(source, options, told)
                          : recorded_days(source, options, told);
}

Result<std::vector<ExampleSource>> find_sources(const std::string& scenarios,
                                                const std::string& recordings,
                                                const std::vector<std::uint64_t>& seeds) {
  std::vector<ExampleSource> sources;
  std::error_code failed;
  std::vector<std::string> files;
  if (!scenarios.empty()) {
    if (fs::is_regular_file(scenarios, failed)) {
      files.push_back(scenarios);
    } else {
      for (const auto& entry : fs::directory_iterator(scenarios, failed))
        if (entry.path().extension() == ".toml") files.push_back(entry.path().string());
      if (failed) return failure(ErrorCode::kNotFound, scenarios + ": " + failed.message());
    }
  }
  std::ranges::sort(files);
  for (const auto& file : files) {
    if (seeds.empty()) sources.push_back({file, true, 0});
    for (const auto seed : seeds) sources.push_back({file, true, seed});
  }
  if (!recordings.empty()) {
    files.clear();
    for (const auto& entry : fs::recursive_directory_iterator(recordings, failed)) {
      const auto name = entry.path().filename().string();
      if (name == "truth.jsonl" || name.ends_with(".truth.json"))
        files.push_back(entry.path().string());
    }
    if (failed) return failure(ErrorCode::kNotFound, recordings + ": " + failed.message());
    std::ranges::sort(files);
    for (const auto& file : files) sources.push_back({file, false, 0});
  }
  return sources;
}

Status make_examples(const std::vector<ExampleSource>& sources, const ExampleOptions& options,
                     const std::function<Status(DayOfNetwork&& day)>& sink) {
  std::mutex mutex;
  std::vector<double> shares(sources.size());
  const auto tell = [&](std::size_t index, double share) {
    if (!options.on_progress) return;
    const std::lock_guard lock(mutex);
    shares[index] = share;
    double sum = 0;
    for (const double one : shares) sum += one;
    options.on_progress(sum / static_cast<double>(shares.size()));
  };
  const auto at_once = std::max(1U, options.threads);
  // So many sources at once, and their days in the order of the sources.
  for (std::size_t begin = 0; begin < sources.size(); begin += at_once) {
    const auto end = std::min<std::size_t>(begin + at_once, sources.size());
    std::vector<std::optional<Result<std::vector<DayOfNetwork>>>> results(end - begin);
    std::vector<std::thread> threads;
    for (auto index = begin; index < end; ++index)
      threads.emplace_back([&, index] {
        results[index - begin].emplace(
            days_of(sources[index], options, [&](double share) { tell(index, share); }));
      });
    for (auto& thread : threads) thread.join();
    for (auto& result : results)
      for (auto& day : TRY(*std::move(result))) TRY(sink(std::move(day)));
  }
  return {};
}

}  // namespace noroshi
