#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "filter/fault.h"
#include "filter/interface_sets.h"
#include "filter/number_words.h"
#include "filter/parse.h"
#include "filter/tokens.h"

namespace noroshi {

/// Reads the values inside a filter (numbers, names, times, addresses, networks and lists of them)
/// and makes the errors that point at them. Counts values against kMostFilterValues.
class Values {
 public:
  Values(Tokens& tokens, const FilterVocabulary& vocabulary, Timestamp now)
      : tokens_(tokens), vocabulary_(vocabulary), now_(now) {}

  /// A name that a number may be written as: "create" for 1.
  struct Name {
    std::string_view name;
    std::uint64_t value;
  };

  /// A value of `number` as people write it: a protocol by name, a country by its letters, a time,
  /// an event by name, else read_number().
  [[nodiscard]] Result<std::uint64_t> read_value(Number number);
  /// "42", "0x2a", "10k" (k, m, g, t: powers of 1000), up to `highest`.
  [[nodiscard]] Result<std::uint64_t> read_number(std::string_view what, std::uint64_t highest);
  [[nodiscard]] Result<std::uint64_t> read_name(std::string_view what, std::span<const Name> names);
  /// One address, as a prefix of its full length.
  [[nodiscard]] Result<Prefix> read_address();
  /// "192.0.2.0/24", "192.0.2.0 255.255.255.0", "172.16/12", "2001:db8::/32".
  [[nodiscard]] Result<Prefix> read_network();
  /// A name or quoted name of the vocabulary: its ranges.
  [[nodiscard]] Result<std::vector<Prefix>> read_tag();
  /// The addresses of an exporter by name; with `or_address` also an address or a network.
  [[nodiscard]] Result<std::vector<Prefix>> read_exporter(bool or_address);

  /// True where a name, not a number, stands next.
  [[nodiscard]] bool begins_name() const;
  /// A name or quoted name of interfaces, or their description, on any exporter.
  [[nodiscard]] Result<std::vector<InterfaceSet>> read_interface();
  /// The interfaces that the configuration calls external; fails, pointing at `token`, where it
  /// calls none so.
  [[nodiscard]] Result<std::vector<InterfaceSet>> external_interfaces(const Token& token);

  /// "in [": moves past both and is true, or moves nothing and is false.
  [[nodiscard]] bool begins_list();
  /// The rest of a list after "[", separated by spaces or commas; numbers sorted, each once.
  [[nodiscard]] Result<std::vector<std::uint64_t>> read_value_list(Number number);
  using ReadOne = std::function<Result<std::uint64_t>()>;
  [[nodiscard]] Result<std::vector<std::uint64_t>> read_list(const ReadOne& read_one);
  [[nodiscard]] Result<std::vector<Prefix>> read_address_list();

  /// Takes the comparison that stands next; kEqual when none does.
  [[nodiscard]] Result<Comparison> read_comparison();

  [[nodiscard]] tl::unexpected<Error> wrong(const Token& token, std::string_view reason) const;
  /// "expected WHAT, found 'x'" or "… but the filter ends here".
  [[nodiscard]] tl::unexpected<Error> expected(const Token& token, std::string_view what) const;
  /// Fails with kLimit when `count` more values are too many.
  [[nodiscard]] Status take_room(const Token& token, std::size_t count);

 private:
  [[nodiscard]] Result<std::uint64_t> read_country();
  [[nodiscard]] Result<std::uint64_t> read_protocol();
  [[nodiscard]] Result<std::uint64_t> read_time();
  [[nodiscard]] Result<Prefix> read_masked(const Token& address, const Token& mask);

  Tokens& tokens_;
  const FilterVocabulary& vocabulary_;
  Timestamp now_;
  std::size_t values_ = 0;
};

}  // namespace noroshi
