#include "filter/nearest.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "filter/letters.h"

namespace noroshi {
namespace {

constexpr std::size_t kLongestWord = 40;
constexpr std::size_t kMostSuggestions = 3;

/// Letters put in, left out, exchanged for others or for their neighbours (the optimal string
/// alignment distance).
std::size_t slips_between(std::string_view left, std::string_view right) {
  const auto columns = right.size() + 1;
  std::vector<std::size_t> table((left.size() + 1) * columns);
  const auto at = [&](std::size_t i, std::size_t j) -> std::size_t& {
    return table[i * columns + j];
  };
  for (std::size_t i = 0; i <= left.size(); ++i) at(i, 0) = i;
  for (std::size_t j = 0; j <= right.size(); ++j) at(0, j) = j;
  for (std::size_t i = 1; i <= left.size(); ++i) {
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t differs = left[i - 1] == right[j - 1] ? 0 : 1;
      auto least = std::min({at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + differs});
      if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
        least = std::min(least, at(i - 2, j - 2) + 1);
      at(i, j) = least;
    }
  }
  return at(left.size(), right.size());
}

}  // namespace

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
  if (word.size() < 2 || word.size() > kLongestWord) return {};
  const auto lower = to_lower(word);
  // In a short word every letter counts.
  const std::size_t most = word.size() < 5 ? 1 : 2;
  std::vector<std::pair<std::size_t, std::string_view>> near;
  for (const auto candidate : candidates) {
    if (candidate.size() > kLongestWord) continue;
    const auto slips = slips_between(lower, to_lower(candidate));
    if (slips <= most && slips < candidate.size()) near.emplace_back(slips, candidate);
  }
  std::ranges::sort(near);
  near.erase(std::unique(near.begin(), near.end()), near.end());
  if (near.empty()) return {};
  if (near.size() > kMostSuggestions) near.resize(kMostSuggestions);
  std::string suggestion = "; did you mean ";
  for (std::size_t i = 0; i < near.size(); ++i) {
    const bool is_last = i + 1 == near.size();
    suggestion += fmt::format("{}'{}'", i == 0 ? "" : (is_last ? " or " : ", "), near[i].second);
  }
  return suggestion + '?';
}

}  // namespace noroshi
