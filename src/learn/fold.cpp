#include "learn/fold.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/time.h"

namespace noroshi {
namespace {

struct Split {
  std::uint64_t seed = 0;         ///< tested
  std::uint64_t calibration = 0;  ///< seed of
  std::string left_out{};
};

/// Takes rows into a fold by what three questions say.
template <typename Tested, typename Known>
Fold split(const std::vector<Row>& rows, const Split& split, Tested&& is_tested, Known&& is_known) {
  Fold fold{.seed = split.seed, .left_out = split.left_out};
  for (const auto& row : rows) {
    if (row.day->seed == split.seed) {
      if (is_tested(row)) fold.test.push_back(row);
    } else if (is_known(row)) {
      (row.day->seed == split.calibration ? fold.calibration : fold.training).push_back(row);
    }
  }
  return fold;
}

}  // namespace

std::string_view to_string(HoldOut protocol) {
  constexpr std::array<std::string_view, kHoldOuts> kNames{"time", "leave-family-out",
                                                           "leave-network-out"};
  return kNames[static_cast<std::size_t>(protocol)];
}

Status for_each_fold(const ExampleSet& examples, HoldOut protocol,
                     const std::function<Status(Fold&& fold, double share)>& visit) {
  const auto rows = rows_of(examples);
  std::set<std::uint64_t> seed_set, begins;
  std::set<std::string> families, networks;
  for (const auto& row : rows) {
    seed_set.insert(row.day->seed);
    begins.insert(row.day->begin);
    networks.insert(row.day->network);
    if (row.server->positive()) families.insert(row.day->family_of(*row.server));
  }
  const std::vector<std::uint64_t> seeds(seed_set.begin(), seed_set.end());
  if (seeds.size() < 3)
    return failure(ErrorCode::kInvalidArgument,
                   "at least three seeds are needed: to learn from, to calibrate on, to test");
  std::vector<std::string> parts;
  if (protocol == HoldOut::kTime) parts = {to_rfc3339(from_unix_milliseconds(*begins.rbegin()))};
  if (protocol == HoldOut::kLeaveFamilyOut) parts.assign(families.begin(), families.end());
  if (protocol == HoldOut::kLeaveNetworkOut) parts.assign(networks.begin(), networks.end());
  const bool whole = protocol == HoldOut::kTime ? begins.size() < 2 : parts.size() < 2;
  if (whole)
    return failure(
        ErrorCode::kInvalidArgument,
        "the examples have nothing to leave out: they need two days, families or networks");
  const auto last = *begins.rbegin();
  double done = 0;
  const auto all = static_cast<double>(seeds.size() * parts.size());
  for (std::size_t index = 0; index < seeds.size(); ++index)
    for (const auto& part : parts) {
      const Split by{seeds[index], seeds[(index + 1) % seeds.size()], part};
      const auto family = [&](const Row& row) -> const std::string& {
        return row.day->family_of(*row.server);
      };
      Fold fold;
      switch (protocol) {
        case HoldOut::kTime:
          fold = split(
              rows, by, [&](const Row& row) { return row.day->begin >= last; },
              [&](const Row& row) { return row.day->end <= last; });
          break;
        case HoldOut::kLeaveFamilyOut:
          fold = split(
              rows, by,
              [&](const Row& row) { return row.server->negative() || family(row) == part; },
              [&](const Row& row) { return family(row) != part; });
          break;
        case HoldOut::kLeaveNetworkOut:
          fold = split(
              rows, by, [&](const Row& row) { return row.day->network == part; },
              [&](const Row& row) { return row.day->network != part; });
          break;
      }
      ++done;
      const bool has_positive =
          std::ranges::any_of(fold.test, [](const Row& row) { return row.server->positive(); });
      if (has_positive) TRY(visit(std::move(fold), done / all));
    }
  return {};
}

}  // namespace noroshi
