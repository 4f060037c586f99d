#include "enrich/origins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "enrich/enricher.h"

namespace noroshi {
namespace {

IpAddress address(const char* text) { return *IpAddress::parse(text); }

/// A MaxMind DB (format 2.0) with one network, written octet by octet: a search tree of 24-bit
/// records, sixteen zeros, the data section, the metadata.
std::string mmdb_with(const Prefix& prefix, std::uint32_t as, const std::string& country) {
  const auto string = [](const std::string& text) {
    return static_cast<char>(0x40 | text.size()) + text;
  };
  const auto number = [](char type, std::uint64_t value, int octets) {
    std::string out;
    if (type > 7) {
      out += static_cast<char>(octets);
      out += static_cast<char>(type - 7);
    } else {
      out += static_cast<char>(type << 5 | octets);
    }
    for (int i = octets - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i) & 0xff);
    return out;
  };
  const auto nodes = static_cast<std::uint32_t>(prefix.length());
  std::string tree;
  const auto record = [&](std::uint32_t value) {
    tree += static_cast<char>(value >> 16 & 0xff);
    tree += static_cast<char>(value >> 8 & 0xff);
    tree += static_cast<char>(value & 0xff);
  };
  const bool v4 = prefix.address().is_v4();
  for (std::uint32_t depth = 0; depth < nodes; ++depth) {
    const auto at = depth + (v4 ? 96 : 0);
    const bool bit =
        (std::to_integer<unsigned>(prefix.address().bytes()[at / 8]) >> (7 - at % 8) & 1) != 0;
    const auto next = depth + 1 < nodes ? depth + 1 : nodes + 16;  // the first data record
    record(bit ? nodes : next);
    record(bit ? next : nodes);
  }
  std::string data = std::string(1, static_cast<char>(0xe2)) + string("autonomous_system_number") +
                     number(6, as, 4) + string("country") + static_cast<char>(0xe1) +
                     string("iso_code") + string(country);
  std::string metadata =
      "\xab\xcd\xefMaxMind.com" + std::string(1, static_cast<char>(0xe9)) + string("node_count") +
      number(6, nodes, 4) + string("record_size") + number(5, 24, 2) + string("ip_version") +
      number(5, v4 ? 4 : 6, 2) + string("database_type") + string("test") +
      string("binary_format_major_version") + number(5, 2, 2) +
      string("binary_format_minor_version") + number(5, 0, 2) + string("languages") +
      std::string("\x00\x04", 2) + string("description") + static_cast<char>(0xe0) +
      string("build_epoch") + number(9, 1'793'613'661, 8);
  return tree + std::string(16, '\0') + data + metadata;
}

/// A location database of libloc (format.h, version 1) whose tree is the way to one network:
/// header, tree, networks.
std::string location_database_with(const Prefix& prefix, std::uint32_t as,
                                   const std::string& country) {
  std::string file;
  const auto number = [&](std::uint64_t value, int octets) {
    for (int i = octets - 1; i >= 0; --i) file += static_cast<char>(value >> (8 * i) & 0xff);
  };
  const auto depth =
      static_cast<std::uint32_t>(prefix.length() + (prefix.address().is_v4() ? 96 : 0));
  constexpr std::uint32_t kHeader = 68;
  const auto tree_length = 12 * (depth + 1);
  file += "LOCDBXX";
  number(1, 1);
  number(1'793'613'661, 8);
  for (int field = 0; field < 5; ++field) number(0, 4);  // vendor … autonomous systems
  number(kHeader + tree_length, 4);
  number(12, 4);
  number(kHeader, 4);
  number(tree_length, 4);
  for (int field = 0; field < 4; ++field) number(0, 4);  // countries, names
  for (std::uint32_t node = 0; node <= depth; ++node) {
    const bool bit =
        node < depth &&
        (std::to_integer<unsigned>(prefix.address().bytes()[node / 8]) >> (7 - node % 8) & 1) != 0;
    const auto next = node < depth ? node + 1 : 0;
    number(bit ? 0 : next, 4);
    number(bit ? next : 0, 4);
    number(node < depth ? UINT32_MAX : 0, 4);
  }
  file += country;
  number(0, 2);
  number(as, 4);
  number(0, 4);
  return file;
}

class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& content) {
    char name[] = "/tmp/noroshi_origins_XXXXXX";
    const int descriptor = mkstemp(name);
    close(descriptor);
    path_ = name;
    std::ofstream(path_, std::ios::binary) << content;
  }
  ~TemporaryFile() { std::remove(path_.c_str()); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(CountryCode, TakesTwoCapitalLettersAndNothingElse) {
  EXPECT_EQ(country_code("JP"), 'J' << 8 | 'P');
  EXPECT_EQ(country_code("jp"), 0);
  EXPECT_EQ(country_code("JPN"), 0);
  EXPECT_EQ(country_code(""), 0);
}

TEST(Origins, ReadsMaxMindFilesOfBothFamilies) {
  const TemporaryFile v4(mmdb_with(*Prefix::parse("192.0.2.0/24"), 64'500, "JP"));
  const TemporaryFile v6(mmdb_with(*Prefix::parse("2001:db8::/33"), 64'501, "DE"));
  const auto origins = Origins::from_mmdb(v4.path(), v6.path());
  ASSERT_TRUE(origins) << origins.error().message;
  EXPECT_EQ((*origins)->find(address("192.0.2.200")), (Origin{64'500, country_code("JP")}));
  EXPECT_EQ((*origins)->find(address("192.0.3.0")), Origin{});
  EXPECT_EQ((*origins)->find(address("2001:db8:7fff::1")), (Origin{64'501, country_code("DE")}));
  EXPECT_EQ((*origins)->find(address("2001:db8:8000::1")), Origin{});
  EXPECT_THAT((*origins)->describe(), testing::HasSubstr("of 2026-11-"));
}

TEST(Origins, ReadsLocationDatabasesOfBothFamilies) {
  const TemporaryFile v4(location_database_with(*Prefix::parse("192.0.2.128/25"), 64'500, "JP"));
  const auto of_v4 = Origins::from_libloc(v4.path());
  ASSERT_TRUE(of_v4) << of_v4.error().message;
  EXPECT_EQ((*of_v4)->find(address("192.0.2.200")), (Origin{64'500, country_code("JP")}));
  EXPECT_EQ((*of_v4)->find(address("192.0.2.127")), Origin{});
  EXPECT_THAT((*of_v4)->describe(), testing::HasSubstr("of 2026-11-"));
  EXPECT_THAT((*of_v4)->describe(), testing::EndsWith(", 1 networks"));

  const TemporaryFile v6(location_database_with(*Prefix::parse("2001:db8::/33"), 64'501, "DE"));
  const auto of_v6 = Origins::from_libloc(v6.path());
  ASSERT_TRUE(of_v6) << of_v6.error().message;
  EXPECT_EQ((*of_v6)->find(address("2001:db8:7fff::1")), (Origin{64'501, country_code("DE")}));
  EXPECT_EQ((*of_v6)->find(address("2001:db8:8000::1")), Origin{});
}

TEST(Origins, RefusesALocationDatabaseThatEndsEarlyOrPointsOutsideOrInACircle) {
  const auto whole = location_database_with(*Prefix::parse("192.0.2.0/24"), 64'500, "JP");
  for (std::size_t length = 0; length < whole.size(); length += 37) {
    const TemporaryFile file(whole.substr(0, length));
    EXPECT_FALSE(Origins::from_libloc(file.path())) << length;
  }
  const auto with = [&](std::size_t at, std::string_view octets) {
    auto content = whole;
    content.replace(at, octets.size(), octets);
    return content;
  };
  constexpr std::size_t kTree = 68;
  const auto last_node = kTree + 12 * (96 + 24);
  const TemporaryFile files[] = {
      TemporaryFile(with(kTree, std::string("\0\0\x0f\0", 4))),            // no such node
      TemporaryFile(with(kTree + 12, std::string("\0\0\0\x01", 4))),       // itself
      TemporaryFile(with(last_node, std::string("\0\0\0\x02", 4))),        // back up
      TemporaryFile(with(last_node + 8, std::string("\0\0\0\x01", 4))),    // no such network
      TemporaryFile(with(44, std::string("\xff\xff\xff\xff\xff\xff", 6)))  // no such place
  };
  for (const auto& file : files) EXPECT_FALSE(Origins::from_libloc(file.path()));
}

TEST(Origins, RefusesFilesOfOtherKindsInOneLine) {
  const TemporaryFile other("neither of these formats");
  for (const auto& result :
       {Origins::from_mmdb(other.path(), ""), Origins::from_libloc(other.path()),
        Origins::from_libloc("/nowhere/location.db")}) {
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message, testing::Not(testing::HasSubstr("\n")));
    EXPECT_THAT(result.error().message, testing::StartsWith("/"));
  }
}

TEST(Origins, EndsInAMaxMindFileWhoseNodesPointInACircle) {
  auto content = mmdb_with(*Prefix::parse("192.0.2.0/24"), 64'500, "JP");
  for (int node = 0; node < 24; ++node)  // every record leads back to the second node
    for (int octet = 0; octet < 6; ++octet)
      content[static_cast<std::size_t>(node * 6 + octet)] = octet % 3 == 2 ? 1 : 0;
  const TemporaryFile file(content);
  EXPECT_FALSE(Origins::from_mmdb(file.path(), ""));
}

TEST(Enricher, FillsInWhatTheExporterLeftOutAndKeepsWhatItSaid) {
  const TemporaryFile file(mmdb_with(*Prefix::parse("192.0.2.0/24"), 64'500, "JP"));
  const Enricher enricher(*Origins::from_mmdb(file.path(), ""));
  FlowBatch batch(2);
  batch.append(2);
  batch.mutable_source_address()[0] = address("192.0.2.1");
  batch.mutable_source_address()[1] = address("198.51.100.1");
  batch.mutable_destination_address()[1] = address("192.0.2.2");
  batch.mutable_destination_as()[1] = 65'000;
  enricher.enrich(batch);
  EXPECT_EQ(batch.source_as()[0], 64'500u);
  EXPECT_EQ(batch.source_country()[0], country_code("JP"));
  EXPECT_EQ(batch.source_as()[1], 0u);
  EXPECT_EQ(batch.destination_as()[1], 65'000u);
  EXPECT_EQ(batch.destination_country()[1], country_code("JP"));
}

TEST(Enricher, LeavesFlowsAloneWithoutATable) {
  const Enricher enricher(nullptr);
  FlowBatch batch(1);
  batch.append(1);
  batch.mutable_source_address()[0] = address("192.0.2.1");
  enricher.enrich(batch);
  EXPECT_EQ(batch.source_country()[0], 0u);
}

TEST(Origins, ReadsTheDistributionsOwnDatabase) {
  const std::string path = "/usr/share/libloc-location/location.db";
  if (access(path.c_str(), R_OK) != 0) GTEST_SKIP() << "libloc-database is not installed";
  const auto origins = Origins::from_libloc(path);
  ASSERT_TRUE(origins) << origins.error().message;
  EXPECT_EQ((*origins)->find(address("1.1.1.1")).as, 13'335u);
  EXPECT_EQ((*origins)->find(address("133.0.0.1")).country, country_code("JP"));
  EXPECT_NE((*origins)->find(address("2606:4700::1111")).as, 0u);
}

}  // namespace
}  // namespace noroshi
