#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/column.h"
#include "question/question.h"
#include "question/selection.h"

namespace noroshi {

/// Sums of rows by packed key: open addressing over groups that stand in the order in which they
/// were first seen. Nothing is allocated for a row, only for a new group now and then; an address
/// and what it adds up to take one cache line.
///
/// Memory: at most `most_groups` · (words + 6) · 8 bytes and an index of up to 16 bytes for each,
/// and 40 bytes more where rows of different sampling rates meet. Not thread-safe.
class GroupTable {
 public:
  struct Config {
    std::size_t words = 1;  ///< of a packed key; 0: one group for everything
    bool is_small = false;  ///< packed keys are below 65,536: they index directly
    std::uint64_t most_groups = GroupQuestion::kMostRows;
    std::uint64_t hash_seed = 0;  ///< keeps whoever chooses addresses from choosing collisions
  };
  static constexpr std::uint32_t kNotGrouped = UINT32_MAX;

  explicit GroupTable(Config config);

  /// Adds the selected rows, whose packed keys are given, to their groups. Returns the group of
  /// each, kNotGrouped for those that would have opened one too many; the view holds until the next
  /// call.
  std::span<const std::uint32_t> add(const Selection& selection,
                                     std::span<const std::uint64_t> packed);

  [[nodiscard]] std::uint32_t size() const { return size_; }
  [[nodiscard]] std::span<const std::uint64_t> key(std::uint32_t group) const {
    return {entry(group), config_.words};
  }
  [[nodiscard]] Tally tally(std::uint32_t group) const;
  /// Rows added that found no group.
  [[nodiscard]] std::uint64_t not_grouped() const { return not_grouped_; }

 private:
  /// What follows the key in an entry.
  enum Sum : std::size_t { kFlows, kPackets, kBytes, kFirst, kLast, kUnknownSampling, kSums };
  /// Kept beside the entries only where rates differ: with one rate they follow from the sums.
  struct Sampled {
    std::uint64_t flows = 0;
    double packets = 0;
    double bytes = 0;
    double packets_variance = 0;
    double bytes_variance = 0;
  };

  static constexpr unsigned kChunkBits = 12;
  static constexpr std::size_t kChunk = std::size_t{1} << kChunkBits;
  static constexpr std::size_t kLookAhead = 64;

  [[nodiscard]] const std::uint64_t* entry(std::uint32_t group) const {
    return chunks_[group >> kChunkBits].data() + (group & (kChunk - 1)) * stride_;
  }
  [[nodiscard]] std::uint64_t* writable_entry(std::uint32_t group) {
    return chunks_[group >> kChunkBits].writable() + (group & (kChunk - 1)) * stride_;
  }
  [[nodiscard]] std::uint64_t hash_of(const std::uint64_t* key) const;

  template <std::size_t words>
  void find(std::span<const std::uint64_t> packed);
  template <std::size_t words>
  std::uint32_t find_or_open(const std::uint64_t* key, std::uint64_t hash);
  void find_small(std::span<const std::uint64_t> packed);
  std::uint32_t open(const std::uint64_t* key);
  void make_room(std::size_t groups);

  void add_sums(const Selection& selection);
  void add_sampled(const Selection& selection);

  Config config_;
  std::size_t stride_;
  std::uint32_t size_ = 0;
  std::uint64_t not_grouped_ = 0;
  std::vector<Column<std::uint64_t>> chunks_;
  /// A power of two of slots: the upper half of the hash and, below it, the group's number + 1;
  /// 0 is free. Small keys: the number + 1 alone.
  std::vector<std::uint64_t> slots_;
  std::vector<std::uint32_t> groups_;  ///< of the rows being added
  Selection::Sampling sampling_ = Selection::Sampling::kAllUnknown;
  std::vector<Sampled> sampled_;  ///< for each group once sampling_ is kMixed
};

}  // namespace noroshi
