#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "filter/condition.h"
#include "filter/named_interface.h"

namespace noroshi {

/// The words of a filter whose meaning is local: names of exporters (`ident`, `exporter`), tags of
/// address ranges (`tag`) and names of interfaces (`if`), as the configuration gives them and, of
/// interfaces, as exporters announce them. Empty when nothing is.
struct FilterVocabulary {
  std::map<std::string, std::vector<Prefix>, std::less<>> exporters;
  std::map<std::string, std::vector<Prefix>, std::less<>> tags;
  std::vector<NamedInterface> interfaces;  ///< the configured ones first
};

/// Reads a filter in nfdump's language (nfdump(1) "FILTER SYNTAX"), with what is added to it:
/// `service NAME`, `[src|dst] country CC`, `[src|dst] tag NAME`, `exporter ADDRESS|NAME`, `sampling
/// N`, `[in|out] if NAME`, `[in|out] direction external|internal`, and times: `first|last [<|>]
/// now-2h | 2026-11-22T09:00[+09:00]`. docs/reference/filter.md is the whole language. An empty
/// text is Everything.
///
/// `now` is what relative times count from. Errors are kInvalidArgument, their message showing the
/// filter with a mark under the character at fault and what was expected there.
///
/// Bounded: texts of kMostFilterBytes, kMostFilterValues values and prefixes in all lists and tags
/// together, and the bounds of Condition; what is larger is kLimit. What to_string (print.h) makes
/// of a condition that was read is never too large to be read again.
[[nodiscard]] Result<Condition> parse_filter(std::string_view text,
                                             const FilterVocabulary& vocabulary, Timestamp now);

inline constexpr std::size_t kMostFilterBytes = std::size_t{16} << 20;
inline constexpr std::size_t kMostFilterValues = 250'000;

}  // namespace noroshi
