#include "guard/pseudonym/pseudonymiser.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "guard/pseudonym/embedded_v4.h"
#include "guard/pseudonym/key_file.h"
#include "guard/pseudonym/key_hour.h"

namespace noroshi {
namespace {

constexpr std::size_t kColumns = 5;
/// Rows that are looked through together; what is found in them waits for its replacement on the
/// stack.
constexpr std::size_t kRows = 512;

/// One batch on its way through. First all addresses of some rows are looked at, and the places of
/// their pseudonyms in the tables fetched from memory; then all are replaced.
class Pass {
 public:
  using Recent = std::array<std::unique_ptr<RecentPseudonyms>, PseudonymTables::kMostUses>;

  Pass(const PseudonymTables& tables, Recent& recent, FlowBatch& batch)
      : tables_(tables), ranges_(tables.ranges()), recent_(recent), batch_(batch) {
    const auto& uses = tables.uses();
    if (uses.size() == 1 && uses[0].key.from == 0 && uses[0].key.until == PseudonymKey::kNoEnd)
      only_ = &uses[0];
  }

  PseudonymStatistics run() {
    for (std::size_t begin = 0; begin < batch_.size(); begin += kRows) {
      const auto end = std::min(batch_.size(), begin + kRows);
      column(begin, end, batch_.source_address(), [&] { return batch_.mutable_source_address(); });
      column(begin, end, batch_.destination_address(),
             [&] { return batch_.mutable_destination_address(); });
      column(begin, end, batch_.next_hop(), [&] { return batch_.mutable_next_hop(); });
      column(begin, end, batch_.translated_source_address(),
             [&] { return batch_.mutable_translated_source_address(); });
      column(begin, end, batch_.translated_destination_address(),
             [&] { return batch_.mutable_translated_destination_address(); });
      replace_v4();
      replace_v6();
    }
    return statistics_;
  }

 private:
  struct FoundV4 {
    IpAddress* target;
    const std::uint32_t* host;
    std::uint32_t network;
  };
  struct FoundV6 {
    IpAddress* target;
    const BlockCipher* cipher;
    RecentPseudonyms::Bucket* bucket;
  };

  /// A column is asked for to be written only when something in it changes: most have nothing.
  template <typename Writable>
  void column(std::size_t begin, std::size_t end, std::span<const IpAddress> values,
              Writable writable) {
    std::array<std::uint32_t, kRows> rows;
    std::size_t count = 0;
    for (auto row = begin; row < end; ++row) {
      rows[count] = static_cast<std::uint32_t>(row);
      count += ranges_.look_closer(values[row].high(), values[row].low()) ? 1u : 0u;
    }
    for (const auto row : std::span(rows).first(count)) {
      const auto& address = values[row];
      const auto high = address.high();
      const auto low = address.low();
      if (high == 0 && low >> 32 == 0xffff) {
        const auto v4 = static_cast<std::uint32_t>(low);
        const auto block = ranges_.find_v4(v4);
        if (block != SubscriberRanges::kNone) found_v4(row, writable()[row], v4, block);
        continue;
      }
      if (address.is_pseudonym()) {
        writable()[row] = IpAddress();
        ++statistics_.forged;
        continue;
      }
      if (const auto block = ranges_.find_v6(high, low); block != SubscriberRanges::kNone) {
        found_v6(row, writable()[row], block);
        continue;
      }
      const auto embedded = embedded_v4(high, low);
      if (!embedded) continue;
      if (const auto block = ranges_.find_v4(*embedded); block != SubscriberRanges::kNone) {
        found_v4(row, writable()[row], *embedded, block);
        ++statistics_.embedded;
      }
    }
  }

  /// Null, and the address blank, when no key is in use for the row's hour.
  const PseudonymTables::Use* use_for(std::size_t row, IpAddress& target) {
    const auto* use = only_ != nullptr
                          ? only_
                          : tables_.use_of(key_hour(batch_.last()[row], batch_.received()[row]));
    if (use != nullptr) return use;
    target = IpAddress();
    ++statistics_.without_key;
    return nullptr;
  }

  void found_v4(std::size_t row, IpAddress& target, std::uint32_t v4, std::uint32_t block) {
    const auto* use = use_for(row, target);
    if (use == nullptr) return;
    const auto& cipher = *use->blocks[block];
    const auto* host = cipher.place_of(v4);
    __builtin_prefetch(host);
    v4_[v4_count_++] = {&target, host, cipher.network()};
  }

  void found_v6(std::size_t row, IpAddress& target, std::uint32_t block) {
    const auto* use = use_for(row, target);
    if (use == nullptr) return;
    auto& recent = recent_[static_cast<std::size_t>(use - tables_.uses().data())];
    if (recent == nullptr) recent = std::make_unique<RecentPseudonyms>();
    auto* bucket = recent->bucket_of(target);
    __builtin_prefetch(bucket);
    v6_[v6_count_++] = {&target, use->blocks[block].get(), bucket};
  }

  void replace_v4() {
    for (std::size_t i = 0; i < v4_count_; ++i)
      *v4_[i].target = IpAddress::from_v4(v4_[i].network | *v4_[i].host).marked();
    statistics_.replaced_v4 += v4_count_;
    v4_count_ = 0;
  }

