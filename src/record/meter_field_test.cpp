// The meter against ipfixprobe (CESNET), whose repository holds captures and the flows that it
// makes of them. The data is not part of this repository: NOROSHI_FIELD_DATA names its folder.
//
// The timeouts ipfixprobe used are not written beside its outputs. They can be told from them: of
// the longest flow (54.06 s) and the pauses within and between flows of mixed.pcap it follows that
// the active timeout was longer than 54 s, and the idle timeout from 21 to 80 s. Its defaults, 300
// s and 30 s, are ours too, and reproduce every output.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "base/time.h"
#include "net/endpoint.h"
#include "record/recording.h"

namespace noroshi {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr MeterTimeouts kTimeouts{.active = seconds(300), .idle = seconds(30)};

std::filesystem::path field_data() {
  if (const char* folder = std::getenv("NOROSHI_FIELD_DATA")) return folder;
  const char* source = std::getenv("NOROSHI_SOURCE");
  return std::filesystem::path(source != nullptr ? source : ".") / "../shared/data";
}

std::filesystem::path ipfixprobe() { return field_data() / "benign/ipfixprobe"; }

/// How the flows of an output compare with ours.
enum class Comparison {
  kEveryFlow,         ///< both hold the same flows
  kFlowsOfTwoOrMore,  ///< the plugin leaves out flows of a single packet; all others are the same
  kExportedFlows,     ///< the plugin exports flows of its protocol only; ours hold each of them
  kSums,  ///< flows are cut otherwise: packets and bytes agree per 5-tuple and direction
};

struct Case {
  std::string output;
  std::string input;
  Comparison comparison;
  friend void PrintTo(const Case& value, std::ostream* out) { *out << value.output; }
};

struct FlowRow {
  int vlan = 0;
  std::string source;
  std::string destination;
  std::string protocol;
  std::string first;
  std::string last;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  int tcp_flags = 0;
  std::uint64_t reverse_packets = 0;
  std::uint64_t reverse_bytes = 0;
  int reverse_tcp_flags = 0;
  friend auto operator<=>(const FlowRow&, const FlowRow&) = default;
  friend void PrintTo(const FlowRow& row, std::ostream* out) {
    *out << "\n  vlan " << row.vlan << ' ' << row.source << " > " << row.destination << ' '
         << row.protocol << ' ' << row.first << " - " << row.last << ": " << row.packets << '/'
         << row.bytes << '/' << row.tcp_flags << " and " << row.reverse_packets << '/'
         << row.reverse_bytes << '/' << row.reverse_tcp_flags;
  }
};
using FlowRows = std::vector<FlowRow>;

std::string name_of(const IpAddress& address, std::uint16_t port) {
  return address.to_string() + " port " + std::to_string(port);
}

FlowRows metered(const std::string& input, MeterTimeouts timeouts) {
  const auto path = ipfixprobe() / "inputs" / (input + ".pcap");
  const auto recording = open_recording(path.string(), {.meter = timeouts});
  EXPECT_TRUE(recording.has_value()) << path;
  FlowRows rows;
  if (!recording) return rows;
  FlowBatch batch;
  while (true) {
    const auto more = (*recording)->read(batch);
    EXPECT_TRUE(more.has_value()) << path;
    if (!more || !*more) break;
    for (std::size_t i = 0; i < batch.size(); ++i)
      rows.push_back({
          .vlan = batch.vlan()[i],
          .source = name_of(batch.source_address()[i], batch.source_port()[i]),
          .destination = name_of(batch.destination_address()[i], batch.destination_port()[i]),
          .protocol = to_string(Protocol{batch.protocol()[i]}),
          .first = to_rfc3339(from_unix_milliseconds(batch.first()[i])),
          .last = to_rfc3339(from_unix_milliseconds(batch.last()[i])),
          .packets = batch.packets()[i],
          .bytes = batch.bytes()[i],
          .tcp_flags = batch.tcp_flags()[i],
          .reverse_packets = batch.reverse_packets()[i],
          .reverse_bytes = batch.reverse_bytes()[i],
          .reverse_tcp_flags = batch.reverse_tcp_flags()[i],
      });
  }
  std::ranges::sort(rows);
  return rows;
}

// --- ipfixprobe's outputs ------------------------------------------------------------------------

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream stream(line);
  for (std::string field; std::getline(stream, field, ',');) fields.push_back(field);
  return fields;
}

