#pragma once

#include <string>
#include <string_view>

namespace noroshi {

/// What nfdump can ask for and our flows have no field for: what the word (in lower case) means, as
/// the end of a sentence, or nothing for a word that is none of these.
[[nodiscard]] std::string_view not_kept(std::string_view word);

/// For a word that begins no term but is a value of one ("tcp", "192.0.2.1", "https"): "; write
/// 'proto tcp'". Nothing for other words.
[[nodiscard]] std::string term_for_value(std::string_view word);

}  // namespace noroshi
