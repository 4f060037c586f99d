#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/prefix.h"
#include "question/interface_labels.h"
#include "question/question.h"

namespace noroshi {

/// What long trends can be told apart by: what the history keeps of traffic when its flows are
/// gone. None is an address of traffic.
enum class TrendSplit : std::uint8_t {
  kNone,                ///< all traffic together
  kProtocol,            ///< proto
  kService,             ///< service: protocol and the lower port, where that is below 1024
  kSourceAs,            ///< srcas
  kDestinationAs,       ///< dstas
  kSourceCountry,       ///< srccountry
  kDestinationCountry,  ///< dstcountry
  kInputInterface,      ///< inif: of one exporter
  kOutputInterface,     ///< outif
  kExporter,            ///< exporter
};
[[nodiscard]] std::string_view name_of(TrendSplit split);
/// kInvalidArgument, with the names there are, for any other. kNone has no name.
[[nodiscard]] Result<TrendSplit> parse_trend_split(std::string_view name);

/// Traffic over months: one row for each `step` that has any, its start as the first key value;
/// with a split the `limit` largest values besides (an exporter and a number for interfaces), all
/// others together as "other" (no further key value).
///
/// The window is widened to whole steps. Of tallies flows, packets, bytes, flows of unknown
/// sampling and the estimates are known; the rest is 0.
struct TrendSeriesQuestion {
  TrendSplit split = TrendSplit::kNone;
  TimeWindow window;
  std::uint64_t step = 3'600'000;  ///< ms; whole minutes
  std::vector<Prefix> exporters;   ///< of these only; none: of all
  Order order = Order::kBytes;
  std::uint64_t limit = 8;
  static constexpr std::uint64_t kMostValues = 100;
};
/// kInvalidArgument for a step that is not whole minutes up to a year, or a limit that is not 1 to
/// kMostValues.
[[nodiscard]] Status check(const TrendSeriesQuestion& question);

/// The values of a row behind its time, as people write them: "tcp", "udp/53", "JP", "64500",
/// "192.0.2.1 if 3"; "other" where there is none.
[[nodiscard]] std::string trend_value(TrendSplit split, const AnswerRow& row);

/// As the chart, CSV and JSON of a series (render_series.h).
[[nodiscard]] std::string trend_as_chart(const TrendSeriesQuestion& question, const Answer& answer,
                                         std::size_t width, const InterfaceLabels& labels = {});
[[nodiscard]] std::string trend_as_csv(const TrendSeriesQuestion& question, const Answer& answer);
[[nodiscard]] std::string trend_as_json(const TrendSeriesQuestion& question, const Answer& answer,
                                        const InterfaceLabels& labels = {});

}  // namespace noroshi