struct Exported {
  FlowRows rows;
  bool has_vlan = false;
};

/// Lines are sorted, so the heading ("ipaddr DST_IP,…") is anywhere among them. The fields of the
/// flow itself stand before any text that might hold a comma.
Exported exported(const std::string& output) {
  std::ifstream file(ipfixprobe() / "outputs" / output);
  std::vector<std::string> lines;
  std::map<std::string, std::size_t> columns;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("ipaddr ")) {
      lines.push_back(line);
      continue;
    }
    for (const auto& heading : split(line))
      columns.emplace(heading.substr(heading.find(' ') + 1), columns.size());
  }
  Exported result{.rows = {}, .has_vlan = columns.contains("VLAN_ID")};
  for (const auto& line : lines) {
    const auto fields = split(line);
    const auto text = [&](const char* name) { return fields.at(columns.at(name)); };
    const auto number = [&](const char* name) { return std::stoull(text(name)); };
    const auto end = [&](const char* address, const char* port) {
      return name_of(IpAddress::parse(text(address)).value(),
                     static_cast<std::uint16_t>(number(port)));
    };
    // Microseconds are cut to milliseconds, as ours are.
    const auto time = [&](const char* name) { return text(name).substr(0, 23) + "Z"; };
    result.rows.push_back({
        .vlan = result.has_vlan ? static_cast<int>(number("VLAN_ID")) : 0,
        .source = end("SRC_IP", "SRC_PORT"),
        .destination = end("DST_IP", "DST_PORT"),
        .protocol = to_string(Protocol{static_cast<std::uint8_t>(number("PROTOCOL"))}),
        .first = time("TIME_FIRST"),
        .last = time("TIME_LAST"),
        .packets = number("PACKETS"),
        .bytes = number("BYTES"),
        .tcp_flags = static_cast<int>(number("TCP_FLAGS")),
        .reverse_packets = number("PACKETS_REV"),
        .reverse_bytes = number("BYTES_REV"),
        .reverse_tcp_flags = static_cast<int>(number("TCP_FLAGS_REV")),
    });
  }
  // A flow is repeated for each of several answers or names in it.
  std::ranges::sort(result.rows);
  // clang 14 cannot see the subrange that std::ranges::unique returns.
  result.rows.erase(std::unique(result.rows.begin(), result.rows.end()), result.rows.end());
  return result;
}

/// Packets and bytes of "source > destination protocol".
std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> sums(const FlowRows& rows) {
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> result;
  const auto count = [&](const std::string& way, std::uint64_t packets, std::uint64_t bytes) {
    if (packets == 0) return;
    result[way].first += packets;
    result[way].second += bytes;
  };
  for (const auto& row : rows) {
    count(row.source + " > " + row.destination + ' ' + row.protocol, row.packets, row.bytes);
    count(row.destination + " > " + row.source + ' ' + row.protocol, row.reverse_packets,
          row.reverse_bytes);
  }
  return result;
}

/// Ours as the output would show them.
FlowRows comparable(FlowRows rows, bool has_vlan) {
  if (has_vlan) return rows;
  for (auto& row : rows) row.vlan = 0;
  std::ranges::sort(rows);
  return rows;
}

class MeterAgainstIpfixprobe : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(ipfixprobe() / "outputs"))
      GTEST_SKIP() << "1 comparison skipped: no " << ipfixprobe().string();
  }
};

