// Whatever a question holds, the SQL made of it is constants of the program, whole numbers and
// unhex('…') of hexadecimal digits, with every bracket closed: no value becomes more than one
// literal. The input decides the question; the text is then taken apart by a tokeniser of its own.

#include <array>
#include <cctype>
#include <cstdint>
#include <string_view>

#include "base/byte_reader.h"
#include "base/check.h"
#include "store/contact_table.h"
#include "store/rollup_sql.h"
#include "store/sql/question_sql.h"

namespace noroshi {
namespace {

IpAddress address_of(ByteReader& reader) {
  std::array<std::byte, 16> bytes{};
  const auto read = reader.read_bytes(bytes.size());
  std::copy(read.begin(), read.end(), bytes.begin());
  return IpAddress::from_bytes(bytes);
}

Prefix prefix_of(ByteReader& reader) {
  const auto address = address_of(reader);
  const auto bits = reader.read_u8() % (address.is_v4() ? 33 : 129);
  const auto prefix = Prefix::parse(address.to_string() + "/" + std::to_string(bits));
  CHECK(prefix.has_value());
  return *prefix;
}

Condition condition_of(ByteReader& reader, int levels) {
  const auto some = [&] {
    std::vector<Condition> parts;
    for (int count = reader.read_u8() % 4; count > 0; --count)
      parts.push_back(condition_of(reader, levels - 1));
    return parts;
  };
  const auto number = [&] {
    return static_cast<Number>(reader.read_u8() % (static_cast<int>(Number::kEndReason) + 1));
  };
  switch (reader.read_u8() % (levels > 0 ? 9 : 6)) {
    case 0:
      return {NumberIs{number(), static_cast<Comparison>(reader.read_u8() % 5), reader.read_u64()}};
    case 1: {
      NumberIn in{number(), {}};
      for (int count = reader.read_u8() % 8; count > 0; --count)
        in.values.push_back(reader.read_u64());
      return {std::move(in)};
    }
    case 2: {
      AddressIn in{static_cast<AddressColumn>(reader.read_u8() % 6), {}};
      for (int count = reader.read_u8() % 8; count > 0; --count)
        in.prefixes.push_back(prefix_of(reader));
      return {std::move(in)};
    }
    case 3:
      return {FlagsAre{reader.read_u8(), reader.read_u8()}};
    case 4:
      return {FamilyIs{reader.read_u8() % 2 == 1}};
    case 5:
      return {Everything{}};
    case 6:
      return {AllOf{some()}};
    case 7:
      return {AnyOf{some()}};
    default:
      return {NoneOf{{condition_of(reader, levels - 1)}}};
  }
}

/// Takes a statement apart. Strings may stand only in unhex('…') and hold only hexadecimal digits.
class Tokens {
 public:
  static void check(const Statement& statement) {
    Tokens tokens{statement.text()};
    while (!tokens.text_.empty()) tokens.next();
    CHECK(tokens.open_ == 0);
  }

 private:
  explicit Tokens(std::string_view text) : text_(text) {}

  void next() {
    constexpr std::string_view kHex = "unhex('";
    if (text_.starts_with(kHex)) {
      text_.remove_prefix(kHex.size());
      const auto digits = text_.find_first_not_of("0123456789abcdef");
      CHECK(digits != std::string_view::npos && digits % 2 == 0);
      text_.remove_prefix(digits);
      CHECK(text_.starts_with("')"));
      text_.remove_prefix(2);
      return;
    }
    const auto letter = text_.front();
    open_ += letter == '(' || letter == '[' ? 1 : 0;
    open_ -= letter == ')' || letter == ']' ? 1 : 0;
    CHECK(open_ >= 0);
    constexpr std::string_view kOthers = "_., ()[]=<>+-*/!";
    CHECK(std::isalnum(static_cast<unsigned char>(letter)) != 0 ||
          kOthers.find(letter) != std::string_view::npos);
    // Neither a comment nor the end of a statement.
    CHECK(!text_.starts_with("--") && !text_.starts_with("/*"));
    text_.remove_prefix(1);
  }

  std::string_view text_;
  int open_ = 0;
};

}  // namespace
}  // namespace noroshi

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace noroshi;
  ByteReader reader(std::as_bytes(std::span(data, size)));
  const SqlContext context{
      .table = {"noroshi.flows_everywhere"},
      .engine_version = reader.read_u8() % 2 == 0 ? 18'016u : 26'005u,
      .facts = {reader.read_u8(), reader.read_u8(), reader.read_u8()},
      .least_lines = 0,
  };
  const TimeWindow window{reader.read_u64(), reader.read_u64()};
  Grouped grouped{.step = reader.read_u64(), .keys = {}};
  for (int count = reader.read_u8() % 4; count > 0; --count)
    grouped.keys.push_back({.element = static_cast<Element>(
                                reader.read_u8() % (static_cast<int>(Element::kSamplingRate) + 1)),
                            .v4_bits = static_cast<std::uint8_t>(reader.read_u8() % 33),
                            .v6_bits = static_cast<std::uint8_t>(reader.read_u8() % 129)});
  const auto filter = condition_of(reader, 6);
  Tokens::check(groups_sql(grouped, filter, window, context));
  const RowsQuestion rows{filter, window, reader.read_u64()};
  Tokens::check(rows_sql(rows, {}, context.table));
  Tokens::check(facts_sql(window, context.table));
  Tokens::check(contacts_sql(reader.read_u64(), context.table));
  for (const auto& statement : rollup_sql(reader.read_u64(), reader.read_u64()))
    Tokens::check(statement);
  Tokens::check(rows_sql(rows, FieldSet(reader.read_u64()), context.table));
  auto suppressing = context;
  suppressing.least_lines = reader.read_u32();
  Tokens::check(groups_sql(grouped, filter, window, suppressing));
  return 0;
}
