#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "guard/cases/case.h"
#include "guard/cases/case_book.h"
#include "guard/cases/reveal.h"
#include "guard/cases/reveal_book.h"

namespace noroshi {

// The JSON of docs/reference/reveal.md.

/// {"title","from","to","filter","hold"}; times in milliseconds since 1970.
[[nodiscard]] Result<CaseBook::Opening> opening_from_json(std::string_view text);
[[nodiscard]] std::string to_json(const CaseBook::Opening& opening);
/// {"case","purpose","reason","pseudonyms","moment"}; `moment` may be left out.
[[nodiscard]] Result<RevealBook::Asking> asking_from_json(std::string_view text);
[[nodiscard]] std::string to_json(const RevealBook::Asking& asking);

[[nodiscard]] std::string to_json(const Case& one);
[[nodiscard]] std::string to_json(const std::vector<Case>& cases);
[[nodiscard]] std::string to_json(const RevealRequest& request, Timestamp now);
[[nodiscard]] std::string to_json(const std::vector<RevealRequest>& requests, Timestamp now);
/// The answer to a request: the only text that holds an address behind a pseudonym.
[[nodiscard]] std::string to_json(const RevealRequest& request,
                                  const std::vector<RevealedAddress>& revealed);

}  // namespace noroshi