TEST_P(MeterAgainstIpfixprobe, MakesTheSameFlows) {
  const auto& [output, input, comparison] = GetParam();
  const auto [theirs, has_vlan] = exported(output);
  ASSERT_FALSE(theirs.empty());
  auto ours = comparable(metered(input, kTimeouts), has_vlan);
  switch (comparison) {
    case Comparison::kEveryFlow:
      EXPECT_EQ(ours, theirs);
      break;
    case Comparison::kFlowsOfTwoOrMore:
      std::erase_if(ours, [](const auto& row) { return row.packets + row.reverse_packets < 2; });
      EXPECT_EQ(ours, theirs);
      break;
    case Comparison::kExportedFlows:
      for (const auto& row : theirs)
        EXPECT_TRUE(std::ranges::binary_search(ours, row))
            << testing::PrintToString(row) << " is not in " << testing::PrintToString(ours);
      break;
    case Comparison::kSums: {
      const auto our_sums = sums(ours);
      for (const auto& [way, sum] : sums(theirs)) {
        ASSERT_TRUE(our_sums.contains(way)) << way;
        EXPECT_EQ(our_sums.at(way), sum) << way;
      }
      break;
    }
  }
}

// Of the last group, all but one plugin cut flows by payload, which we never read. tls.pcap holds
// one recording twice, end to end: ipfixprobe counts both into one flow, as time running backwards
// never ends one there; here the clock that is set back does.
INSTANTIATE_TEST_SUITE_P(
    Outputs, MeterAgainstIpfixprobe,
    testing::Values(Case{"basic", "mixed", Comparison::kEveryFlow},
                    Case{"pstats", "mixed", Comparison::kEveryFlow},
                    Case{"phists", "mixed", Comparison::kEveryFlow},
                    Case{"basicplus", "http", Comparison::kEveryFlow},
                    Case{"vlan", "vlan", Comparison::kEveryFlow},
                    Case{"bstats", "bstats", Comparison::kFlowsOfTwoOrMore},
                    Case{"nettisa", "mixed", Comparison::kFlowsOfTwoOrMore},
                    Case{"dnssd", "dnssd", Comparison::kEveryFlow},
                    Case{"http", "http", Comparison::kEveryFlow},
                    Case{"idpcontent", "idpcontent", Comparison::kEveryFlow},
                    Case{"mqtt", "mqtt", Comparison::kEveryFlow},
                    Case{"netbios", "netbios", Comparison::kEveryFlow},
                    Case{"quic", "quic_initial-sample", Comparison::kEveryFlow},
                    Case{"ssdp", "ssdp", Comparison::kEveryFlow},
                    Case{"ovpn", "ovpn", Comparison::kExportedFlows},
                    Case{"passivedns", "dns", Comparison::kExportedFlows},
                    Case{"smtp", "smtp", Comparison::kExportedFlows},
                    Case{"ssadetector", "ovpn", Comparison::kExportedFlows},
                    Case{"dns", "dns", Comparison::kSums}, Case{"ntp", "ntp", Comparison::kSums},
                    Case{"tls", "tls", Comparison::kSums}, Case{"rtsp", "rtsp", Comparison::kSums},
                    Case{"sip", "sip", Comparison::kSums}, Case{"wg", "wg", Comparison::kSums}),
    [](const auto& one) { return one.param.output; });

TEST(MeterTimeoutsOfIpfixprobe, LieWithinWhatItsOutputsTell) {
  if (!std::filesystem::exists(ipfixprobe() / "outputs"))
    GTEST_SKIP() << "1 comparison skipped: no " << ipfixprobe().string();
  const auto theirs = exported("basic").rows;
  const auto agree = [&](seconds active, seconds idle) {
    return comparable(metered("mixed", {.active = active, .idle = idle}), false) == theirs;
  };
  EXPECT_TRUE(agree(seconds(300), seconds(21)));
  EXPECT_TRUE(agree(seconds(300), seconds(80)));
  EXPECT_FALSE(agree(seconds(300), seconds(20)));
  EXPECT_FALSE(agree(seconds(300), seconds(81)));
  EXPECT_TRUE(agree(seconds(55), seconds(30)));
  EXPECT_FALSE(agree(seconds(54), seconds(30)));
}

}  // namespace
}  // namespace noroshi
