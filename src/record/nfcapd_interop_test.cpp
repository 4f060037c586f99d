// What we write, nfdump must read as the same flows; what nfdump writes, we must read as it does.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>

#include "net/endpoint.h"
#include "record/nfcapd.h"
#include "record/nfcapd_for_tests.h"

namespace noroshi {
namespace {

namespace fs = std::filesystem;

std::string output_of(const std::string& command) {
  std::string output;
  FILE* pipe = ::popen((command + " 2>/dev/null").c_str(), "r");
  if (pipe == nullptr) return output;
  std::array<char, 65'536> buffer;
  while (const auto got = std::fread(buffer.data(), 1, buffer.size(), pipe))
    output.append(buffer.data(), got);
  ::pclose(pipe);
  return output;
}

/// nfdump's JSON, without the commas that it leaves before closing braces and brackets.
nlohmann::json records_of(const fs::path& file) {
  auto text = output_of(fmt::format("TZ=UTC nfdump -r '{}' -o json", file.string()));
  std::string clean;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ',') {
      const auto next = text.find_first_not_of(" \t\n", i + 1);
      if (next != std::string::npos && (text[next] == '}' || text[next] == ']')) continue;
    }
    clean.push_back(text[i]);
  }
  return nlohmann::json::parse(clean, nullptr, false);
}

/// Our row in the words of nfdump's JSON, as far as both have the field.
nlohmann::json as_nfdump(const FlowBatch& flows, std::size_t row) {
  const std::uint64_t rate = std::max<std::uint32_t>(flows.sampling_rate()[row], 1);
  const bool event = flows.kind()[row] == static_cast<std::uint8_t>(FlowKind::kEvent);
  auto time = [](std::uint64_t milliseconds) {
    auto text = to_rfc3339(from_unix_milliseconds(milliseconds));
    text.pop_back();  // nfdump writes no zone
    return text;
  };
  nlohmann::json json{
      {"type", event ? "EVENT" : "FLOW"},
      {"sampled", flows.sampling_rate()[row] > 1 ? 1 : 0},
      {"received", time(flows.received()[row])},
      {"in_packets", flows.packets()[row] * rate},
      {"in_bytes", flows.bytes()[row] * rate},
      {"proto", flows.protocol()[row]},
  };
  if (!event) {
    json["first"] = time(flows.first()[row]);
    json["last"] = time(flows.last()[row]);
  }
  std::string tcp_flags = "........";
  constexpr std::string_view kLetters = "CEUAPRSF";
  for (unsigned bit = 0; bit < 8; ++bit)
    if ((flows.tcp_flags()[row] >> (7 - bit) & 1) != 0) tcp_flags[bit] = kLetters[bit];
  if (flows.protocol()[row] == kTcp.value) json["tcp_flags"] = tcp_flags;
  const auto protocol = flows.protocol()[row];
  if (protocol == kIcmp.value || protocol == kIcmpV6.value) {
    json["icmp_type"] = flows.icmp_type()[row];
    json["icmp_code"] = flows.icmp_code()[row];
  } else {
    json["src_port"] = flows.source_port()[row];
    json["dst_port"] = flows.destination_port()[row];
  }
  const auto add_pair = [&](const char* source_name, const char* destination_name,
                            const IpAddress& source, const IpAddress& destination) {
    if (source.is_none() && destination.is_none()) return;
    const char* family = source.is_v4() ? "4" : "6";
    json[fmt::format(fmt::runtime(source_name), family)] = source.to_string();
    json[fmt::format(fmt::runtime(destination_name), family)] = destination.to_string();
  };
  add_pair("src{}_addr", "dst{}_addr", flows.source_address()[row],
           flows.destination_address()[row]);
  add_pair("src{}_xlt_ip", "dst{}_xlt_ip", flows.translated_source_address()[row],
           flows.translated_destination_address()[row]);
  if (flows.input_interface()[row] != 0) json["input_snmp"] = flows.input_interface()[row];
  if (flows.output_interface()[row] != 0) json["output_snmp"] = flows.output_interface()[row];
  if (flows.direction()[row] == static_cast<std::uint8_t>(FlowDirection::kEgress))
    json["direction"] = 1;
  if (flows.reverse_packets()[row] != 0) json["out_packets"] = flows.reverse_packets()[row] * rate;
  if (flows.reverse_bytes()[row] != 0) json["out_bytes"] = flows.reverse_bytes()[row] * rate;
  if (flows.source_as()[row] != 0) json["src_as"] = flows.source_as()[row];
  if (flows.destination_as()[row] != 0) json["dst_as"] = flows.destination_as()[row];
  if (flows.vlan()[row] != 0) json["src_vlan"] = flows.vlan()[row];
  const auto& next_hop = flows.next_hop()[row];
  if (!next_hop.is_none())
    json[next_hop.is_v4() ? "ip4_next_hop" : "ip6_next_hop"] = next_hop.to_string();
  const auto& exporter = flows.exporter()[row];
  if (!exporter.is_none())
    json[exporter.is_v4() ? "ip4_router" : "ip6_router"] = exporter.to_string();
  return json;
}

