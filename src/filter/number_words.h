#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "filter/condition.h"

namespace noroshi {

/// How a filter speaks of a number.
struct NumberWords {
  Number number;
  /// What asks for this number and nothing else, "src port"; empty where only "column NAME" does.
  std::string_view phrase;
  /// The name after "column", as FlowBatch has it; for numbers that follow from others, one alike.
  std::string_view column;
  /// The largest value a row can have.
  std::uint64_t highest;
};

/// One entry for each Number, in their order.
[[nodiscard]] std::span<const NumberWords> all_number_words();
[[nodiscard]] const NumberWords& words_of(Number number);

[[nodiscard]] constexpr bool is_time(Number number) {
  return number == Number::kFirst || number == Number::kLast || number == Number::kReceived;
}
[[nodiscard]] constexpr bool is_country(Number number) {
  return number == Number::kSourceCountry || number == Number::kDestinationCountry;
}

/// How a filter asks for an address: one ("src ip", also before "in [ ]") or a network ("src net").
struct AddressWords {
  AddressColumn column;
  std::string_view address;
  std::string_view network;
};
[[nodiscard]] const AddressWords& words_of(AddressColumn column);

}  // namespace noroshi
