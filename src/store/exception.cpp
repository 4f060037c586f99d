#include "store/exception.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace noroshi {
namespace {

// Numbers from ClickHouse's ErrorCodes.cpp, the same since 18.16.
constexpr std::array kMayGetBetter = {
    75,   // CANNOT_WRITE_TO_FILE_DESCRIPTOR: disk full
    76,   // CANNOT_OPEN_FILE
    202,  // TOO_MANY_SIMULTANEOUS_QUERIES
    241,  // MEMORY_LIMIT_EXCEEDED
    243,  // NOT_ENOUGH_SPACE
    252,  // TOO_MANY_PARTS
    439,  // CANNOT_SCHEDULE_TASK
};
constexpr std::array kNotThere = {
    60,  // UNKNOWN_TABLE
    81,  // UNKNOWN_DATABASE
};
constexpr std::array kRefused = {
    6,    // CANNOT_PARSE_TEXT
    10,   // NOT_FOUND_COLUMN_IN_BLOCK
    16,   // NO_SUCH_COLUMN_IN_TABLE
    36,   // BAD_ARGUMENTS
    42,   // NUMBER_OF_ARGUMENTS_DOESNT_MATCH
    43,   // ILLEGAL_TYPE_OF_ARGUMENT
    44,   // ILLEGAL_COLUMN
    46,   // UNKNOWN_FUNCTION
    47,   // UNKNOWN_IDENTIFIER
    48,   // NOT_IMPLEMENTED
    50,   // UNKNOWN_TYPE
    53,   // TYPE_MISMATCH
    57,   // TABLE_ALREADY_EXISTS
    62,   // SYNTAX_ERROR
    70,   // CANNOT_CONVERT_TYPE
    115,  // UNKNOWN_SETTING
    164,  // READONLY
    497,  // ACCESS_DENIED
};

int code_of(std::string_view text) {
  constexpr std::string_view kMark = "Code: ";
  const auto mark = text.find(kMark);
  int code = 0;
  if (mark == std::string_view::npos) return code;
  const auto digits = text.substr(mark + kMark.size());
  std::from_chars(digits.data(), digits.data() + digits.size(), code);
  return code;
}

}  // namespace

Error error_of_exception(std::string_view text) {
  const auto is_one_of = [code = code_of(text)](const auto& codes) {
    return std::find(codes.begin(), codes.end(), code) != codes.end();
  };
  auto kind = ErrorCode::kUnclear;
  if (is_one_of(kMayGetBetter)) kind = ErrorCode::kUnavailable;
  if (is_one_of(kNotThere)) kind = ErrorCode::kNotFound;
  if (is_one_of(kRefused)) kind = ErrorCode::kInvalidArgument;
  auto message = text.substr(0, text.find('\n'));
  message = message.substr(0, message.find(", Stack trace"));
  return Error{kind, "the engine says: " + std::string(message)};
}

}  // namespace noroshi
