#include "simulate/inject/recorded_host.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "base/folder_for_test.h"
#include "simulate/network.h"
#include "simulate/plan/read_plan.h"

namespace noroshi::simulate {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// Made here: a host that beats every minute, with one long connection, something within its own
// network, somebody that calls it, and another host.
constexpr std::string_view kLog =
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n"
    "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\t"
    "orig_bytes\tresp_bytes\tconn_state\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\t"
    "resp_pkts\tresp_ip_bytes\n"
    "#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\t"
    "count\tstring\tcount\tcount\tcount\tcount\n"
    "1000.5\tA\t192.168.1.7\t40000\t198.18.9.9\t6667\ttcp\t-\t95.0\t90\t60\tSF\t0\tShADadfF\t31\t"
    "1713\t23\t1009\n"
    "1010.0\tB\t192.168.1.7\t40001\t192.168.1.1\t53\tudp\tdns\t0."
    "1\t30\t60\tSF\t0\tDd\t1\t58\t1\t88\n"
    "1020.0\tC\t192.168.1.7\t40002\t198.18.9.9\t6667\ttcp\t-\t7.0\t0\t0\tS0\t0\tS\t3\t180\t0\t0\n"
    "1030.0\tD\t198.18.3.3\t51000\t192.168.1.7\t23\ttcp\t-\t-\t-\t-\tREJ\t0\tSr\t1\t40\t1\t40\n"
    "1040.0\tE\t192.168.1.8\t40000\t198.18.9.9\t6667\ttcp\t-\t1.0\t9\t9\tSF\t0\tShADadfF\t5\t269\t"
    "4\t217\n";

class Recorded : public testing::Test {
 protected:
  Recorded() {
    std::ofstream(folder_.path() / "conn.log") << kLog;
    inject_.file = "conn.log";
    inject_.host = *IpAddress::parse("192.168.1.7");
    inject_.family = "made";
    inject_.servers.push_back({{*IpAddress::parse("198.18.9.9"), Port{6667}, kTcp}, "command", ""});
  }
  for_test::Folder folder_;
  InjectPlan inject_;
};

class Kept final : public Wire {
 public:
  using Wire::add;
  void add(const Exchange& exchange) override { exchanges.push_back(exchange); }
  void add(const Sweep&) override { FAIL() << "a recording has no sweeps"; }
  std::vector<Exchange> exchanges;
};

struct Sum {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::uint8_t flags = 0;
  void add(const PacketGroups& groups) {
    for (const auto& group : groups.groups()) {
      packets += group.count;
      bytes += std::uint64_t{group.count} * group.size;
      flags |= group.tcp_flags;
    }
  }
};

TEST_F(Recorded, KeepsTheHostsFlowsWithTheInternetAndCountsTheOthers) {
  TruthBook truth;
  const auto host = RecordedHost::read((folder_.path() / "conn.log").string(), inject_, truth);
  ASSERT_TRUE(host) << host.error().message;
  ASSERT_EQ(host->flows().size(), 3u);
  EXPECT_EQ(host->left_out(), 2u);
  EXPECT_EQ(host->flows()[0].begins, milliseconds(0));
  EXPECT_EQ(host->flows()[1].begins, milliseconds(19'500));
  EXPECT_NE(host->flows()[0].subject, 0u);
  EXPECT_FALSE(host->flows()[2].host_called);
  EXPECT_EQ(host->lasts(), seconds(95));
  EXPECT_EQ(truth.subject(1).about().role, "command");
  EXPECT_EQ(truth.subject(1).about().family, "made");
}

TEST_F(Recorded, IsReplayedWithTheSamePacketsOctetsAndFlagsHoweverTimeIsCut) {
  TruthBook truth;
  const auto host = RecordedHost::read((folder_.path() / "conn.log").string(), inject_, truth);
  ASSERT_TRUE(host);
  Subscriber line;
  line.index = 4;
  line.v4 = *IpAddress::parse("100.64.1.4");
  const Timestamp begins(minutes(1'000));
  for (const auto slice : {seconds(1), seconds(7), seconds(60), seconds(600)}) {
    Replay replay(*host, line, begins);
    Kept wire;
    for (auto from = Timestamp(minutes(999)); from < begins + minutes(5); from += slice) {
      const auto already = wire.exchanges.size();
      replay.act({from, from + slice}, wire);
      for (auto i = already; i < wire.exchanges.size(); ++i) {
        EXPECT_GE(wire.exchanges[i].start, from);
        EXPECT_LT(wire.exchanges[i].start, from + slice);
        EXPECT_LE(wire.exchanges[i].duration, Exchange::kLongest);
      }
    }
    std::map<std::uint16_t, std::pair<Sum, Sum>> sums;  // by the line's port
    for (const auto& exchange : wire.exchanges) {
      auto& [up, down] =
          sums[exchange.line_is_server ? exchange.server_port : exchange.client_port];
      up.add(exchange.up);
      down.add(exchange.down);
      EXPECT_EQ(exchange.line_is_server ? exchange.server : exchange.client, line.v4);
    }
    ASSERT_EQ(sums.size(), 3u);
    EXPECT_EQ(sums[40'000].first.packets, 31u);
    EXPECT_EQ(sums[40'000].first.bytes, 1'713u);
    EXPECT_EQ(sums[40'000].second.packets, 23u);
    EXPECT_EQ(sums[40'000].second.bytes, 1'009u);
    EXPECT_EQ(sums[40'000].first.flags & (kTcpSyn | kTcpFin), kTcpSyn | kTcpFin);
    EXPECT_EQ(sums[40'002].first.packets, 3u);
    EXPECT_EQ(sums[40'002].first.bytes, 180u);
    EXPECT_EQ(sums[40'002].first.flags, kTcpSyn);
    EXPECT_EQ(sums[40'002].second.packets, 0u);
    EXPECT_EQ(sums[23].first.packets, 1u);
    EXPECT_EQ(sums[23].second.flags & kTcpRst, kTcpRst);
  }
}

TEST_F(Recorded, BecomesALineAmongTheOthersWithItsTruth) {
  auto plan = parse_plan(R"(
duration = "10m"
[population]
lines = 100
[[inject]]
file = "conn.log"
host = "192.168.1.7"
shift = "2m"
times = 2
stagger = "1m"
family = "made"
[[inject.server]]
address = "198.18.9.9"
port = 6667
)",
                         (folder_.path() / "case.toml").string());
  ASSERT_TRUE(plan) << plan.error().message;
  auto network = Network::create(*plan, {.threads = 2, .recordings = ""});
  ASSERT_TRUE(network) << network.error().message;
  std::map<IpAddress, std::uint64_t> packets;
  while ((*network)->advance()) {
    const auto& rows = (*network)->rows(0);
    for (std::size_t row = 0; row < rows.size(); ++row)
      if (rows.destination_port()[row] == 6'667)
        packets[rows.source_address()[row]] += rows.packets()[row];
  }
  const auto lines = (*network)->infected_lines();
  ASSERT_EQ(lines.size(), 2u);
  for (const auto& line : lines) {
    EXPECT_EQ(packets[line.address], 34u);
    EXPECT_EQ(line.family, "made");
    EXPECT_EQ(line.calls.count, 2u);
  }
  EXPECT_EQ(std::abs((lines[0].from - lines[1].from).count()), 60'000);
  const auto number = (*network)->truth().find(inject_.servers[0].endpoint);
  ASSERT_NE(number, 0u);
  EXPECT_EQ((*network)->truth().subject(number).lines(), 2u);
  EXPECT_EQ((*network)->statistics().left_out, 2u);
}

TEST_F(Recorded, IsRefusedWhenItIsNotThereOrHoldsNothingOfTheHost) {
  TruthBook truth;
  EXPECT_FALSE(RecordedHost::read((folder_.path() / "none.log").string(), inject_, truth));
  inject_.host = *IpAddress::parse("192.168.1.99");
  const auto host = RecordedHost::read((folder_.path() / "conn.log").string(), inject_, truth);
  ASSERT_FALSE(host);
  EXPECT_NE(host.error().message.find("no flow of 192.168.1.99"), std::string::npos);
}

}  // namespace
}  // namespace noroshi::simulate
