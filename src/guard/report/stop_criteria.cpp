#include "guard/report/stop_criteria.h"

#include <fmt/format.h>

#include <algorithm>

namespace noroshi {
namespace {

Bilingual both(std::string text) { return {text, text}; }

StopDistance until_of(Timestamp until, const MonthlyReport& report) {
  StopDistance found;
  found.code = "until";
  found.criterion = {"届出の期間の終わり", "end of the period filed"};
  found.limit = both(local_day(until, report.month.utc_offset));
  found.now = both(local_day(report.made, report.month.utc_offset));
  found.reached = until <= report.made;
  const auto days = std::chrono::floor<std::chrono::days>(until - report.made).count();
  if (found.reached)
    found.distance = {"到達", "reached"};
  else
    found.distance = {fmt::format("残り{}日", days), fmt::format("{} days left", days)};
  return found;
}

StopDistance number_of(std::string code, Bilingual criterion, std::uint64_t limit,
                       std::uint64_t now) {
  StopDistance found;
  found.code = std::move(code);
  found.criterion = std::move(criterion);
  found.limit = both(fmt::format("{}", limit));
  found.now = both(fmt::format("{}", now));
  found.reached = now > limit;
  if (found.reached)
    found.distance = {"到達", "reached"};
  else
    found.distance = {fmt::format("あと{}", limit - now), fmt::format("{} below", limit - now)};
  return found;
}

}  // namespace

std::vector<StopDistance> stop_distances(const MonthlyReport& report) {
  std::vector<StopDistance> distances;
  if (!report.filing) return distances;
  const auto& filing = report.filing->filing;
  const auto& stop = filing.stop_when;
  if (filing.until) distances.push_back(until_of(*filing.until, report));
  if (stop.most_reveals_a_day)
    distances.push_back(number_of(
        "most_reveals_a_day", {"24時間に復元した仮名の数", "pseudonyms revealed within 24 hours"},
        *stop.most_reveals_a_day, report.measures.reveals));
  if (stop.unused_days) {
    const auto used =
        std::max(report.filing->filed, report.measures.last_asked.value_or(report.filing->filed));
    const auto days = std::max<std::int64_t>(
        std::chrono::floor<std::chrono::days>(report.made - used).count(), 0);
    distances.push_back(
        number_of("unused_days",
                  {"届け出た目的で閲覧のない日数", "days without a read under the purpose filed"},
                  *stop.unused_days, static_cast<std::uint64_t>(days)));
  }
  if (stop.most_flows_a_second) {
    const Bilingual criterion{"毎秒のフロー数（10秒平均）", "flows a second, over 10 seconds"};
    auto rate = number_of("most_flows_a_second", criterion, *stop.most_flows_a_second,
                          static_cast<std::uint64_t>(report.measures.flows_a_second));
    if (!report.flows_a_second_known) {
      rate.now = {"不明（収集していない）", "not known (nothing collects)"};
      rate.distance = {"—", "—"};
    }
    distances.push_back(std::move(rate));
  }
  return distances;
}

}  // namespace noroshi
