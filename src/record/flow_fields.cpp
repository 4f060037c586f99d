#include "record/flow_fields.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <concepts>
#include <optional>

#include "net/endpoint.h"
#include "record/text_values.h"

namespace noroshi {
namespace {

constexpr std::uint64_t kMillisecondsOfDay = 86'400'000;
constexpr std::uint64_t kLastPrintable = 253'402'300'799'999;  // 9999-12-31T23:59:59.999Z

enum class Form { kNumber, kTime, kAddress, kProtocol, kTcpFlags, kKind, kDirection };

/// Which form a field takes follows from its type, and for bytes with a meaning from its name.
template <typename T>
constexpr Form form_of(std::string_view name) {
  if (std::same_as<T, IpAddress>) return Form::kAddress;
  if (name == "first" || name == "last" || name == "received") return Form::kTime;
  if (name == "protocol") return Form::kProtocol;
  if (name == "tcp_flags" || name == "reverse_tcp_flags") return Form::kTcpFlags;
  if (name == "kind") return Form::kKind;
  if (name == "direction") return Form::kDirection;
  return Form::kNumber;
}

constexpr std::array<std::string_view, 3> kKinds{"unidirectional", "bidirectional", "event"};
constexpr std::array<std::string_view, 3> kDirections{"unknown", "ingress", "egress"};
constexpr std::string_view kFlagLetters = "FSRPAUEC";  // bit 0 to bit 7

void print_digits(unsigned value, int width, std::string& out) {
  std::array<char, 4> digits{};
  for (int i = width; i-- > 0; value /= 10)
    digits[static_cast<std::size_t>(i)] = static_cast<char>('0' + value % 10);
  out.append(digits.data(), static_cast<std::size_t>(width));
}

template <std::size_t count>
void print_word(const std::array<std::string_view, count>& words, std::uint8_t value,
                std::string& out) {
  if (value < count)
    out += words[value];
  else
    print_unsigned(value, out);
}

template <std::size_t count>
std::optional<std::uint8_t> parse_word(const std::array<std::string_view, count>& words,
                                       std::string_view text) {
  const auto found = std::ranges::find(words, text);
  if (found != words.end()) return static_cast<std::uint8_t>(found - words.begin());
  return parse_unsigned<std::uint8_t>(text);
}

std::optional<std::uint8_t> parse_flags(std::string_view text) {
  std::uint8_t flags = 0;
  for (const char letter : text) {
    const auto bit = kFlagLetters.find(letter);
    if (bit == std::string_view::npos) return std::nullopt;
    flags = static_cast<std::uint8_t>(flags | 1u << bit);
  }
  return flags;
}

std::optional<std::uint64_t> parse_time(std::string_view text) {
  if (const auto microseconds = parse_date_time(text)) return *microseconds / 1000;
  return parse_unsigned<std::uint64_t>(text);
}

std::optional<std::uint8_t> parse_protocol_number(std::string_view text) {
  if (text == "tcp") return kTcp.value;
  if (text == "udp") return kUdp.value;
  const auto protocol = parse_protocol(text);
  return protocol ? std::optional(protocol->value) : std::nullopt;
}

template <Form form, typename T>
void print_value(const T& value, std::string& out) {
  if constexpr (form == Form::kAddress) {
    if (!value.is_none()) print_address(value, out);
  } else if constexpr (form == Form::kTime) {
    if (value != 0) print_date_time(value, 'T', out);
  } else if constexpr (form == Form::kProtocol) {
    print_protocol(value, out);
  } else if constexpr (form == Form::kTcpFlags) {
    for (std::size_t bit = 0; bit < kFlagLetters.size(); ++bit)
      if ((value >> bit & 1) != 0) out += kFlagLetters[bit];
  } else if constexpr (form == Form::kKind) {
    print_word(kKinds, value, out);
  } else if constexpr (form == Form::kDirection) {
    print_word(kDirections, value, out);
  } else {
    print_unsigned(value, out);
  }
}

template <Form form, typename T>
std::optional<T> parse_value(std::string_view text) {
  if constexpr (form == Form::kAddress) {
    return parse_address(text);
  } else if constexpr (form == Form::kTime) {
    return parse_time(text);
  } else if constexpr (form == Form::kProtocol) {
    return parse_protocol_number(text);
  } else if constexpr (form == Form::kTcpFlags) {
    return parse_flags(text);
  } else if constexpr (form == Form::kKind) {
    return parse_word(kKinds, text);
  } else if constexpr (form == Form::kDirection) {
    return parse_word(kDirections, text);
  } else {
    return parse_unsigned<T>(text);
  }
}

#define NOROSHI_FLOW_FIELD(field, type)                                        \
  FlowTextField{                                                               \
      .name = #field,                                                          \
      .is_number = form_of<type>(#field) == Form::kNumber,                     \
      .print =                                                                 \
          [](const FlowBatch& batch, std::size_t row, std::string& out) {      \
            print_value<form_of<type>(#field), type>(batch.field()[row], out); \
          },                                                                   \
      .parse =                                                                 \
          [](std::string_view text, FlowBatch& batch, std::size_t row) {       \
            if (text.empty()) return true;                                     \
            const auto value = parse_value<form_of<type>(#field), type>(text); \
            if (!value) return false;                                          \
            if (*value != type{}) batch.mutable_##field()[row] = *value;       \
            return true;                                                       \
          },                                                                   \
  },
constexpr std::array kFields{NOROSHI_FLOW_FIELDS(NOROSHI_FLOW_FIELD)};
#undef NOROSHI_FLOW_FIELD

}  // namespace

std::span<const FlowTextField> flow_text_fields() { return kFields; }

const FlowTextField* find_flow_field(std::string_view name) {
  const auto found = std::ranges::find(kFields, name, &FlowTextField::name);
  return found == kFields.end() ? nullptr : &*found;
}

void print_unsigned(std::uint64_t value, std::string& out) {
  if (value < 10) {
    out += static_cast<char>('0' + value);
    return;
  }
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

void print_address(const IpAddress& address, std::string& out) {
  if (!address.is_v4()) {
    out += address.to_string();
    return;
  }
  for (int shift = 24; shift >= 0; shift -= 8) {
    print_unsigned(address.v4() >> shift & 0xff, out);
    if (shift != 0) out += '.';
  }
}

void print_date_time(std::uint64_t unix_milliseconds, char separator, std::string& out) {
  if (unix_milliseconds > kLastPrintable) return print_unsigned(unix_milliseconds, out);
  const std::chrono::sys_days day{
      std::chrono::days(static_cast<int>(unix_milliseconds / kMillisecondsOfDay))};
  const std::chrono::year_month_day date(day);
  const auto time = static_cast<unsigned>(unix_milliseconds % kMillisecondsOfDay);
  print_digits(static_cast<unsigned>(static_cast<int>(date.year())), 4, out);
  out += '-';
  print_digits(static_cast<unsigned>(date.month()), 2, out);
  out += '-';
  print_digits(static_cast<unsigned>(date.day()), 2, out);
  out += separator;
  print_digits(time / 3'600'000, 2, out);
  out += ':';
  print_digits(time / 60'000 % 60, 2, out);
  out += ':';
  print_digits(time / 1000 % 60, 2, out);
  out += '.';
  print_digits(time % 1000, 3, out);
  if (separator == 'T') out += 'Z';
}

void print_protocol(std::uint8_t protocol, std::string& out) {
  if (protocol == kTcp.value) {
    out += "tcp";
  } else if (protocol == kUdp.value) {
    out += "udp";
  } else {
    out += to_string(Protocol{protocol});
  }
}

}  // namespace noroshi
