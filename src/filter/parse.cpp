#include "filter/parse.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "filter/fault.h"
#include "filter/terms.h"
#include "filter/tokens.h"
#include "filter/values.h"

namespace noroshi {
namespace {

struct Size {
  std::size_t nodes = 1;
  std::size_t levels = 1;
};

/// What the parser has built, with its size.
struct Built {
  Condition condition;
  Size size;
};

Size size_of(const Condition& condition) {
  Size size;
  const auto add = [&](const std::vector<Condition>& parts) {
    for (const auto& part : parts) {
      const auto inner = size_of(part);
      size.nodes += inner.nodes;
      size.levels = std::max(size.levels, inner.levels + 1);
    }
  };
  if (const auto* all = std::get_if<AllOf>(&condition.node)) add(all->parts);
  if (const auto* any = std::get_if<AnyOf>(&condition.node)) add(any->parts);
  if (const auto* none = std::get_if<NoneOf>(&condition.node)) add(none->parts);
  return size;
}

/// Recursive descent; "or" binds loosest, then "and", then "not":
///
///     disjunction = conjunction { or conjunction }
///     conjunction = negation { and negation }
///     negation    = not negation | "(" disjunction ")" | term
class Parser {
 public:
  Parser(std::string_view text, const FilterVocabulary& vocabulary, Timestamp now)
      : tokens_(text), values_(tokens_, vocabulary, now), terms_(tokens_, values_) {}

  Result<Condition> parse() {
    if (tokens_.peek().kind == Token::Kind::kEnd) return Condition{Everything{}};
    auto built = TRY(disjunction());
    const Token& next = tokens_.peek();
    if (next.is_symbol(")")) return values_.wrong(next, "this ')' has no '('");
    if (next.kind != Token::Kind::kEnd)
      return values_.expected(next, "'and' or 'or' before another term");
    return std::move(built.condition);
  }

 private:
  Result<Built> disjunction() {
    return chain<AnyOf>([](const Token& token) { return token.is_or(); },
                        [this] { return conjunction(); });
  }
  Result<Built> conjunction() {
    return chain<AllOf>([](const Token& token) { return token.is_and(); },
                        [this] { return negation(); });
  }

  template <typename Node, typename IsLink, typename Read>
  Result<Built> chain(const IsLink& is_link, const Read& read) {
    auto first = TRY(read());
    if (!is_link(tokens_.peek())) return first;
    Size size{1 + first.size.nodes, 1 + first.size.levels};
    Node node;
    node.parts.push_back(std::move(first.condition));
    while (is_link(tokens_.peek())) {
      const Token link = tokens_.take();
      auto next = TRY(read());
      size.nodes += next.size.nodes;
      size.levels = std::max(size.levels, 1 + next.size.levels);
      TRY(check(size, link));
      node.parts.push_back(std::move(next.condition));
    }
    return Built{{std::move(node)}, size};
  }

  Result<Built> negation() {
    const Token token = tokens_.peek();
    if (token.is_not()) {
      (void)tokens_.take();
      TRY(enter(token));
      negated_ = !negated_;
      auto inner = TRY(negation());
      negated_ = !negated_;
      --depth_;
      const Size size{1 + inner.size.nodes, 1 + inner.size.levels};
      TRY(check(size, token));
      NoneOf none;
      none.parts.push_back(std::move(inner.condition));
      return Built{{std::move(none)}, size};
    }
    if (!token.is_symbol("(")) {
      auto condition = TRY(terms_.read(negated_));
      const auto size = size_of(condition);
      TRY(check(size, token));
      return Built{std::move(condition), size};
    }
    (void)tokens_.take();
    TRY(enter(token));
    auto inner = TRY(disjunction());
    --depth_;
    const Token close = tokens_.peek();
    if (close.kind == Token::Kind::kEnd) return values_.wrong(token, "this '(' is never closed");
    if (!close.is_symbol(")")) return values_.expected(close, "'and', 'or' or ')'");
    (void)tokens_.take();
    return inner;
  }

  /// One level deeper into "not" and "(": the depth of the recursion, and so of the stack.
  Status enter(const Token& token) {
    if (++depth_ <= Condition::kDeepest) return {};
    return too_large(token,
                     fmt::format("more than {} levels of 'not' and '('", Condition::kDeepest));
  }
  Status check(Size size, const Token& token) const {
    if (size.levels > Condition::kDeepest)
      return too_large(token, fmt::format("more than {} levels deep", Condition::kDeepest));
    if (size.nodes > Condition::kMostNodes)
      return too_large(token,
                       fmt::format("more than {} terms; long lists of addresses and ports go "
                                   "into 'in [ ]'",
                                   Condition::kMostNodes));
    return {};
  }
  tl::unexpected<Error> too_large(const Token& token, std::string_view reason) const {
    return tl::unexpected<Error>(
        fault_in(tokens_.text(), {token.position, token.length}, reason, ErrorCode::kLimit));
  }

  Tokens tokens_;
  Values values_;
  Terms terms_;
  std::size_t depth_ = 0;
  bool negated_ = false;
};

}  // namespace

Result<Condition> parse_filter(std::string_view text, const FilterVocabulary& vocabulary,
                               Timestamp now) {
  if (text.size() > kMostFilterBytes)
    return failure(ErrorCode::kLimit, fmt::format("the filter has {} bytes; at most {} are read",
                                                  text.size(), kMostFilterBytes));
  return Parser(text, vocabulary, now).parse();
}

}  // namespace noroshi
