#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "model/flow_batch.h"

namespace noroshi {

/// How a field of FlowBatch is written in our CSV and JSON (docs/reference/flow-formats.md). Made
/// from NOROSHI_FLOW_FIELDS: a field added there is written and read without a change here.
///
/// Every value reads back exactly as it was; values have no quotes, commas or backslashes.
struct FlowTextField {
  std::string_view name;
  /// True where JSON writes a bare number; words, times and addresses are strings, empty ones null.
  bool is_number = false;
  /// Appends the value of one row; appends nothing for a time or an address that is not known.
  void (*print)(const FlowBatch& batch, std::size_t row, std::string& out) = nullptr;
  /// Sets the value of one row; empty text leaves it zero. False when the text is not a value of
  /// this field, and then the row is as it was.
  bool (*parse)(std::string_view text, FlowBatch& batch, std::size_t row) = nullptr;
};

/// All fields, in the order of FlowBatch.
[[nodiscard]] std::span<const FlowTextField> flow_text_fields();
/// The field of that name; nullptr when there is none.
[[nodiscard]] const FlowTextField* find_flow_field(std::string_view name);

/// Pieces that other text forms share. Each appends to `out`.
void print_unsigned(std::uint64_t value, std::string& out);
void print_address(const IpAddress& address, std::string& out);
/// "2026-11-22T00:00:00.123Z", or with `separator` between date and time and without a zone.
void print_date_time(std::uint64_t unix_milliseconds, char separator, std::string& out);
void print_protocol(std::uint8_t protocol, std::string& out);

}  // namespace noroshi
