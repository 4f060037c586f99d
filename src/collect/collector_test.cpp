#include "collect/collector.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "collect/file_descriptor.h"
#include "collect/socket_address.h"
#include "decode/messages_for_test.h"

// Over loopback, and short: what only sockets and threads can show.
namespace noroshi {
namespace {

using namespace for_test;
using std::chrono::milliseconds;

/// Remembers which thread brought which exporter, and the packets of its rows in order.
class RecordingSink final : public FlowSink {
 public:
  void take(FlowBatch&& batch) override {
    const std::lock_guard lock(mutex_);
    for (std::size_t row = 0; row < batch.size(); ++row) {
      threads[batch.exporter()[row]].insert(std::this_thread::get_id());
      packets[batch.exporter()[row]].push_back(batch.packets()[row]);
    }
    rows += batch.size();
  }
  std::map<IpAddress, std::set<std::thread::id>> threads;  // these two: after stop()
  std::map<IpAddress, std::vector<std::uint64_t>> packets;
  std::atomic<std::size_t> rows = 0;

 private:
  std::mutex mutex_;
};

/// Sends from one address to another.
class Sender {
 public:
  Sender(const IpAddress& from, const ListenAddress& to)
      : socket_(::socket(from.is_v4() ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    const auto source = SocketAddress::of(from, Port{});
    auto target = to.address;
    if (target.is_none()) target = from;
    const auto destination = SocketAddress::of(target, to.port);
    CHECK(::bind(socket_.get(), source.get(), source.length) == 0);
    CHECK(::connect(socket_.get(), destination.get(), destination.length) == 0);
  }
  void send(std::span<const std::byte> payload) const {
    CHECK(::send(socket_.get(), payload.data(), payload.size(), 0) ==
          static_cast<ssize_t>(payload.size()));
  }

 private:
  FileDescriptor socket_;
};

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