/// Every field of ours as nfdump says it, row by row. nfdump 1.7.1 loses the translated addresses
/// of events in files of layout 1.
void expect_same(const FlowBatch& flows, const nlohmann::json& records, const std::string& what,
                 bool with_translations = true) {
  ASSERT_TRUE(records.is_array()) << what;
  ASSERT_EQ(records.size(), flows.size()) << what;
  for (std::size_t row = 0; row < flows.size(); ++row) {
    const auto expected = as_nfdump(flows, row);
    for (const auto& [name, value] : expected.items()) {
      if (!with_translations && name.find("_xlt_") != std::string::npos) continue;
      ASSERT_EQ(records[row].value(name, nlohmann::json()), value)
          << what << ", row " << row << ", " << name << "\n"
          << records[row].dump(1);
    }
  }
}

std::vector<std::byte> bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  return {begin, begin + text.size()};
}

class NfdumpInterop : public testing::Test {
 protected:
  void SetUp() override {
    if (output_of("nfdump -V").find("nfdump") == std::string::npos)
      GTEST_SKIP() << "nfdump is not installed";
    folder_ = fs::path(testing::TempDir()) / fmt::format("noroshi_nfdump_{}", ::getpid());
    fs::create_directories(folder_);
  }
  void TearDown() override {
    if (!folder_.empty()) fs::remove_all(folder_);
  }

  fs::path write(const std::string& name, const FlowBatch& flows, NfcapdWriter::Config config) {
    const auto file = nfcapd_file(flows, std::move(config));
    const auto path = folder_ / name;
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(file.data()),
               static_cast<std::streamsize>(file.size()));
    return path;
  }

  fs::path folder_;
};

constexpr std::array kReadByNfdump{NfcapdCompression::kNone, NfcapdCompression::kLzo,
                                   NfcapdCompression::kBzip2, NfcapdCompression::kLz4};

TEST_F(NfdumpInterop, NfdumpReadsTheNewLayoutAsWeMeantIt) {
  const auto flows = varied_nfcapd_flows(3000, 11, NfcapdLayout::k17);
  for (const auto compression : kReadByNfdump) {
    const auto path =
        write("new", flows,
              {.layout = NfcapdLayout::k17, .compression = compression, .block_size = 200'000});
    expect_same(flows, records_of(path), fmt::format("1.7, {}", static_cast<int>(compression)));
  }
}

TEST_F(NfdumpInterop, NfdumpReadsTheOldLayoutAsWeMeantIt) {
  const auto flows = varied_nfcapd_flows(3000, 12, NfcapdLayout::k16);
  for (const auto compression : kReadByNfdump) {
    const auto path =
        write("old", flows,
              {.layout = NfcapdLayout::k16, .compression = compression, .block_size = 200'000});
    expect_same(flows, records_of(path), fmt::format("1.6, {}", static_cast<int>(compression)),
                false);
  }
}

TEST_F(NfdumpInterop, NfdumpAgreesWithOurStatistics) {
  const auto flows = varied_nfcapd_flows(500, 13, NfcapdLayout::k17);
  std::uint64_t packets = 0;
  for (std::size_t row = 0; row < flows.size(); ++row)
    packets += flows.packets()[row] * std::max<std::uint32_t>(flows.sampling_rate()[row], 1);
  for (const auto layout : {NfcapdLayout::k16, NfcapdLayout::k17}) {
    const auto path = write("sums", flows, {.layout = layout, .ident = "router-7"});
    const auto sums = output_of(fmt::format("nfdump -r '{}' -I", path.string()));
    EXPECT_NE(sums.find("Ident: router-7\n"), std::string::npos) << sums;
    EXPECT_NE(sums.find("Flows: 500\n"), std::string::npos) << sums;
    EXPECT_NE(sums.find(fmt::format("Packets: {}\n", packets)), std::string::npos) << sums;
  }
}

TEST_F(NfdumpInterop, WeReadWhatNfdumpRewritesInEachCompression) {
  const auto flows = varied_nfcapd_flows(3000, 14, NfcapdLayout::k17);
  const auto source = write("source", flows, {.compression = NfcapdCompression::kNone});
  for (const std::string option : {"", "-z", "-y", "-j"}) {
    const auto path = folder_ / "rewritten";
    output_of(fmt::format("nfdump -r '{}' {} -w '{}'", source.string(), option, path.string()));
    const auto back = read_recording(bytes_of(path));
    ASSERT_TRUE(back) << option;
    EXPECT_TRUE(back->statistics.damage.empty());
    EXPECT_EQ(first_difference(flows, back->flows), "") << option;
  }
}

TEST_F(NfdumpInterop, WeReadARealOldFileAsNfdumpDoes) {
  const char* folder = std::getenv("NOROSHI_FIELD_DATA");
  const char* source = std::getenv("NOROSHI_SOURCE");
  const auto data = folder != nullptr
                        ? fs::path(folder)
                        : fs::path(source != nullptr ? source : ".") / "../shared/data";
  const auto path = data / "labelled/slips-dev/test1-malicious.nfdump";
  if (!fs::exists(path)) GTEST_SKIP() << "1 recording is not here: " << path;
  const auto back = read_recording(bytes_of(path));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->format, "nfcapd 1.6 (none)");
  EXPECT_EQ(back->flows.size(), 4593u);
  EXPECT_TRUE(back->statistics.damage.empty());
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  for (std::size_t row = 0; row < back->flows.size(); ++row) {
    packets += back->flows.packets()[row];
    bytes += back->flows.bytes()[row];
  }
  EXPECT_EQ(packets, 4652u);
  EXPECT_EQ(bytes, 241'025u);
  expect_same(back->flows, records_of(path), "the real file");
}

}  // namespace
}  // namespace noroshi
