#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "store/batch_store.h"
#include "store/flows_for_test.h"

namespace noroshi::for_test {

/// What a call to the store may come to.
enum class Fails : std::uint8_t {
  kNot,
  kUnavailable,
  kUnclearDone,     ///< the rows are stored, and the answer is lost
  kUnclearNotDone,  ///< the rows are not stored, and the answer is lost
  kRefused,
};

/// Shards in memory that fail as a script says, over and over.
class ScriptedStore final : public BatchStore {
 public:
  explicit ScriptedStore(std::size_t shards, std::vector<Fails> script = {})
      : shards_(shards), script_(std::move(script)) {}

  std::size_t shards() override { return shards_.size(); }

  Status insert(std::size_t shard, BatchId batch, const FlowBatch& rows) override {
    const std::lock_guard lock(mutex_);
    ++inserts_;
    const auto fails = closed_ || away_.contains(shard) ? Fails::kUnavailable : next();
    if (fails == Fails::kNot || fails == Fails::kUnclearDone)
      shards_[shard].emplace(batch, numbers(rows));
    switch (fails) {
      case Fails::kNot:
        return {};
      case Fails::kUnavailable:
        return failure(ErrorCode::kUnavailable, "away");
      case Fails::kUnclearDone:
      case Fails::kUnclearNotDone:
        return failure(ErrorCode::kUnclear, "no answer");
      case Fails::kRefused:
        return failure(ErrorCode::kInvalidArgument, "refused");
    }
    return {};
  }

  Result<std::uint64_t> rows_of(std::size_t shard, BatchId batch, std::uint64_t) override {
    const std::lock_guard lock(mutex_);
    if (closed_ || away_.contains(shard) || next() == Fails::kUnavailable)
      return failure(ErrorCode::kUnavailable, "away");
    std::uint64_t rows = 0;
    const auto [first, last] = shards_[shard].equal_range(batch);
    for (auto at = first; at != last; ++at) rows += at->second.size();
    return rows;
  }

  void set_script(std::vector<Fails> script) {
    const std::lock_guard lock(mutex_);
    script_ = std::move(script);
    at_ = 0;
  }
  void set_away(std::size_t shard, bool away) {
    const std::lock_guard lock(mutex_);
    if (away)
      away_.insert(shard);
    else
      away_.erase(shard);
  }
  /// As for a program that was killed: nothing it still sends arrives.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }

  [[nodiscard]] std::multiset<std::uint64_t> stored() const {
    const std::lock_guard lock(mutex_);
    std::multiset<std::uint64_t> all;
    for (const auto& shard : shards_)
      for (const auto& [batch, rows] : shard) all.insert(rows.begin(), rows.end());
    return all;
  }
  [[nodiscard]] std::size_t batches(std::size_t shard) const {
    const std::lock_guard lock(mutex_);
    return shards_[shard].size();
  }
  [[nodiscard]] std::uint64_t inserts() const {
    const std::lock_guard lock(mutex_);
    return inserts_;
  }
  /// What is stored, as a new program finds it.
  [[nodiscard]] std::vector<std::multimap<BatchId, std::multiset<std::uint64_t>>> take_shards() {
    const std::lock_guard lock(mutex_);
    return std::exchange(shards_, {});
  }
  ScriptedStore(std::vector<std::multimap<BatchId, std::multiset<std::uint64_t>>> shards,
                std::vector<Fails> script)
      : shards_(std::move(shards)), script_(std::move(script)) {}

 private:
  Fails next() { return script_.empty() ? Fails::kNot : script_[at_++ % script_.size()]; }

  mutable std::mutex mutex_;
  std::vector<std::multimap<BatchId, std::multiset<std::uint64_t>>> shards_;
  std::vector<Fails> script_;
  std::size_t at_ = 0;
  std::set<std::size_t> away_;
  std::uint64_t inserts_ = 0;
  bool closed_ = false;
};

}  // namespace noroshi::for_test
