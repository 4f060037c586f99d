#pragma once

#include <rapidcheck.h>

#include <array>
#include <limits>
#include <ostream>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "filter/condition.h"
#include "filter/number_words.h"
#include "model/flow_batch.h"

namespace noroshi::for_test {

/// A few addresses that rows and conditions share, so that conditions hold for some rows.
inline IpAddress some_address(std::uint32_t choice) {
  constexpr std::array<const char*, 8> kAddresses{"192.0.2.1",      "192.0.2.200", "198.51.100.7",
                                                  "10.0.0.1",       "2001:db8::1", "2001:db8::2",
                                                  "2001:db8:5::77", "::"};
  return *IpAddress::parse(kAddresses[choice % kAddresses.size()]);
}

inline rc::Gen<std::uint64_t> small_numbers(std::uint64_t highest) {
  return rc::gen::weightedOneOf<std::uint64_t>(
      {{8, rc::gen::inRange<std::uint64_t>(0, 20)},
       {1, rc::gen::just(highest)},
       {1, rc::gen::map(rc::gen::arbitrary<std::uint64_t>(),
                        [highest](std::uint64_t value) {
                          return highest == UINT64_MAX ? value : value % (highest + 1);
                        })},
       {1,
        rc::gen::element<std::uint64_t>(('J' << 8 | 'P') & highest, ('U' << 8 | 'S') & highest)}});
}

inline rc::Gen<Number> numbers() {
  return rc::gen::map(rc::gen::inRange<std::size_t>(0, all_number_words().size()),
                      [](std::size_t i) { return all_number_words()[i].number; });
}

inline rc::Gen<Prefix> prefixes() {
  return rc::gen::map(
      rc::gen::pair(rc::gen::inRange<std::uint32_t>(0, 8), rc::gen::inRange<int>(0, 129)),
      [](std::pair<std::uint32_t, int> choice) {
        const auto address = some_address(choice.first);
        const int most = address.is_v4() ? 32 : 128;
        return *Prefix::parse(address.to_string() + '/' +
                              std::to_string(choice.second % (most + 1)));
      });
}

inline rc::Gen<Condition> leaves() {
  return rc::gen::exec([]() -> Condition {
    switch (*rc::gen::inRange(0, 7)) {
      case 0:
        return {Everything{}};
      case 1:
      case 2: {
        const auto number = *numbers();
        return {NumberIs{number, static_cast<Comparison>(*rc::gen::inRange(0, 5)),
                         *small_numbers(words_of(number).highest)}};
      }
      case 3: {
        const auto number = *numbers();
        const auto values =
            *rc::gen::container<std::set<std::uint64_t>>(small_numbers(words_of(number).highest));
        return {NumberIn{number, {values.begin(), values.end()}}};
      }
      case 4:
        return {AddressIn{static_cast<AddressColumn>(*rc::gen::inRange(0, 6)),
                          *rc::gen::container<std::vector<Prefix>>(prefixes())}};
      case 5:
        return {FlagsAre{*rc::gen::arbitrary<std::uint8_t>(), *rc::gen::arbitrary<std::uint8_t>()}};
      default:
        return {FamilyIs{*rc::gen::arbitrary<bool>()}};
    }
  });
}

/// Conditions as a filter can say them: AllOf and AnyOf of at least two parts.
inline rc::Gen<Condition> conditions(int levels = 4) {
  return rc::gen::exec([levels]() -> Condition {
    const int form = levels <= 1 ? 0 : *rc::gen::inRange(0, 5);
    if (form < 2) return *leaves();
    std::vector<Condition> parts;
    const int count = form == 4 ? 1 : *rc::gen::inRange(2, 4);
    for (int i = 0; i < count; ++i) parts.push_back(*conditions(levels - 1));
    if (form == 2) return {AllOf{std::move(parts)}};
    if (form == 3) return {AnyOf{std::move(parts)}};
    return {NoneOf{std::move(parts)}};
  });
}

/// Rows whose values are those that the conditions above ask for.
inline rc::Gen<FlowBatch> batches() {
  return rc::gen::exec([] {
    FlowBatch batch(8);
    const auto rows = *rc::gen::inRange<std::size_t>(0, 40);
    for (std::size_t i = 0; i < rows; ++i) {
      const auto row = batch.append(1);
      const auto number = [](auto& value) {
        using T = std::remove_reference_t<decltype(value)>;
        value = static_cast<T>(*small_numbers(std::numeric_limits<T>::max()));
      };
      const auto set = [&]<typename T>(std::span<T> column) {
        if constexpr (std::is_same_v<T, IpAddress>) {
          column[row] = some_address(*rc::gen::inRange<std::uint32_t>(0, 8));
        } else {
          number(column[row]);
        }
      };
#define NOROSHI_SET(name, type) set(batch.mutable_##name());
      NOROSHI_FLOW_FIELDS(NOROSHI_SET)
#undef NOROSHI_SET
      if (*rc::gen::arbitrary<bool>()) batch.mutable_protocol()[row] = 6;
    }
    return batch;
  });
}

}  // namespace noroshi::for_test

namespace noroshi {
void showValue(const Condition& condition, std::ostream& out);
}
