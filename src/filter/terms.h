#pragma once

#include "base/result.h"
#include "filter/condition.h"
#include "filter/sides.h"
#include "filter/term_words.h"
#include "filter/tokens.h"
#include "filter/values.h"

namespace noroshi {

/// Reads one term of a filter, "src port > 1023": what stands between and, or, not and parentheses.
class Terms {
 public:
  Terms(Tokens& tokens, Values& values) : tokens_(tokens), values_(values) {}

  /// `negated`: an odd number of nots stands before the term, which changes what `flags` means.
  [[nodiscard]] Result<Condition> read(bool negated);

 private:
  struct Qualifier {
    Side side = Side::kUnsaid;
    bool in_out = false;  ///< by "in" or "out", not "src" or "dst"
    Token token;
  };
  [[nodiscard]] Qualifier read_qualifier();
  [[nodiscard]] Result<Condition> read_word(const TermWord& word, const Qualifier& qualifier,
                                            bool negated);
  [[nodiscard]] Result<Condition> read_number_term(Side side, Number first, Number second);
  [[nodiscard]] Result<Condition> read_address_term(Side side, AddressColumn first,
                                                    AddressColumn second, bool network);
  [[nodiscard]] Result<Condition> read_flags(bool negated);
  [[nodiscard]] Result<Condition> read_direction();
  [[nodiscard]] Result<Condition> read_icmp(Number number);
  [[nodiscard]] Result<Condition> read_event(const Token& word);
  [[nodiscard]] Result<Condition> read_column();
  [[nodiscard]] Result<Condition> read_observation();
  [[nodiscard]] Result<Condition> read_hop(AddressColumn column, const Token& word);
  [[nodiscard]] Result<Condition> read_exporter(bool or_address);
  [[nodiscard]] Result<Condition> read_tag(Side side);
  [[nodiscard]] Result<Condition> read_service(Side side);
  [[nodiscard]] Result<Condition> read_interface_term(Side side);
  [[nodiscard]] Result<Condition> read_interface_list(Side side);
  [[nodiscard]] Result<Condition> read_boundary(Side side);
  [[nodiscard]] tl::unexpected<Error> unknown(const Token& token, const Qualifier& qualifier) const;

  Tokens& tokens_;
  Values& values_;
};

}  // namespace noroshi
