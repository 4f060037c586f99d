#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "question/question.h"
#include "store/engine.h"

namespace noroshi {

/// What long trends are kept of: one value of each row, so that a minute holds at most as many rows
/// as there are values, never combinations of them. None is an address of traffic.
enum class Dimension : std::uint8_t {
  kRows = 0,  ///< every row, events too: tells whether rows came after the hour was rolled up
  kAll = 1,   ///< all traffic; value 0
  kProtocol = 2,
  kService = 3,  ///< protocol · 65536 + the lower port where that is below 1024, else 0
  kSourceAs = 4,
  kDestinationAs = 5,
  kSourceCountry = 6,
  kDestinationCountry = 7,
  kInputInterface = 8,   ///< of the exporter
  kOutputInterface = 9,  ///< of the exporter
};

struct TrendQuestion {
  Dimension dimension = Dimension::kAll;
  TimeWindow window;
  std::uint64_t step = 3'600'000;       ///< ms; a multiple of 60,000
  std::vector<std::uint32_t> values{};  ///< these only; none: all
  bool by_exporter = true;              ///< else all together, as of exporter ::
};

struct TrendRow {
  std::uint64_t start = 0;  ///< ms since 1970 UTC
  IpAddress exporter;
  std::uint32_t value = 0;
  std::uint64_t flows = 0;
  std::uint64_t packets = 0;  ///< as exported, both directions
  std::uint64_t bytes = 0;
  std::uint64_t flows_of_unknown_sampling = 0;
  double estimated_packets = 0;  ///< as in Tally
  double estimated_bytes = 0;
};

/// Tables that keep traffic by the minute, five minutes and the hour when its rows are long gone.
///
/// Exactly once: an hour is rolled up when it is over, from all its rows, under a revision of its
/// own; the last thing written is the line in "rollup_hours" that makes this revision the valid
/// one. What a crash left without such a line is never read. An hour into which rows come late has
/// another count of rows than its line says, and is rolled up again.
///
/// Not thread-safe; the history may be in use.
class Rollups {
 public:
  explicit Rollups(Engine& engine) : engine_(engine) {}

  /// Rolls up every hour that ended before `now` and is not, or no longer, rolled up. Returns how
  /// many that were.
  [[nodiscard]] Result<std::uint64_t> build(Timestamp now);

  /// Steps that have traffic, by start, exporter and value; hours that are not rolled up yet come
  /// from their rows. kInvalidArgument for a step that is no multiple of a minute, kLimit for more
  /// than kMostRows.
  static constexpr std::size_t kMostRows = 1'000'000;
  [[nodiscard]] Result<std::vector<TrendRow>> ask(const TrendQuestion& question);

 private:
  /// Hours of which some shard holds rows that its rollup does not count.
  [[nodiscard]] Result<std::vector<std::uint64_t>> pending();
  Status build_hour(std::uint64_t hour, Timestamp now);

  Engine& engine_;
};

}  // namespace noroshi
