#include "record/text_values.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "record/delimited_line.h"

namespace noroshi {
namespace {

TEST(TextValues, ReadSecondsToTheMicrosecond) {
  EXPECT_EQ(parse_seconds("19.98"), 19'980'000u);
  EXPECT_EQ(parse_seconds("1547150789.067208"), 1'547'150'789'067'208u);
  EXPECT_EQ(parse_seconds("0.20696377754211426"), 206'963u);
  EXPECT_EQ(parse_seconds("9.775e-03"), 9'775u);
  EXPECT_EQ(parse_seconds("7"), 7'000'000u);
  EXPECT_EQ(parse_seconds("253402300799.999999"), 253'402'300'799'999'999u);
  for (const std::string_view text : {"", "-1", ".5x", "1.5 ", " 1", "1.2.3", "nan", "inf", "1e300",
                                      "253402300800", "99999999999999999999", "1.5-"})
    EXPECT_EQ(parse_seconds(text), std::nullopt) << text;
}

TEST(TextValues, ReadDatesOfRfc3339AndOfArgus) {
  EXPECT_EQ(parse_date_time("2026-11-22T00:00:00.123Z"), 1'795'305'600'123'000u);
  EXPECT_EQ(parse_date_time("2026-11-22T09:00:00.123456789+09:00"), 1'795'305'600'123'456u);
  EXPECT_EQ(parse_date_time("2026-11-21t23:30:00-00:30"), 1'795'305'600'000'000u);
  EXPECT_EQ(parse_date_time("2026/11/22 00:00:00.000001"), 1'795'305'600'000'001u);
  EXPECT_EQ(parse_date_time("2016-12-31T23:59:60Z"), 1'483'228'800'000'000u) << "a leap second";
  for (const std::string_view text :
       {"", "2026-11-22", "2026-11-22T00:00", "2026-02-30T00:00:00Z", "2026-11-22T24:00:00Z",
        "2026-11-22T00:00:00.Z", "2026-11-22T00:00:00X", "2026-11-22T00:00:00+0900",
        "1969-12-31T23:59:59Z", "1970-01-01T00:00:00+09:00", "26-11-22T00:00:00Z"})
    EXPECT_EQ(parse_date_time(text), std::nullopt) << text;
}

TEST(TextValues, ReadAddressesAsIpAddressDoes) {
  for (const std::string_view text :
       {"192.0.2.1", "0.0.0.0", "255.255.255.255", "2001:db8::1", "::ffff:192.0.2.1", "::", "",
        "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 ", "1.2.3.-4", "1..3.4",
        "1.2.3.0004", "example", "192.0.2.1:80"}) {
    const auto expected = IpAddress::parse(text);
    const auto found = parse_address(text);
    ASSERT_EQ(found.has_value(), expected.has_value()) << text;
    EXPECT_EQ(found.value_or(IpAddress()), expected.value_or(IpAddress())) << text;
  }
  EXPECT_EQ(parse_address(std::string_view("1.2.3.4\0x", 9)), std::nullopt);
}

TEST(TextValues, ReadCountsThatASpreadsheetTurnedIntoFractions) {
  EXPECT_EQ(parse_count("42"), 42u);
  EXPECT_EQ(parse_count("42.0"), 42u);
  EXPECT_EQ(parse_count("18446744073709551615"), 18'446'744'073'709'551'615u);
  for (const std::string_view text : {"", "-", "4 2", "42.5", "18446744073709551616", "+1", ".0"})
    EXPECT_EQ(parse_count(text), std::nullopt) << text;
}

std::vector<std::string_view> fields_of(std::string_view line, bool quoted) {
  std::vector<std::string_view> fields;
  DelimitedLine walk(line, ',', quoted);
  while (!walk.at_end()) fields.push_back(walk.next());
  return fields;
}

TEST(DelimitedLine, KeepsEmptyFieldsToTheLast) {
  using Fields = std::vector<std::string_view>;
  EXPECT_EQ(fields_of("a,,b,", false), (Fields{"a", "", "b", ""}));
  EXPECT_EQ(fields_of("", false), (Fields{""}));
}

TEST(DelimitedLine, TakesQuotesOffOnlyWhereTheyEncloseAField) {
  using Fields = std::vector<std::string_view>;
  EXPECT_EQ(fields_of(R"("a,b",c,"d""e",""")", true), (Fields{"a,b", "c", R"(d""e)", R"(""")"}));
  EXPECT_EQ(fields_of(R"("a":1,"b")", true), (Fields{R"("a":1)", "b"}));
  EXPECT_EQ(fields_of(R"("a,b)", true), (Fields{R"("a)", "b"}));
  EXPECT_EQ(fields_of(R"("a,b")", false), (Fields{R"("a)", R"(b")"}));
  EXPECT_EQ(fields_of(R"(",x)", true), (Fields{R"(")", "x"}));
}

}  // namespace
}  // namespace noroshi
