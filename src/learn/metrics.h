#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace noroshi {

/// A score and the truth of one endpoint. Higher scores are more suspect.
struct Scored {
  double score = 0;
  bool positive = false;
};

/// The chance that a positive outscores a negative, ties half; 0.5 without either.
[[nodiscard]] double roc_area(std::span<const Scored> scored);

/// The area under precision over recall, as a sum of steps (average precision). Ties are one step.
/// 0 without positives.
[[nodiscard]] double average_precision(std::span<const Scored> scored);

/// At the lowest threshold that at most `rate` of the negatives reach.
struct AtFalsePositiveRate {
  double threshold = 0;
  double recall = 0;
  std::uint64_t found = 0;
  std::uint64_t positives = 0;
  std::uint64_t false_positives = 0;
};
[[nodiscard]] AtFalsePositiveRate at_false_positive_rate(std::span<const Scored> scored,
                                                         double rate);

/// Expected calibration error: the mean distance between what was said (a probability) and what
/// came true, over `bins` bins with equally many endpoints each (Nguyen and O'Connor, EMNLP 2015).
[[nodiscard]] double calibration_error(std::span<const Scored> scored, std::size_t bins);

}  // namespace noroshi
