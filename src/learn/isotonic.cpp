#include "learn/isotonic.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace noroshi {
namespace {

struct Pool {
  double score = 0;  // sum
  double weight = 0;
  double positive = 0;
  [[nodiscard]] double share() const { return positive / weight; }
};

}  // namespace

Calibration fitted_isotonic(std::span<const Scored> scored) {
  if (scored.empty()) return {};
  std::vector<Scored> all(scored.begin(), scored.end());
  std::ranges::stable_sort(all, {}, &Scored::score);
  std::vector<Pool> pools;
  const auto add = [&](Pool pool) {
    pools.push_back(pool);
    while (pools.size() > 1 && pools[pools.size() - 2].share() >= pools.back().share()) {
      auto& before = pools[pools.size() - 2];
      before.score += pools.back().score;
      before.weight += pools.back().weight;
      before.positive += pools.back().positive;
      pools.pop_back();
    }
  };
  // One endpoint of either kind at the wrong end: nothing that was seen is ever certain.
  add({all.front().score, 1, 1});
  for (std::size_t begin = 0; begin < all.size();) {
    Pool pool;
    auto end = begin;
    for (; end < all.size() && all[end].score == all[begin].score; ++end) {
      pool.score += all[end].score;
      pool.weight += 1;
      pool.positive += all[end].positive ? 1 : 0;
    }
    add(pool);
    begin = end;
  }
  add({all.back().score, 1, 0});
  std::vector<Calibration::Block> blocks;
  for (const auto& pool : pools) blocks.push_back({pool.score / pool.weight, pool.share()});
  return Calibration(std::move(blocks));
}

}  // namespace noroshi
