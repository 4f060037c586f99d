// Reads the table of docs/reference/field-mapping.md and checks that the decoder does what it says.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "decode/messages_for_test.h"
#include "decode/template/elements.h"

namespace noroshi {
namespace {

using namespace for_test;

constexpr std::uint64_t kMoment = 1'699'999'990'000;  // ten seconds before the export

struct Row {
  std::string column;
  std::string netflow5;
  std::string elements;
  std::string sflow5;
};

std::string trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(' ');
  return begin == std::string::npos ? ""
                                    : text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

std::vector<Row> read_table() {
  const char* source = std::getenv("NOROSHI_SOURCE");
  std::ifstream file(std::filesystem::path(source != nullptr ? source : ".") /
                     "docs/reference/field-mapping.md");
  std::vector<Row> rows;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("| ") || line.starts_with("| column")) continue;
    std::istringstream cells(line.substr(1));
    Row row;
    for (auto* cell : {&row.column, &row.netflow5, &row.elements, &row.sflow5}) {
      std::getline(cells, *cell, '|');
      *cell = trimmed(*cell);
    }
    rows.push_back(row);
  }
  EXPECT_FALSE(rows.empty()) << "run from the source folder, or name it in NOROSHI_SOURCE";
  return rows;
}

struct Element {
  std::uint32_t enterprise = kIana;
  std::uint16_t number = 0;
  std::uint8_t group = 0;
  std::uint8_t order = 0;
};

/// "8, 27; 6871/14" as elements with their group and place in it.
std::vector<Element> elements_of(const std::string& cell) {
  std::vector<Element> elements;
  std::istringstream groups(cell);
  std::uint8_t group_number = 0;
  for (std::string group; std::getline(groups, group, ';'); ++group_number) {
    std::istringstream members(group);
    std::uint8_t order = 0;
    for (std::string member; std::getline(members, member, ','); ++order) {
      Element element{kIana, 0, group_number, order};
      const auto slash = member.find('/');
      if (slash != std::string::npos) {
        element.enterprise = static_cast<std::uint32_t>(std::stoul(member.substr(0, slash)));
        member = member.substr(slash + 1);
      }
      element.number = static_cast<std::uint16_t>(std::stoul(member));
      elements.push_back(element);
    }
  }
  return elements;
}

/// All fields of one row as text, by column.
std::map<std::string, std::string> fields_of(const FlowBatch& batch) {
  std::map<std::string, std::string> fields;
  batch.for_each_field([&](std::string_view name, const auto& values) {
    std::ostringstream text;
    if constexpr (std::is_same_v<std::decay_t<decltype(values[0])>, IpAddress>)
      text << values[0].to_string();
    else
      text << std::uint64_t{values[0]};
    fields[std::string(name)] = text.str();
  });
  return fields;
}

struct Sample {
  Bytes octets;
  std::string expected;
};

/// Octets of a value for an element, and what its column then holds.
Sample sample_of(const std::string& column, Encoding encoding) {
  constexpr std::uint64_t kUnixEpoch = 2'208'988'800;
  const auto moment = std::to_string(kMoment);
  switch (encoding) {
    case Encoding::kIpv4:
      return {integer(0xc0000209, 4), "192.0.2.9"};
    case Encoding::kIpv6:
      return {ipv6(9), "2001:db8::9"};
    case Encoding::kDirection:
      return {integer(1, 1), "2"};
    case Encoding::kIcmpTypeCode:
      return {integer(0x0305, 2), column == "icmp_type" ? "3" : "5"};
    case Encoding::kUptime:
      return {integer(3'590'000, 4), moment};
    case Encoding::kSeconds:
      return {integer(kMoment / 1000, 4), moment};
    case Encoding::kMilliseconds:
      return {integer(kMoment, 8), moment};
    case Encoding::kMicroseconds:
    case Encoding::kNanoseconds:
      return {integer((kMoment / 1000 + kUnixEpoch) << 32, 8), moment};
    case Encoding::kDeltaMicroseconds:
      return {integer(10'000'000, 4), moment};
    default:
      return {integer(2, 1), "2"};
  }
}

TEST(FieldMapping, NamesEveryColumnOnce) {
  std::multiset<std::string> named;
  for (const auto& row : read_table()) named.insert(row.column);
  FlowBatch batch;
  batch.for_each_field([&](std::string_view name, const auto&) {
    EXPECT_EQ(named.count(std::string(name)), 1u) << name;
    named.erase(std::string(name));
  });
  for (const auto& name : named) EXPECT_TRUE(name.starts_with("(")) << name;
}

