#include "collect/collector.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <set>
#include <thread>

#include "collect/loopback_for_test.h"
#include "decode/messages_for_test.h"

// Over loopback, and short: what only sockets and threads can show.
namespace noroshi {
namespace {

using namespace for_test;
using std::chrono::milliseconds;

/// One NetFlow v5 flow whose packet count is `number`.
Bytes numbered(std::uint32_t number) {
  auto datagram = netflow5(1, 1, 1, number);
  const auto packets = integer(number, 4);
  std::ranges::copy(packets, datagram.begin() + 24 + 16);
  return datagram;
}

ListenAddress loopback(ListenTransport transport = ListenTransport::kDatagrams) {
  return {transport, IpAddress::from_v4(0x7f000001), Port{}};
}

class CollectorTest : public testing::Test {
 protected:
  Collector::Config config_ = [] {
    Collector::Config config;
    config.listen = {loopback()};
    config.receive_buffer = 1 << 20;
    config.report_interval = milliseconds(20);
    return config;
  }();
  RecordingSink sink_;
  std::vector<std::string> warnings_;
  Collector::Dependencies dependencies_{
      sink_, [this](const std::string& message) { warnings_.push_back(message); }};
};

TEST_F(CollectorTest, DecodesWhatHasArrivedBeforeItStops) {
  Collector collector(config_, dependencies_);
  ASSERT_TRUE(collector.start());
  const Sender sender(IpAddress::from_v4(0x7f000001), collector.listening().at(0));
  for (std::uint32_t i = 0; i < 200; ++i) sender.send(numbered(i));
  collector.stop();
  EXPECT_EQ(sink_.rows, 200u);
  const auto report = collector.report();
  EXPECT_EQ(report.totals.datagrams, 200u);
  EXPECT_EQ(report.totals.decode.flows, 200u);
  EXPECT_EQ(report.totals.decode.lost_records, 0u);
  EXPECT_EQ(report.kernel_drops, 0u);
  ASSERT_EQ(collector.exporters().size(), 1u);
  EXPECT_EQ(collector.exporters()[0].listener, collector.listening()[0].to_string());
  collector.stop();
  EXPECT_EQ(sink_.rows, 200u);
}

TEST_F(CollectorTest, KeepsOneExporterOnOneWorkerInOrderWhateverItsPorts) {
  config_.workers = 4;
  config_.listen = {loopback(), loopback()};
  Collector collector(config_, dependencies_);
  ASSERT_TRUE(collector.start());
  ASSERT_TRUE(warnings_.empty()) << warnings_[0];
  std::uint32_t number = 0;
  for (int round = 0; round < 10; ++round)
    for (std::uint32_t exporter = 1; exporter <= 32; ++exporter) {
      // A new source port each time.
      const Sender sender(IpAddress::from_v4(0x7f000000 + exporter), collector.listening().at(0));
      sender.send(numbered(++number));
      sender.send(numbered(++number));
    }
  collector.stop();
  EXPECT_EQ(sink_.rows, 640u);
  std::set<std::thread::id> threads;
  for (const auto& [exporter, seen] : sink_.threads) {
    EXPECT_EQ(seen.size(), 1u) << exporter.to_string();
    threads.insert(seen.begin(), seen.end());
  }
  EXPECT_GT(threads.size(), 1u);
  for (const auto& [exporter, packets] : sink_.packets)
    EXPECT_TRUE(std::ranges::is_sorted(packets)) << exporter.to_string();
}

TEST_F(CollectorTest, TakesBothFamiliesAtOneAddress) {
  config_.listen = {{ListenTransport::kDatagrams, IpAddress(), Port{}}};
  config_.workers = 2;
  Collector collector(config_, dependencies_);
  ASSERT_TRUE(collector.start());
  const auto v4 = IpAddress::from_v4(0x7f000001);
  const auto v6 = *IpAddress::parse("::1");
  auto target = collector.listening().at(0);
  Sender(v6, target).send(numbered(1));
  target.address = v4;
  Sender(v4, target).send(numbered(2));
  collector.stop();
  EXPECT_EQ(sink_.packets[v4], std::vector<std::uint64_t>{2});
  EXPECT_EQ(sink_.packets[v6], std::vector<std::uint64_t>{1});
}

TEST_F(CollectorTest, RefusesAnAddressThatAnotherCollectorHas) {
  Collector first(config_, dependencies_);
  ASSERT_TRUE(first.start());
  config_.listen = first.listening();
  Collector second(config_, dependencies_);
  const auto started = second.start();
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().message.find(config_.listen[0].to_string()), std::string::npos);
}

TEST_F(CollectorTest, WarnsOfACappedReceiveBuffer) {
  config_.receive_buffer = std::size_t{1} << 40;  // more than the kernel has words for
  Collector collector(config_, dependencies_);
  ASSERT_TRUE(collector.start());
  ASSERT_EQ(warnings_.size(), 1u);
  EXPECT_NE(warnings_[0].find("net.core.rmem_max"), std::string::npos);
}

TEST_F(CollectorTest, KeepsTemplatesOverARestart) {
  const auto path = testing::TempDir() + "noroshi-templates-" + std::to_string(::getpid());
  config_.templates.path = path;
  config_.workers = 2;
  const auto definition = MessageBuilder(ExportProtocol::kIpfix, {.seconds = 0})
                              .define(300, router_template(true))
                              .finish();
  const auto data = MessageBuilder(ExportProtocol::kIpfix, {.seconds = 0})
                        .set(300, router_record(true, 1))
                        .finish();
  const auto run = [&](const Bytes& datagram) {
    Collector collector(config_, dependencies_);
    EXPECT_TRUE(collector.start());
    for (std::uint32_t exporter = 1; exporter <= 8; ++exporter)
      Sender(IpAddress::from_v4(0x7f000000 + exporter), collector.listening().at(0)).send(datagram);
    collector.stop();
    return collector.report();
  };
  run(definition);
  const auto report = run(data);
  EXPECT_EQ(report.totals.decode.flows, 8u);
  EXPECT_EQ(report.totals.decode.provisional_records, 8u);

  // Damaged, it is told once and done without.
  ASSERT_EQ(::truncate(path.c_str(), 100), 0);
  EXPECT_EQ(run(data).totals.decode.flows, 0u);
  ASSERT_EQ(warnings_.size(), 1u);
  EXPECT_NE(warnings_[0].find(path), std::string::npos);
  ::unlink(path.c_str());
}

TEST_F(CollectorTest, TreatsExportersByNewRulesWhileItRuns) {
  Collector collector(config_, dependencies_);
  ASSERT_TRUE(collector.start());
  const Sender sender(IpAddress::from_v4(0x7f000001), collector.listening().at(0));
  ExporterPolicy::Config closed;
  closed.strangers.allowed = false;
  collector.set_exporters(closed);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  std::uint32_t sent = 0;
  while (collector.report().totals.refused == 0 && std::chrono::steady_clock::now() < end) {
    sender.send(numbered(sent++));
    std::this_thread::sleep_for(milliseconds(1));
  }
  EXPECT_GT(collector.report().totals.refused, 0u);
  EXPECT_FALSE(collector.exporters().at(0).allowed);
}

TEST_F(CollectorTest, ReportsWhileItRuns) {
  Collector collector(config_, dependencies_);
  ASSERT_TRUE(collector.start());
  const Sender sender(IpAddress::from_v4(0x7f000001), collector.listening().at(0));
  std::uint32_t sent = 0;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (collector.report().totals.datagrams < 50 && std::chrono::steady_clock::now() < end) {
    sender.send(numbered(sent++));
    std::this_thread::sleep_for(milliseconds(1));
    (void)collector.exporters();
  }
  EXPECT_GE(collector.report().totals.datagrams, 50u);
}

}  // namespace
}  // namespace noroshi
