#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "question/question.h"
#include "question/selection.h"

namespace noroshi {

/// How the keys of a question are packed into 64-bit words, so that packed keys compare, word by
/// word, as the keys do value by value. An address takes two words of its own; neighbouring
/// numbers share a word. With a step the first word is the start of the step a row's `last` lies
/// in.
class KeyColumns {
 public:
  explicit KeyColumns(std::vector<Key> keys, std::optional<std::uint64_t> step = std::nullopt);

  [[nodiscard]] std::size_t words() const { return words_; }
  /// True for one key of at most 16 bits: packed keys are then below 65,536.
  [[nodiscard]] bool is_small() const { return small_; }
  /// How often a row counts: 2 for an either-side element.
  [[nodiscard]] std::size_t sides() const { return sides_; }

  /// The keys of the selected rows, words() for each, seen from one side (0 or 1).
  void pack(const Selection& selection, std::size_t side, std::vector<std::uint64_t>& packed) const;
  /// The values of one packed key, the step's first.
  [[nodiscard]] std::vector<KeyValue> unpack(std::span<const std::uint64_t> packed) const;

 private:
  struct Place {
    Key key;
    std::size_t word = 0;
    unsigned shift = 0;  ///< of a number: bits to its right
    unsigned width = 0;  ///< of a number, in bits; 0 for an address
  };

  std::vector<Place> places_;
  std::optional<std::uint64_t> step_;
  std::size_t words_ = 0;
  std::size_t sides_ = 1;
  bool small_ = false;
};

}  // namespace noroshi
