#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "filter/condition.h"
#include "net/prefix.h"

namespace noroshi {

/// What it means for filters that addresses of some ranges are stored as pseudonyms. A plain value;
/// safe to read from several threads.
class SubscriberFilter {
 public:
  SubscriberFilter() = default;
  /// A range within another adds nothing.
  explicit SubscriberFilter(const std::vector<Prefix>& ranges);

  /// The filter that finds the same flows where subscribers are stored as pseudonyms: a prefix
  /// that contains or equals a range takes the range's pseudonyms too. kPermission for a prefix of
  /// addresses inside a range: which subscriber that is, only a reveal may say. Next hops and
  /// addresses after NAT are subscribers' as well; exporters are not.
  [[nodiscard]] Result<Condition> narrowed(const Condition& filter) const;

  /// The filter for the audit, where it is refused: prefixes inside a range become that range.
  [[nodiscard]] Condition without_subscribers(const Condition& filter) const;

  /// True for a prefix of pseudonyms that tells lines of one range apart.
  [[nodiscard]] bool names_single_lines(const Condition& filter) const;

 private:
  [[nodiscard]] std::optional<Prefix> range_around(const Prefix& prefix) const;

  std::vector<Prefix> ranges_;
};

}  // namespace noroshi
