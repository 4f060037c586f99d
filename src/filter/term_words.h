#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "filter/condition.h"

namespace noroshi {

/// A word that begins a term, after "src", "dst", "in" or "out".
struct TermWord {
  enum class Sides : std::uint8_t { kNone, kSourceDestination, kInOut };
  enum class Form : std::uint8_t {
    kAny,
    kFamily,
    kNumber,
    kAddress,
    kNetwork,
    kFlags,
    kDirection,
    kIcmpType,
    kIcmpCode,
    kEvent,
    kColumn,
    kObservation,
    kNextHop,
    kRouter,
    kExporter,
    kIdent,
    kTag,
    kService,
    kInterface,
    kBoundary,
  };
  std::string_view word;
  Form form;
  Sides sides = Sides::kNone;
  Number first = Number::kKind;  ///< of "src" or "in", or without sides
  Number second = Number::kKind;
};

/// Every word, for suggestions.
[[nodiscard]] std::span<const TermWord> term_words();
/// The entry of a word in lower case; nullptr where it begins no term.
[[nodiscard]] const TermWord* term_word(std::string_view word);

}  // namespace noroshi
