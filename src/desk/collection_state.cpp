#include "desk/collection_state.h"

#include <fmt/format.h>

namespace noroshi {

Bilingual words_of(Filing::Mode mode) {
  if (mode == Filing::Mode::kTrial)
    return {"試行: 観測と判定のみを行い、行為はすべて無効です",
            "trial: observes and judges, acts are off"};
  return {"運用: 行為は、それぞれの限度の中で許されます",
          "operation: acts are allowed, each within its bounds"};
}

std::string to_lines(const CollectionState& state, Language language) {
  const bool japanese = language == Language::kJapanese;
  std::string text = state.collecting ? (japanese ? "収集しています\n" : "collecting\n")
                                      : (japanese ? "収集していません\n" : "not collecting\n");
  if (!state.failed.empty()) text += state.failed + "\n";
  text += to_lines(state.missing, language);
  if (state.mode) text += words_of(*state.mode).in(language) + "\n";
  return text;
}

}  // namespace noroshi
