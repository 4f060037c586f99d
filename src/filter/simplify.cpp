#include "filter/simplify.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

namespace noroshi {
namespace {

/// The parts with those of the same kind in their place.
template <typename Node>
void flatten_into(std::vector<Condition>& flat, const std::vector<Condition>& parts) {
  for (const auto& part : parts) {
    auto simple = simplified(part);
    if (auto* inner = std::get_if<Node>(&simple.node)) {
      std::ranges::move(inner->parts, std::back_inserter(flat));
    } else {
      flat.push_back(std::move(simple));
    }
  }
}

/// Gathers what alternatives ask of one column into one list, where there is more than one.
std::vector<Condition> gathered(std::vector<Condition> parts) {
  std::map<AddressColumn, AddressIn> addresses;
  std::map<Number, NumberIn> numbers;
  std::vector<Condition> rest;
  for (auto& part : parts) {
    if (auto* in = std::get_if<AddressIn>(&part.node)) {
      auto& all = addresses.try_emplace(in->column, AddressIn{in->column, {}}).first->second;
      std::ranges::copy(in->prefixes, std::back_inserter(all.prefixes));
    } else if (auto* among = std::get_if<NumberIn>(&part.node)) {
      auto& all = numbers.try_emplace(among->number, NumberIn{among->number, {}}).first->second;
      std::ranges::copy(among->values, std::back_inserter(all.values));
    } else if (auto* is = std::get_if<NumberIs>(&part.node);
               is != nullptr && is->comparison == Comparison::kEqual) {
      numbers.try_emplace(is->number, NumberIn{is->number, {}})
          .first->second.values.push_back(is->value);
    } else {
      rest.push_back(std::move(part));
    }
  }
  for (auto& [column, in] : addresses) rest.push_back({std::move(in)});
  for (auto& [number, in] : numbers) {
    std::ranges::sort(in.values);
    in.values.erase(std::unique(in.values.begin(), in.values.end()), in.values.end());
    if (in.values.size() == 1) {
      rest.push_back({NumberIs{number, Comparison::kEqual, in.values.front()}});
    } else {
      rest.push_back({std::move(in)});
    }
  }
  return rest;
}

}  // namespace

Condition simplified(const Condition& condition) {
  if (const auto* all = std::get_if<AllOf>(&condition.node)) {
    AllOf flat;
    flatten_into<AllOf>(flat.parts, all->parts);
    if (flat.parts.size() == 1) return std::move(flat.parts.front());
    return {std::move(flat)};
  }
  if (const auto* any = std::get_if<AnyOf>(&condition.node)) {
    AnyOf flat;
    flatten_into<AnyOf>(flat.parts, any->parts);
    flat.parts = gathered(std::move(flat.parts));
    if (flat.parts.size() == 1) return std::move(flat.parts.front());
    return {std::move(flat)};
  }
  if (const auto* none = std::get_if<NoneOf>(&condition.node)) {
    NoneOf simple;
    for (const auto& part : none->parts) simple.parts.push_back(simplified(part));
    return {std::move(simple)};
  }
  return condition;
}

}  // namespace noroshi
