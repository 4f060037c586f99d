#include "decode/interface_table.h"

#include <gtest/gtest.h>

#include <string_view>

#include "decode/messages_for_test.h"
#include "decode/template_store.h"

namespace noroshi {
namespace {

using namespace for_test;

Bytes text(std::string_view characters, std::size_t width) {
  Bytes bytes(width);
  for (std::size_t i = 0; i < characters.size(); ++i)
    bytes[i] = static_cast<std::byte>(characters[i]);
  return bytes;
}
std::string readable(std::string_view characters) {
  return readable_text(text(characters, characters.size()));
}

TEST(ReadableText, EndsAtTheFirstZeroAndLosesSpacesAtItsEnds) {
  EXPECT_EQ(readable_text(text("xe-0/0/1", 32)), "xe-0/0/1");
  EXPECT_EQ(readable(std::string_view("a\0b", 3)), "a");
  EXPECT_EQ(readable("  Transit A  "), "Transit A");
  EXPECT_EQ(readable_text(text("", 32)), "");
}

TEST(ReadableText, HoldsNothingThatATerminalWouldObey) {
  EXPECT_EQ(readable("\x1b[2Jpeer"), "?[2Jpeer");
  EXPECT_EQ(readable("a\xc2\x9b"
                     "2Jb"),
            "a?2Jb")
      << "C1, as UTF-8";
  EXPECT_EQ(readable("a\x7f\r\nb"), "a???b");
  EXPECT_EQ(readable("a\xff\xfe"
                     "b"),
            "a??b")
      << "not UTF-8";
  EXPECT_EQ(readable("東京"), "東京");
}

TEST(ReadableText, IsCutToWholeCharacters) {
  const std::string most(kLongestInterfaceText, 'a');
  EXPECT_EQ(readable(most + "bc"), most);
  EXPECT_EQ(readable(most.substr(1) + "東"), most.substr(1));
}

TEST(InterfaceTable, ForgetsTheOneAnnouncedTheLongestAgo) {
  InterfaceTable table(2);
  EXPECT_EQ(table.announce(1, "a", {}, 10), InterfaceTable::Outcome::kLearnt);
  EXPECT_EQ(table.announce(2, "b", {}, 11), InterfaceTable::Outcome::kLearnt);
  EXPECT_EQ(table.announce(1, "a", {}, 12), InterfaceTable::Outcome::kKnown);
  EXPECT_EQ(table.announce(3, "c", {}, 13), InterfaceTable::Outcome::kCrowded);
  EXPECT_EQ(*table.snapshot(), (InterfaceNames{{1, 10, "a", ""}, {3, 13, "c", ""}}));
}

TEST(InterfaceTable, KeepsItsSnapshotUntilSomethingChanges) {
  InterfaceTable table(8);
  EXPECT_EQ(table.snapshot(), nullptr);
  table.announce(1, "a", "uplink", 10);
  const auto before = table.snapshot();
  table.announce(1, "a", "uplink", 20);
  EXPECT_EQ(table.snapshot(), before);
  table.announce(1, "b", {}, 30);
  EXPECT_EQ(*table.snapshot(), (InterfaceNames{{1, 30, "b", "uplink"}}));
  EXPECT_EQ(*before, (InterfaceNames{{1, 10, "a", "uplink"}})) << "whoever holds it keeps it";
}

TEST(InterfaceTable, AnInterfaceWithoutAnyNameIsNone) {
  InterfaceTable table(8);
  EXPECT_EQ(table.announce(1, "", "", 10), InterfaceTable::Outcome::kKnown);
  EXPECT_EQ(table.size(), 0u);
  table.announce(1, "a", {}, 10);
  table.announce(1, "", {}, 20);
  EXPECT_EQ(table.size(), 0u);
  EXPECT_EQ(table.snapshot(), nullptr);
}

constexpr std::uint16_t kOptions = 400;
constexpr std::uint64_t kReceived = 1'700'000'001'000;  // of datagram_of()

/// Sends options and looks at what the session knows.
class Announced : public testing::TestWithParam<ExportProtocol> {
 protected:
  [[nodiscard]] bool ipfix() const { return GetParam() == ExportProtocol::kIpfix; }
  [[nodiscard]] FieldSpecifier system_scope() const {
    return ipfix() ? FieldSpecifier{kIana, 149, 4} : FieldSpecifier{kNetflow9Scope, 1, 4};
  }
  [[nodiscard]] FieldSpecifier interface_scope() const {
    return ipfix() ? FieldSpecifier{kIana, 10, 4} : FieldSpecifier{kNetflow9Scope, 2, 4};
  }
  [[nodiscard]] Bytes datagram(const std::vector<FieldSpecifier>& fields,
                               const Bytes& records) const {
    return MessageBuilder(GetParam())
        .define_options(kOptions, 1, fields)
        .set(kOptions, records)
        .finish();
  }
  void announce(const std::vector<FieldSpecifier>& fields, const Bytes& records,
                std::uint32_t exporter = 1) {
    const auto payload = datagram(fields, records);
    auto received = datagram_of(payload);
    received.exporter = IpAddress::from_v4(exporter);
    decoder_.decode(received, batch_);
  }
  [[nodiscard]] InterfaceNames names(std::size_t session = 0) const {
    const auto sessions = decoder_.sessions();
    if (session >= sessions.size() || sessions[session].interfaces == nullptr) return {};
    return *sessions[session].interfaces;
  }

