#include "collect/stream_server.h"

#include <gtest/gtest.h>

#include "collect/loopback_for_test.h"
#include "decode/messages_for_test.h"

// Over loopback, and short. TLS, which needs certificates, is tested by tests/interop/test_collect.
namespace noroshi {
namespace {

using namespace for_test;
using std::chrono::milliseconds;

constexpr ListenAddress kAnyPort{ListenTransport::kStream, kLoopback, Port{}};

Bytes definition() {
  return MessageBuilder(ExportProtocol::kIpfix).define(300, router_template(true)).finish();
}
Bytes data(std::uint32_t flow) {
  return MessageBuilder(ExportProtocol::kIpfix).set(300, router_record(true, flow)).finish();
}

class StreamServerTest : public testing::Test {
 protected:
  StreamServer::Config config_ = [] {
    StreamServer::Config config;
    config.listen = {kAnyPort};
    config.report_interval = milliseconds(20);
    return config;
  }();
  ExporterPolicy::Config policy_;
  RecordingSink sink_;

  std::unique_ptr<StreamServer> started() {
    auto server = std::make_unique<StreamServer>(
        config_,
        StreamServer::Dependencies{std::make_shared<const ExporterPolicy>(policy_), sink_});
    const auto status = server->start();
    EXPECT_TRUE(status) << status.error().message;
    return server;
  }
  static bool comes_to(const StreamServer& server, std::uint64_t ConnectionCounters::*counter,
                       std::uint64_t value) {
    return comes_true([&] { return server.report()->connections.*counter == value; });
  }
};

TEST_F(StreamServerTest, DecodesMessagesHoweverTheyAreCut) {
  const auto server = started();
  const Sender sender(kLoopback, server->listening().at(0));
  const auto stream = joined({definition(), data(1), data(2), data(3)});
  for (std::size_t at = 0; at < stream.size(); at += 37)
    sender.send(std::span(stream).subspan(at, std::min<std::size_t>(37, stream.size() - at)));
  ASSERT_TRUE(comes_true([&] { return sink_.rows == 3; }));
  server->stop();
  const auto report = server->report();
  EXPECT_EQ(report->intake.totals.datagrams, 4u);
  EXPECT_EQ(report->intake.totals.octets, stream.size());
  EXPECT_EQ(report->connections.accepted, 1u);
  ASSERT_EQ(report->intake.exporters.size(), 1u);
  EXPECT_EQ(report->intake.exporters[0].templates, 1u);
  EXPECT_EQ(report->intake.exporters[0].listener, server->listening()[0].to_string());
}

TEST_F(StreamServerTest, TemplatesLiveAndDieWithTheirConnection) {
  const auto server = started();
  {
    const Sender first(kLoopback, server->listening().at(0));
    first.send(joined({definition(), data(1)}));
    ASSERT_TRUE(comes_true([&] { return sink_.rows == 1; }));
  }
  const Sender second(kLoopback, server->listening().at(0));
  second.send(data(2));
  EXPECT_TRUE(comes_true([&] {
    return server->report()->intake.totals.decode.of(Undecodable::kUnknownTemplate) == 1;
  }));
}

TEST_F(StreamServerTest, WithdrawalsCount) {
  const auto server = started();
  const Sender sender(kLoopback, server->listening().at(0));
  const auto withdrawal = MessageBuilder(ExportProtocol::kIpfix)
                              .set(2, joined({integer(300, 2), integer(0, 2)}))
                              .finish();
  sender.send(joined({definition(), data(1), withdrawal, data(2)}));
  EXPECT_TRUE(comes_true([&] {
    const auto decode = server->report()->intake.totals.decode;
    return decode.templates_withdrawn == 1 && decode.of(Undecodable::kUnknownTemplate) == 1;
  }));
}

TEST_F(StreamServerTest, ClosesWhatIsNotIpfix) {
  const auto server = started();
  const Sender sender(kLoopback, server->listening().at(0));
  const auto* request = "GET / HTTP/1.1\r\n\r\n";
  sender.send(std::as_bytes(std::span(request, 18)));
  EXPECT_TRUE(comes_true([&] { return sender.is_closed(); }));
  EXPECT_TRUE(comes_to(*server, &ConnectionCounters::unframed, 1));
}

TEST_F(StreamServerTest, ClosesConnectionsOnWhichNothingComes) {
  config_.handshake = milliseconds(50);
  const auto server = started();
  const Sender sender(kLoopback, server->listening().at(0));
  sender.send(integer(10, 2));  // the beginning of a message that never ends
  EXPECT_TRUE(comes_true([&] { return sender.is_closed(); }));
  EXPECT_TRUE(comes_to(*server, &ConnectionCounters::idle, 1));
}

TEST_F(StreamServerTest, BoundsConnectionsInAllAndOfOneExporter) {
  config_.most_connections = 3;
  config_.most_connections_per_exporter = 2;
  const auto server = started();
  const auto& address = server->listening().at(0);
  const Sender first(kLoopback, address);
  const Sender second(kLoopback, address);
  const Sender third(kLoopback, address);
  EXPECT_TRUE(comes_true([&] { return third.is_closed(); }));
  const Sender other(IpAddress::from_v4(0x7f000002), address);
  const Sender one_more(IpAddress::from_v4(0x7f000003), address);
  EXPECT_TRUE(comes_true([&] { return one_more.is_closed(); }));
  EXPECT_TRUE(comes_to(*server, &ConnectionCounters::refused_by_limit, 2));
  EXPECT_TRUE(comes_to(*server, &ConnectionCounters::open, 3));
}

TEST_F(StreamServerTest, RefusesWhomThePolicyRefuses) {
  policy_.strangers.allowed = false;
  const auto server = started();
  const Sender sender(kLoopback, server->listening().at(0));
  EXPECT_TRUE(comes_true([&] { return sender.is_closed(); }));
  EXPECT_TRUE(comes_to(*server, &ConnectionCounters::refused_by_policy, 1));
}

TEST_F(StreamServerTest, ARateCapSlowsAnExporterDownAndLosesNothing) {
  policy_.strangers.datagrams_per_second = 40;
  const auto server = started();
  const Sender sender(kLoopback, server->listening().at(0));
  const auto began = std::chrono::steady_clock::now();
  Bytes stream = definition();
  for (std::uint32_t i = 0; i < 50; ++i) stream = joined({stream, data(i)});
  sender.send(stream);
  ASSERT_TRUE(comes_true([&] { return sink_.rows == 50; }));
  EXPECT_GE(std::chrono::steady_clock::now() - began, milliseconds(200));
  server->stop();
  EXPECT_EQ(server->report()->intake.totals.over_rate, 0u);
}

TEST_F(StreamServerTest, TlsNeedsItsFiles) {
  config_.listen = {{ListenTransport::kTlsStream, kLoopback, Port{}}};
  const auto start = [&] {
    StreamServer server(config_,
                        {std::make_shared<const ExporterPolicy>(ExporterPolicy::Config{}), sink_});
    return server.start();
  };
  EXPECT_FALSE(start());
  config_.tls = {"/nonexistent.pem", "/nonexistent.key", ""};
  const auto status = start();
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message.find("/nonexistent.pem"), std::string::npos);
}

}  // namespace
}  // namespace noroshi
