#include "filter/print.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <iterator>
#include <optional>
#include <string_view>

#include "base/time.h"
#include "filter/number_words.h"

namespace noroshi {
namespace {

constexpr std::uint64_t kEndOfYear9999 = 253'402'300'800'000;

std::string_view sign_of(Comparison comparison) {
  switch (comparison) {
    case Comparison::kEqual:
      return "=";
    case Comparison::kLess:
      return "<";
    case Comparison::kGreater:
      return ">";
    case Comparison::kLessOrEqual:
      return "<=";
    case Comparison::kGreaterOrEqual:
      return ">=";
  }
  return "=";
}

/// As it stands behind the number's own phrase; nullopt where that has no way to say it.
std::optional<std::string> value_text(Number number, std::uint64_t value) {
  if (words_of(number).phrase.empty()) return std::nullopt;
  if (is_time(number)) {
    if (value >= kEndOfYear9999) return std::nullopt;
    return to_rfc3339(from_unix_milliseconds(value));
  }
  if (is_country(number)) {
    const std::string letters{static_cast<char>(value >> 8 & 0xff),
                              static_cast<char>(value & 0xff)};
    const auto is_letter = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (value > UINT16_MAX || !std::ranges::all_of(letters, is_letter)) return std::nullopt;
    return letters;
  }
  return std::to_string(value);
}

class Printer {
 public:
  void print(const Condition& condition, bool negated, bool inside) {
    std::visit([&](const auto& node) { print(node, negated, inside); }, condition.node);
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  template <typename... Arguments>
  void write(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Arguments>(arguments)...);
  }

  void print(const Everything&, bool, bool) { write("any"); }

  void print(const NumberIs& is, bool, bool) {
    const auto& words = words_of(is.number);
    const auto text = value_text(is.number, is.value);
    if (text && !(is_country(is.number) && is.comparison != Comparison::kEqual)) {
      write("{} {} {}", words.phrase, sign_of(is.comparison), *text);
    } else {
      write("column {} {} {}", words.column, sign_of(is.comparison), is.value);
    }
  }

  void print(const NumberIn& in, bool, bool) {
    const auto& words = words_of(in.number);
    const bool has_texts =
        !words.phrase.empty() && std::ranges::all_of(in.values, [&](std::uint64_t value) {
          return value_text(in.number, value).has_value();
        });
    if (has_texts) {
      write("{} in [", words.phrase);
    } else {
      write("column {} in [", words.column);
    }
    for (const auto value : in.values)
      write(" {}", has_texts ? *value_text(in.number, value) : std::to_string(value));
    write(" ]");
  }

  void print(const AddressIn& in, bool, bool) {
    const auto& words = words_of(in.column);
    const auto is_whole = [](const Prefix& prefix) {
      return prefix.length() == (prefix.address().is_of_v4() ? 32 : 128);
    };
    const auto text = [&](const Prefix& prefix) {
      return is_whole(prefix) ? prefix.address().to_string() : prefix.to_string();
    };
    if (in.prefixes.size() == 1) {
      const auto& prefix = in.prefixes.front();
      write("{} {}", is_whole(prefix) ? words.address : words.network, text(prefix));
      return;
    }
    write("{} in [", words.address);
    for (const auto& prefix : in.prefixes) write(" {}", text(prefix));
    write(" ]");
  }

  void print(const FlagsAre& are, bool negated, bool) {
    // After a not, several letters would mean any of them.
    if (are.mask != are.value || are.mask == 0 || (negated && std::popcount(are.mask) > 1)) {
      write("flags {} mask {}", are.value, are.mask);
      return;
    }
    constexpr std::string_view kLetters = "FSRPAUEC";
    write("flags ");
    for (std::size_t bit = 0; bit < kLetters.size(); ++bit)
      if ((are.mask >> bit & 1) != 0) text_ += kLetters[bit];
  }

  void print(const FamilyIs& is, bool, bool) { write("{}", is.v6 ? "inet6" : "inet"); }

  void print(const AllOf& all, bool negated, bool inside) {
    print_chain(all.parts, " and ", "any", negated, inside);
  }
  void print(const AnyOf& any, bool negated, bool inside) {
    print_chain(any.parts, " or ", "not any", negated, inside);
  }
  void print(const NoneOf& none, bool negated, bool) {
    write("not ");
    if (none.parts.empty()) {
      write("not any");
    } else {
      print(none.parts.front(), !negated, true);
    }
  }

  void print_chain(const std::vector<Condition>& parts, std::string_view link,
                   std::string_view empty, bool negated, bool inside) {
    if (parts.empty()) {
      write("{}", empty);
      return;
    }
    if (parts.size() == 1) {
      print(parts.front(), negated, inside);
      return;
    }
    if (inside) text_ += '(';
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (i > 0) text_ += link;
      print(parts[i], negated, true);
    }
    if (inside) text_ += ')';
  }

  std::string text_;
};

}  // namespace

std::string to_string(const Condition& condition) {
  Printer printer;
  printer.print(condition, false, false);
  return printer.take();
}

}  // namespace noroshi
