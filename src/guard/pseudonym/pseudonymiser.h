#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/snapshot.h"
#include "guard/pseudonym/block_cipher.h"
#include "guard/pseudonym/key_source.h"
#include "guard/pseudonym/recent_pseudonyms.h"
#include "guard/pseudonym/subscriber_ranges.h"
#include "model/flow_batch.h"

namespace noroshi {

/// What pseudonyms are made with at one time: the ranges, and every key in use with its tables.
/// Never changed: swapped whole.
class PseudonymTables {
 public:
  /// The keys of flows that may arrive in that hour: the current one; the one before while flows
  /// are late; the next one when it is near. Tables that `before` has already are shared with it.
  /// kLimit when these are more than kMostUses.
  [[nodiscard]] static Result<std::shared_ptr<const PseudonymTables>> make(
      const KeySource& source, SubscriberRanges ranges, std::uint64_t now_hour,
      const PseudonymTables* before);

  /// One key, and a cipher for every block of the ranges; null for blocks not in use.
  struct Use {
    PseudonymKey key;
    std::vector<std::shared_ptr<const BlockCipher>> blocks;
  };
  static constexpr std::size_t kMostUses = 2;
  [[nodiscard]] const SubscriberRanges& ranges() const { return ranges_; }
  [[nodiscard]] const std::vector<Use>& uses() const { return uses_; }
  /// The key for that hour, or null when it is not in use.
  [[nodiscard]] const Use* use_of(std::uint64_t hour) const;

 private:
  explicit PseudonymTables(SubscriberRanges ranges) : ranges_(std::move(ranges)) {}

  SubscriberRanges ranges_;
  std::vector<Use> uses_;
};

/// What Pseudonymiser did; all only grow.
struct PseudonymStatistics {
  std::uint64_t replaced_v4 = 0;
  std::uint64_t replaced_v6 = 0;
  /// Of these, IPv4 addresses that stood inside an IPv6 one: NAT64, 6to4 and the like.
  std::uint64_t embedded = 0;
  /// Addresses that came in the form of a pseudonym, which nothing on a network has: now "::".
  std::uint64_t forged = 0;
  /// Addresses for whose hour no key is in use: now "::". Only a clock that jumps brings this
  /// about.
  std::uint64_t without_key = 0;
};

/// Replaces subscribers' addresses by their pseudonyms in flows that come in: source, destination,
/// next hop and both translated addresses.
///
/// Safe to use from several threads; replace() may come at any moment, and batches in hand finish
/// with the tables they began with. Without tables flows stay as they are.
class Pseudonymiser {
 public:
  void replace(std::shared_ptr<const PseudonymTables> tables);
  [[nodiscard]] std::shared_ptr<const PseudonymTables> tables() const { return tables_.load(); }

  void apply(FlowBatch& batch);

  [[nodiscard]] PseudonymStatistics statistics() const;

 private:
  /// What one thread remembers while it has a batch in hand, lent to it.
  struct Memory {
    std::shared_ptr<const PseudonymTables> tables;  ///< with which all of it was made
    std::array<std::unique_ptr<RecentPseudonyms>, PseudonymTables::kMostUses> recent;
  };
  Memory borrow(const std::shared_ptr<const PseudonymTables>& tables);

  Snapshot<PseudonymTables> tables_;
  std::mutex mutex_;
  std::vector<Memory> memories_;  // as many as there were threads at once
  std::atomic<std::uint64_t> replaced_v4_{0};
  std::atomic<std::uint64_t> replaced_v6_{0};
  std::atomic<std::uint64_t> embedded_{0};
  std::atomic<std::uint64_t> forged_{0};
  std::atomic<std::uint64_t> without_key_{0};
};

}  // namespace noroshi
