#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/evidence.h"

namespace noroshi {

/// One sentence in the two languages of the product.
struct Sentence {
  std::string ja;
  std::string en;
};

/// The sentence of a piece of evidence, its arguments filled in.
[[nodiscard]] Sentence sentence_of(const Evidence& evidence);

/// The same for evidence that may be of another version of the program: nothing where this one does
/// not know the code, or the sentence needs an argument that is not there.
[[nodiscard]] std::optional<Sentence> sentence_if_known(const Evidence& evidence);
[[nodiscard]] std::optional<Sentence> sentence_if_known(std::string_view code);

/// The sentence of a bare code: what would change a verdict, what could not be judged. An unknown
/// code is a bug.
[[nodiscard]] Sentence sentence_of(std::string_view code);

}  // namespace noroshi