  Decoder decoder_{{}};
  FlowBatch batch_;
};
INSTANTIATE_TEST_SUITE_P(Protocols, Announced,
                         testing::Values(ExportProtocol::kNetflow9, ExportProtocol::kIpfix));

TEST_P(Announced, NamesOfTheInterfaceInTheScope) {
  announce({interface_scope(), {kIana, 82, 32}, {kIana, 83, 64}},
           joined({integer(3, 4), text("xe-0/0/1", 32), text("Transit A", 64),  //
                   integer(4, 4), text("xe-0/0/2", 32), text("", 64)}));
  EXPECT_EQ(names(), (InterfaceNames{{3, kReceived, "xe-0/0/1", "Transit A"},
                                     {4, kReceived, "xe-0/0/2", ""}}));
  EXPECT_EQ(decoder_.statistics().interface_names, 2u);
  EXPECT_EQ(decoder_.statistics().option_records, 2u);
  EXPECT_TRUE(batch_.empty());
}

TEST_P(Announced, NamesInATableAboutTheSystem) {
  // As Cisco's "option interface-table" has it.
  announce({system_scope(), {kIana, 10, 4}, {kIana, 82, 32}, {kIana, 83, 64}},
           joined({integer(1, 4), integer(7, 4), text("Gi0/0/7", 32), text("core", 64)}));
  EXPECT_EQ(names(), (InterfaceNames{{7, kReceived, "Gi0/0/7", "core"}}));
}

TEST_P(Announced, NamesAndDescriptionsInRecordsOfTheirOwn) {
  announce({interface_scope(), {kIana, 82, 16}}, joined({integer(3, 4), text("ge-1", 16)}));
  announce({interface_scope(), {kIana, 83, 16}}, joined({integer(3, 4), text("peer A", 16)}));
  EXPECT_EQ(names(), (InterfaceNames{{3, kReceived, "ge-1", "peer A"}}));
}

TEST_P(Announced, RecordsWithoutAnInterfaceOrANameSayNothing) {
  announce({system_scope(), {kIana, 82, 16}}, joined({integer(1, 4), text("ge-1", 16)}));
  announce({interface_scope(), {kIana, 34, 4}}, joined({integer(3, 4), integer(100, 4)}));
  EXPECT_TRUE(names().empty());
  EXPECT_EQ(decoder_.sessions()[0].sampling_rates, std::vector<std::uint32_t>{100});
}

TEST_P(Announced, ANumberInARecordIsNotTheScopeOfARate) {
  announce({system_scope(), {kIana, 10, 4}, {kIana, 82, 16}, {kIana, 34, 4}},
           joined({integer(1, 4), integer(7, 4), text("ge-7", 16), integer(100, 4)}));
  EXPECT_EQ(names().size(), 1u);
  const auto saved = decoder_.save();
  EXPECT_EQ(saved.at(0).sampling.domain_rate, 100u) << "the rate is the system's";
}

TEST_P(Announced, WhatIsCutShortIsCountedAndNamesNothing) {
  auto record = joined({integer(3, 4), text("ge-3", 16), integer(4, 4), text("ge", 3)});
  announce({interface_scope(), {kIana, 82, 16}}, record);
  EXPECT_EQ(names(), (InterfaceNames{{3, kReceived, "ge-3", ""}}));
  EXPECT_EQ(decoder_.statistics().of(Undecodable::kMalformedRecord), 1u);
}

TEST(AnnouncedIpfix, TextsOfVariableLengthEndWithTheirSet) {
  Decoder decoder{{}};
  FlowBatch batch;
  const auto name = text("a longer name", 13);
  const auto good = MessageBuilder(ExportProtocol::kIpfix)
                        .define_options(kOptions, 1, {{kIana, 10, 4}, {kIana, 82, kVariableLength}})
                        .set(kOptions, joined({integer(3, 4), variable(name)}))
                        .finish();
  decoder.decode(datagram_of(good), batch);
  ASSERT_EQ(decoder.sessions().size(), 1u);
  ASSERT_NE(decoder.sessions()[0].interfaces, nullptr);
  EXPECT_EQ(decoder.sessions()[0].interfaces->at(0).name, "a longer name");
  // A length that reaches beyond the set.
  const auto bad = MessageBuilder(ExportProtocol::kIpfix)
                       .set(kOptions, joined({integer(4, 4), integer(200, 1), name}))
                       .finish();
  decoder.decode(datagram_of(bad), batch);
  EXPECT_EQ(decoder.sessions()[0].interfaces->size(), 1u);
  EXPECT_EQ(decoder.statistics().of(Undecodable::kMalformedRecord), 1u);
}

TEST_P(Announced, AFloodOfNamesKeepsWithinTheSession) {
  Decoder::Config config;
  config.limits.interfaces_per_session = 100;
  decoder_ = Decoder(config);
  for (std::uint32_t i = 0; i < 1000; ++i)
    announce({interface_scope(), {kIana, 82, 16}},
             joined({integer(i, 4), text("if " + std::to_string(i), 16)}));
  ASSERT_EQ(names().size(), 100u);
  EXPECT_EQ(names().front().index, 900u);
  EXPECT_EQ(decoder_.statistics().interface_names, 1000u);
  EXPECT_EQ(decoder_.statistics().interface_names_evicted, 900u);
}

TEST_P(Announced, AFloodOfSessionsTakesNamesAndNoTemplates) {
  Decoder::Config config;
  config.limits.interfaces = 20;
  decoder_ = Decoder(config);
  for (std::uint32_t exporter = 1; exporter <= 10; ++exporter)
    for (std::uint32_t i = 0; i < 5; ++i)
      announce({interface_scope(), {kIana, 82, 16}}, joined({integer(i, 4), text("ge", 16)}),
               exporter);
  std::size_t held = 0;
  for (const auto& session : decoder_.sessions()) {
    EXPECT_EQ(session.templates, 1u);
    if (session.interfaces != nullptr) held += session.interfaces->size();
  }
  EXPECT_EQ(decoder_.sessions().size(), 10u);
  EXPECT_LE(held, 20u);
  EXPECT_GE(held, 16u) << "no more is taken than need be";
  EXPECT_EQ(decoder_.statistics().interface_names_evicted, 50 - held);
  EXPECT_EQ(decoder_.statistics().sessions_evicted, 0u);
  EXPECT_EQ(names(9).size(), 5u) << "the one that spoke last keeps its own";
}

TEST_P(Announced, AnEvictedSessionTakesItsNamesAlong) {
  Decoder::Config config;
  config.limits.sessions = 2;
  config.limits.interfaces = 10;
  decoder_ = Decoder(config);
  for (std::uint32_t exporter = 1; exporter <= 50; ++exporter)
    for (std::uint32_t i = 0; i < 5; ++i)
      announce({interface_scope(), {kIana, 82, 16}}, joined({integer(i, 4), text("ge", 16)}),
               exporter);
  EXPECT_EQ(names(0).size(), 5u) << "the count of names went down with each session";
  EXPECT_EQ(names(1).size(), 5u);
}

TEST_P(Announced, NamesLiveThroughARestart) {
  announce({interface_scope(), {kIana, 82, 32}, {kIana, 83, 64}},
           joined({integer(3, 4), text("xe-0/0/1", 32), text("東京 A", 64)}));
  const auto sessions = read_template_store(write_template_store(decoder_.save()));
  ASSERT_TRUE(sessions) << sessions.error().message;
  EXPECT_EQ(*sessions, decoder_.save());
  Decoder after{{}};
  // Templates are too old by then; names are not.
  after.restore(*sessions, from_unix_milliseconds(kReceived + 86'400'000ull * 30));
  ASSERT_EQ(after.sessions().size(), 1u);
  EXPECT_EQ(after.sessions()[0].templates, 0u);
  ASSERT_NE(after.sessions()[0].interfaces, nullptr);
  EXPECT_EQ(*after.sessions()[0].interfaces,
            (InterfaceNames{{3, kReceived, "xe-0/0/1", "東京 A"}}));
  EXPECT_EQ(after.statistics().interface_names, 0u) << "restoring is not announcing";
}

TEST_P(Announced, AFileOfTheVersionBeforeIsReadWithoutNames) {
  announce({interface_scope(), {kIana, 82, 32}}, joined({integer(3, 4), text("xe-0/0/1", 32)}));
  auto saved = decoder_.save();
  saved.at(0).interfaces.clear();
  auto bytes = write_template_store(saved);
  // Version 1, and no count of names: of one session the last four octets before the checksum.
  bytes[9] = std::byte{1};
  bytes.erase(bytes.end() - 12, bytes.end() - 8);
  const auto read = read_template_store(with_template_store_checksum(std::move(bytes)));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, saved);
}

}  // namespace
}  // namespace noroshi