TEST(FieldMapping, ListsEveryElementThatTheDecoderMaps) {
  std::set<std::pair<std::uint32_t, std::uint16_t>> listed;
  for (const auto& row : read_table()) {
    if (row.elements == "—") continue;
    for (const auto& element : elements_of(row.elements)) {
      listed.insert({element.enterprise, element.number});
      EXPECT_NE(find_mapping(element.enterprise, element.number), nullptr)
          << row.column << " " << element.number;
    }
  }
  for (const auto& mapping : element_mappings())
    EXPECT_TRUE(listed.contains({mapping.enterprise, mapping.element}))
        << mapping.enterprise << "/" << mapping.element;
}

TEST(FieldMapping, MapsEveryElementOfTheTableToItsColumn) {
  std::size_t checked = 0;
  for (const auto& row : read_table()) {
    if (row.elements == "—" || row.column.starts_with("(")) continue;
    for (const auto& element : elements_of(row.elements)) {
      const auto* mapping = find_mapping(element.enterprise, element.number);
      ASSERT_NE(mapping, nullptr);
      const auto sample = sample_of(row.column, mapping->encoding);
      // v9 cannot carry enterprise numbers, and only v9 can carry elements above 32767 without one.
      const auto protocol =
          element.enterprise == kIana ? ExportProtocol::kNetflow9 : ExportProtocol::kIpfix;
      std::vector<FieldSpecifier> fields{
          {element.enterprise, element.number, static_cast<std::uint16_t>(sample.octets.size())}};
      auto record = sample.octets;
      // The responder's counters need the initiator's beside them.
      if (element.enterprise == kIana && (element.number == 232 || element.number == 299)) {
        fields.push_back({kIana, static_cast<std::uint16_t>(element.number - 1), 1});
        record = joined({record, integer(1, 1)});
      }
      const auto payload = MessageBuilder(protocol).define(256, fields).set(256, record).finish();
      Decoder decoder({});
      FlowBatch batch;
      ASSERT_TRUE(decoder.decode(datagram_of(payload), batch));
      ASSERT_EQ(batch.size(), 1u) << row.column << " " << element.number;
      EXPECT_EQ(fields_of(batch)[row.column], sample.expected)
          << row.column << " from " << element.enterprise << "/" << element.number;
      ++checked;
    }
  }
  EXPECT_GE(checked, 70u);
}

/// Of two elements for one column, the one listed first wins, wherever it stands in the record.
TEST(FieldMapping, PrefersElementsInTheOrderOfTheTable) {
  for (const auto& row : read_table()) {
    if (row.elements == "—" || row.column.starts_with("(") || row.column == "tcp_flags" ||
        row.column == "reverse_tcp_flags" || row.column.starts_with("icmp"))
      continue;
    const auto elements = elements_of(row.elements);
    for (std::size_t i = 0; i + 1 < elements.size(); ++i) {
      const auto& better = elements[i];
      const auto& worse = elements[i + 1];
      const auto* mapping = find_mapping(better.enterprise, better.number);
      const auto* other = find_mapping(worse.enterprise, worse.number);
      ASSERT_TRUE(mapping != nullptr && other != nullptr);
      EXPECT_TRUE(mapping->group < other->group ||
                  (mapping->group == other->group && mapping->order < other->order))
          << row.column << ": " << better.number << " before " << worse.number;
      EXPECT_EQ(mapping->group == other->group, better.group == worse.group)
          << row.column << ": " << better.number << ", " << worse.number;
    }
  }
}

TEST(FieldMapping, MapsEveryOffsetOfNetflow5ToItsColumn) {
  std::size_t checked = 0;
  for (const auto& row : read_table()) {
    if (row.netflow5 == "—") continue;
    const bool header = row.netflow5.starts_with("header ");
    const auto place = header ? row.netflow5.substr(7) : row.netflow5;
    const auto offset = std::stoul(place);
    const auto width = std::stoul(place.substr(place.find('/') + 1));
    auto payload = netflow5(1, 1);
    std::fill(payload.begin() + 24, payload.end(), std::byte{});
    std::string expected = "2";
    auto octets = integer(2, width);
    if (row.column.ends_with("address") || row.column == "next_hop") {
      octets = integer(0xc0000209, 4);
      expected = "192.0.2.9";
    } else if (row.column == "first" || row.column == "last") {
      // Both, so that neither is put before the other; the header's clock has a fraction.
      for (const auto at : {24, 28}) {
        const auto uptime = integer(3'590'000, 4);
        std::copy(uptime.begin(), uptime.end(), payload.begin() + 24 + at);
      }
      octets = integer(3'590'000, 4);
      expected = std::to_string(kMoment + 250);
    }
    std::copy(octets.begin(), octets.end(),
              payload.begin() + static_cast<std::ptrdiff_t>(offset + (header ? 0 : 24)));
    Decoder decoder({});
    FlowBatch batch;
    ASSERT_TRUE(decoder.decode(datagram_of(payload), batch));
    ASSERT_EQ(batch.size(), 1u);
    EXPECT_EQ(fields_of(batch)[row.column], expected) << row.column;
    ++checked;
  }
  EXPECT_EQ(checked, 17u);
}

}  // namespace
}  // namespace noroshi
