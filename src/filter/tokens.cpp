#include "filter/tokens.h"

#include <utility>

#include "filter/letters.h"

namespace noroshi {
namespace {

constexpr bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

constexpr bool is_in_word(char c) {
  constexpr std::string_view kSigns = "._:-/+%@*~$?{}\\;^`";
  const auto byte = static_cast<unsigned char>(c);
  return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z') || byte >= 0x80 ||
         kSigns.find(c) != std::string_view::npos;
}

constexpr std::string_view kSymbols[] = {"&&", "||", "==", "<=", ">=", "!=", "=", "<",
                                         ">",  "!",  "(",  ")",  "[",  "]",  ","};

}  // namespace

Token Tokens::take() {
  Token taken = std::move(next_);
  next_ = read();
  return taken;
}

Token Tokens::make(Token::Kind kind, std::size_t length) const {
  Token token;
  token.kind = kind;
  token.text = text_.substr(position_, length);
  token.position = position_;
  token.length = length;
  return token;
}

Token Tokens::read() {
  while (position_ < text_.size() && (is_space(text_[position_]) || text_[position_] == '#')) {
    if (text_[position_] == '#') {
      position_ = text_.find('\n', position_);
      if (position_ == std::string_view::npos) position_ = text_.size();
    } else {
      ++position_;
    }
  }
  if (position_ == text_.size()) return make(Token::Kind::kEnd, 0);

  const char first = text_[position_];
  Token token = make(Token::Kind::kUnreadable, 1);
  if (is_in_word(first)) {
    std::size_t length = 1;
    while (position_ + length < text_.size() && is_in_word(text_[position_ + length])) ++length;
    token = make(Token::Kind::kWord, length);
    token.lower = to_lower(token.text);
  } else if (first == '\'' || first == '"') {
    const auto close = text_.find(first, position_ + 1);
    if (close == std::string_view::npos) {
      token = make(Token::Kind::kUnreadable, text_.size() - position_);
    } else {
      token = make(Token::Kind::kQuoted, close + 1 - position_);
      token.text = token.text.substr(1, token.length - 2);
    }
  } else {
    for (const auto symbol : kSymbols) {
      if (text_.substr(position_).starts_with(symbol)) {
        token = make(Token::Kind::kSymbol, symbol.size());
        break;
      }
    }
  }
  position_ += token.length;
  return token;
}

}  // namespace noroshi
