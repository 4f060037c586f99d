// The terms about interfaces: `if` and `direction`.

#include <algorithm>
#include <utility>

#include "filter/interface_sets.h"
#include "filter/sides.h"
#include "filter/terms.h"

namespace noroshi {
namespace {

constexpr auto kIn = Number::kInputInterface;
constexpr auto kOut = Number::kOutputInterface;

}  // namespace

Result<Condition> Terms::read_interface_term(Side side) {
  if (values_.begins_list()) return read_interface_list(side);
  const Token at = tokens_.peek();
  const auto comparison = TRY(values_.read_comparison());
  if (!values_.begins_name()) {
    const auto value = TRY(values_.read_value(kIn));
    return on_sides(side, kIn, kOut, [&](Number number) {
      return Condition{NumberIs{number, comparison, value}};
    });
  }
  if (comparison != Comparison::kEqual)
    return values_.wrong(at, "names of interfaces have no order: a number is compared");
  const auto sets = TRY(values_.read_interface());
  // Two columns hold the sets twice.
  if (side == Side::kUnsaid) TRY(values_.take_room(at, values_in(sets)));
  return on_sides(side, kIn, kOut, [&](Number number) { return interface_in(number, sets); });
}

Result<Condition> Terms::read_interface_list(Side side) {
  const Token at = tokens_.peek();
  std::vector<std::uint64_t> numbers;
  std::vector<std::vector<InterfaceSet>> named;
  while (!tokens_.peek().is_symbol("]")) {
    const Token next = tokens_.peek();
    TRY(values_.take_room(next, 1));
    if (next.kind == Token::Kind::kEnd) return values_.expected(next, "']' at the end of the list");
    if (values_.begins_name())
      named.push_back(TRY(values_.read_interface()));
    else
      numbers.push_back(TRY(values_.read_value(kIn)));
    if (tokens_.peek().is_symbol(",")) (void)tokens_.take();
  }
  (void)tokens_.take();
  std::ranges::sort(numbers);
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  std::size_t values = numbers.size();
  for (const auto& sets : named) values += values_in(sets);
  if (side == Side::kUnsaid) TRY(values_.take_room(at, values));
  return on_sides(side, kIn, kOut, [&](Number number) {
    AnyOf any;
    if (!numbers.empty() || named.empty()) any.parts.push_back({NumberIn{number, numbers}});
    for (const auto& sets : named) any.parts.push_back(interface_in(number, sets));
    return any.parts.size() == 1 ? std::move(any.parts.front()) : Condition{std::move(any)};
  });
}

Result<Condition> Terms::read_boundary(Side side) {
  const Token what = tokens_.take();
  const bool external = what.is_word("external");
  if (what.is_word("ingress") || what.is_word("egress"))
    return values_.wrong(what, "write 'dir ingress' or 'dir egress' for what exporters state");
  if (!external && !what.is_word("internal"))
    return values_.expected(what, "'external' or 'internal', as in 'direction external'");
  const auto sets = TRY(values_.external_interfaces(what));
  TRY(values_.take_room(what, 2 * values_in(sets)));  // the other column, and the exporters
  auto crosses =
      on_sides(side, kIn, kOut, [&](Number number) { return interface_in(number, sets); });
  if (external) return crosses;
  // Of exporters without a configured boundary nobody knows what is internal.
  NoneOf none;
  none.parts.push_back(std::move(crosses));
  AllOf all;
  all.parts.push_back(exporter_of(sets));
  all.parts.push_back({std::move(none)});
  return Condition{std::move(all)};
}

}  // namespace noroshi