  /// First what is remembered; then all of one cipher together, one cipher after the other: there
  /// are few.
  void replace_v6() {
    statistics_.replaced_v6 += v6_count_;
    std::size_t unknown = 0;
    for (std::size_t i = 0; i < v6_count_; ++i) {
      auto& target = *v6_[i].target;
      const auto& [newer, older] = *v6_[i].bucket;
      if (newer.address == target)
        target = newer.pseudonym;
      else if (older.address == target)
        target = older.pseudonym;
      else
        v6_[unknown++] = v6_[i];
    }
    v6_count_ = unknown;
    std::array<IpAddress*, kColumns * kRows> targets;
    std::array<IpAddress, kColumns * kRows> addresses;
    std::array<RecentPseudonyms::Bucket*, kColumns * kRows> buckets;
    while (v6_count_ > 0) {
      const auto* cipher = v6_[0].cipher;
      std::size_t together = 0;
      std::size_t others = 0;
      for (std::size_t i = 0; i < v6_count_; ++i) {
        if (v6_[i].cipher == cipher) {
          targets[together] = v6_[i].target;
          addresses[together] = *v6_[i].target;
          buckets[together++] = v6_[i].bucket;
        } else {
          v6_[others++] = v6_[i];
        }
      }
      cipher->encrypt_v6(std::span(targets).first(together));
      for (std::size_t i = 0; i < together; ++i)
        RecentPseudonyms::keep(*buckets[i], addresses[i], *targets[i]);
      v6_count_ = others;
    }
  }

  const PseudonymTables& tables_;
  const SubscriberRanges& ranges_;
  Recent& recent_;
  FlowBatch& batch_;
  const PseudonymTables::Use* only_ = nullptr;
  std::array<FoundV4, kColumns * kRows> v4_;
  std::array<FoundV6, kColumns * kRows> v6_;
  std::size_t v4_count_ = 0;
  std::size_t v6_count_ = 0;
  PseudonymStatistics statistics_;
};

}  // namespace

Result<std::shared_ptr<const PseudonymTables>> PseudonymTables::make(
    const KeySource& source, SubscriberRanges ranges, std::uint64_t now_hour,
    const PseudonymTables* before) {
  const std::shared_ptr<PseudonymTables> tables(new PseudonymTables(std::move(ranges)));
  const auto& blocks = tables->ranges_.blocks();
  const auto known = [&](const std::string& key,
                         const Prefix& block) -> std::shared_ptr<const BlockCipher> {
    if (before == nullptr) return nullptr;
    for (const auto& use : before->uses_)
      for (const auto& cipher : use.blocks)
        if (use.key.id == key && cipher != nullptr && cipher->block() == block) return cipher;
    return nullptr;
  };
  for (const auto& key : source.keys()) {
    const bool over =
        key.until != PseudonymKey::kNoEnd && key.until + KeyFile::kLateHours <= now_hour;
    if (over || key.from > now_hour + KeyFile::kLeadHours) continue;
    if (tables->uses_.size() == kMostUses)
      return failure(ErrorCode::kLimit, "more than two keys of pseudonyms for the same few days");
    Use use{key, {}};
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      std::shared_ptr<const BlockCipher> cipher;
      if (tables->ranges_.in_use(i)) cipher = known(key.id, blocks[i]);
      if (tables->ranges_.in_use(i) && cipher == nullptr)
        cipher = TRY(BlockCipher::make(source, key.id, blocks[i]));
      use.blocks.push_back(std::move(cipher));
    }
    tables->uses_.push_back(std::move(use));
  }
  return tables;
}

const PseudonymTables::Use* PseudonymTables::use_of(std::uint64_t hour) const {
  const auto found =
      std::ranges::find_if(uses_, [&](const Use& use) { return use.key.covers(hour); });
  return found == uses_.end() ? nullptr : &*found;
}

void Pseudonymiser::replace(std::shared_ptr<const PseudonymTables> tables) {
  const std::lock_guard lock(mutex_);
  tables_.store(std::move(tables));
  memories_.clear();
}

void Pseudonymiser::apply(FlowBatch& batch) {
  const auto tables = tables_.load();
  if (tables == nullptr || tables->ranges().empty() || batch.empty()) return;
  auto memory = borrow(tables);
  const auto did = Pass(*tables, memory.recent, batch).run();
  {
    const std::lock_guard lock(mutex_);
    if (memory.tables == tables_.load()) memories_.push_back(std::move(memory));
  }
  const auto count = [](std::atomic<std::uint64_t>& counter, std::uint64_t times) {
    if (times != 0) counter.fetch_add(times, std::memory_order_relaxed);
  };
  count(replaced_v4_, did.replaced_v4);
  count(replaced_v6_, did.replaced_v6);
  count(embedded_, did.embedded);
  count(forged_, did.forged);
  count(without_key_, did.without_key);
}

Pseudonymiser::Memory Pseudonymiser::borrow(const std::shared_ptr<const PseudonymTables>& tables) {
  Memory memory;
  {
    const std::lock_guard lock(mutex_);
    if (!memories_.empty()) {
      memory = std::move(memories_.back());
      memories_.pop_back();
    }
  }
  // What was made with other tables is forgotten.
  if (memory.tables != tables) memory = {tables, {}};
  return memory;
}

PseudonymStatistics Pseudonymiser::statistics() const {
  return {replaced_v4_, replaced_v6_, embedded_, forged_, without_key_};
}

}  // namespace noroshi
