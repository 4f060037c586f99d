#pragma once

#include <string_view>
#include <vector>

#include "docket/life.h"

namespace noroshi::for_test {

/// 2026-11-22T00:00Z, and so many days after it.
inline constexpr std::uint64_t kDay = 86'400'000;
inline Timestamp day(std::uint64_t number) {
  return from_unix_milliseconds(1'795'305'600'000 + number * kDay);
}

inline Endpoint server(std::uint32_t number = 1) {
  return {IpAddress::from_v4(0xc6336400 + number), Port{48'101}, kTcp};
}

/// As the judge makes them, of a window of one day that ended at `until`.
inline Verdict verdict(double probability, Timestamp until, std::uint32_t of = 1,
                       std::string_view code = "unanswered_calls") {
  Verdict verdict;
  verdict.server = server(of);
  verdict.probability = probability;
  verdict.tier = probability >= 0.95 ? Tier::kA : probability >= 0.7 ? Tier::kB : Tier::kC;
  verdict.clients = 4;
  verdict.connections = 100;
  verdict.first = to_unix_milliseconds(until) - kDay + 1000;
  verdict.last = to_unix_milliseconds(until) - 1000;
  verdict.evidence = {{.group = EvidenceGroup::kBehaviour,
                       .code = code,
                       .statistic = 3.5,
                       .log_likelihood_ratio = 4,
                       .arguments = {{"calls", "100"}, {"all", "120"}, {"span", "3 h"}}}};
  verdict.would_change = {"would_indicator"};
  verdict.not_judged = {"few_clients"};
  return verdict;
}

inline Evidence against(std::string_view code = "bulk_transfer") {
  return {.group = EvidenceGroup::kBehaviour,
          .code = code,
          .statistic = 1,
          .log_likelihood_ratio = -1.5,
          .arguments = {{"bytes", "1"}}};
}

}  // namespace noroshi::for_test
