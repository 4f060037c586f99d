#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace noroshi {

/// One piece of a filter text.
struct Token {
  enum class Kind : std::uint8_t {
    kWord,        ///< letters, digits and what stands inside addresses, networks and times
    kQuoted,      ///< 'a name' or "a name"; `text` is without the quotes
    kSymbol,      ///< ( ) [ ] , = == < <= > >= && || ! !=
    kUnreadable,  ///< a quote that is never closed, a control character, & or | alone
    kEnd,
  };
  Kind kind = Kind::kEnd;
  std::string_view text;
  std::string lower;         ///< of a word: in lower case, as keywords are compared
  std::size_t position = 0;  ///< of its first byte in the filter
  std::size_t length = 0;    ///< with quotes

  [[nodiscard]] bool is_word(std::string_view word) const {
    return kind == Kind::kWord && lower == word;
  }
  [[nodiscard]] bool is_symbol(std::string_view symbol) const {
    return kind == Kind::kSymbol && text == symbol;
  }
  [[nodiscard]] bool is_and() const { return is_word("and") || is_symbol("&&"); }
  [[nodiscard]] bool is_or() const { return is_word("or") || is_symbol("||"); }
  [[nodiscard]] bool is_not() const { return is_word("not") || is_symbol("!"); }
};

/// Cuts a filter into tokens from front to back, leaving out spaces and comments (# to the end of
/// the line). Cheap to copy, which is how a reader looks further ahead than one token. Holds a
/// view: the text must outlive it and its tokens.
class Tokens {
 public:
  explicit Tokens(std::string_view text) : text_(text), next_(read()) {}

  [[nodiscard]] const Token& peek() const { return next_; }
  /// The next token, moving past it; at the end always kEnd.
  Token take();
  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  [[nodiscard]] Token read();
  [[nodiscard]] Token make(Token::Kind kind, std::size_t length) const;

  std::string_view text_;
  std::size_t position_ = 0;
  Token next_;
};

}  // namespace noroshi
