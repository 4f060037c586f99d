#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "learn/endpoint_day.h"

namespace noroshi {

/// One source of examples: a scenario that is simulated here, or recordings beside their truth.
struct ExampleSource {
  std::string path;  ///< the scenario file, or the truth file
  bool simulated = false;
  std::uint64_t seed = 0;  ///< of a scenario; 0: the file's own
};

struct ExampleOptions {
  std::string recordings{};      ///< where recordings that scenarios inject are looked for
  std::filesystem::path room{};  ///< where contacts are put aside
  unsigned threads = 2;          ///< sources at once
  /// Told how far all is, 0 to 1. From one thread at a time. May be empty.
  std::function<void(double share)> on_progress{};
};

/// The scenarios (*.toml) of a folder, each with each seed; and below `recordings`, every truth
/// (truth.jsonl, *.truth.json) beside its recordings. By path. Either folder may be empty.
[[nodiscard]] Result<std::vector<ExampleSource>> find_sources(
    const std::string& scenarios, const std::string& recordings,
    const std::vector<std::uint64_t>& seeds);

/// Runs every source and hands on its days, in the order of the sources however many threads there
/// are: the same sources give the same days. A source that cannot be read is an error.
[[nodiscard]] Status make_examples(const std::vector<ExampleSource>& sources,
                                   const ExampleOptions& options,
                                   const std::function<Status(DayOfNetwork&& day)>& sink);

/// The days of one source. `on_progress` may be empty.
[[nodiscard]] Result<std::vector<DayOfNetwork>> days_of(
    const ExampleSource& source, const ExampleOptions& options,
    const std::function<void(double share)>& on_progress);

}  // namespace noroshi
