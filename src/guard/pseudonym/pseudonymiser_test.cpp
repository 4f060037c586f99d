#include "guard/pseudonym/pseudonymiser.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <fstream>

#include "guard/pseudonym/key_file.h"
#include "guard/pseudonym/key_hour.h"
#include "guard/pseudonym/keys_for_test.h"
#include "guard/pseudonym/pseudonym_book.h"
#include "guard/pseudonym/pseudonym_keeper.h"

namespace noroshi {
namespace {

using for_test::address;
using for_test::KeyFolder;
using for_test::prefixes;
using for_test::Token;

constexpr std::uint64_t kHour = 3'600'000;
constexpr std::uint64_t kNow = 498'000;  // hours since 1970
const std::vector<std::string> kRanges = {"198.51.100.0/24", "10.0.0.0/16", "2001:db8::/32",
                                          "2001:db9:1::/48", "fd00::/8"};

std::shared_ptr<const PseudonymTables> tables_of(const KeySource& source,
                                                 const std::vector<std::string>& ranges = kRanges,
                                                 std::uint64_t now = kNow) {
  return PseudonymTables::make(source, SubscriberRanges::of(prefixes(ranges)).value(), now, nullptr)
      .value();
}

/// A row of these five: source, destination, next hop, translated source and destination.
FlowBatch row_of(const std::vector<const char*>& addresses, std::uint64_t last = kNow * kHour) {
  FlowBatch batch(1);
  batch.append(1);
  batch.mutable_last()[0] = last;
  batch.mutable_received()[0] = last;
  batch.mutable_source_address()[0] = address(addresses[0]);
  batch.mutable_destination_address()[0] = address(addresses[1]);
  batch.mutable_next_hop()[0] = address(addresses[2]);
  batch.mutable_translated_source_address()[0] = address(addresses[3]);
  batch.mutable_translated_destination_address()[0] = address(addresses[4]);
  return batch;
}

TEST(Pseudonymiser, ReplacesSubscribersInEveryColumnAndNobodyElse) {
  const Token token;
  Pseudonymiser pseudonymiser;
  pseudonymiser.replace(tables_of(token));
  auto batch = row_of({"198.51.100.7", "203.0.113.9", "10.0.0.1", "10.0.0.1", "2001:db8::7"});
  batch.mutable_exporter()[0] = address("10.0.0.2");
  pseudonymiser.apply(batch);

  PseudonymBook book(std::make_unique<Token>(), prefixes(kRanges));
  const auto back = [&](const IpAddress& pseudonym) {
    EXPECT_TRUE(pseudonym.is_pseudonym());
    return book.address_of(pseudonym, kNow).value().to_string();
  };
  EXPECT_EQ(back(batch.source_address()[0]), "198.51.100.7");
  EXPECT_EQ(batch.destination_address()[0], address("203.0.113.9"));
  EXPECT_EQ(back(batch.next_hop()[0]), "10.0.0.1");
  EXPECT_EQ(batch.next_hop()[0], batch.translated_source_address()[0]);
  EXPECT_EQ(back(batch.translated_destination_address()[0]), "2001:db8::7");
  // Exporters are the provider's own.
  EXPECT_EQ(batch.exporter()[0], address("10.0.0.2"));

  const auto statistics = pseudonymiser.statistics();
  EXPECT_EQ(statistics.replaced_v4, 3u);
  EXPECT_EQ(statistics.replaced_v6, 1u);
  EXPECT_EQ(statistics.embedded + statistics.forged + statistics.without_key, 0u);
}

TEST(Pseudonymiser, BlanksWhatArrivesInTheFormOfAPseudonym) {
  Pseudonymiser pseudonymiser;
  pseudonymiser.replace(tables_of(Token()));
  auto batch = row_of({"~198.51.100.7", "~2001:db8::1", "~fd00::1", "~203.0.113.9", "::"});
  pseudonymiser.apply(batch);
  EXPECT_TRUE(batch.source_address()[0].is_none());
  EXPECT_TRUE(batch.destination_address()[0].is_none());
  EXPECT_TRUE(batch.next_hop()[0].is_none());
  EXPECT_TRUE(batch.translated_source_address()[0].is_none());
  EXPECT_EQ(pseudonymiser.statistics().forged, 4u);
}

TEST(Pseudonymiser, FindsASubscriberInsideAnIpv6Address) {
  Pseudonymiser pseudonymiser;
  pseudonymiser.replace(tables_of(Token()));
  // 198.51.100.7 is c633:6407; inverted, 39cc:9bf8.
  auto first = row_of({"64:ff9b::c633:6407", "2002:c633:6407:1::5", "64:ff9b:1::c633:6407",
                       "2001:0:4136:e378:8000:63bf:39cc:9bf8", "198.51.100.7"});
  auto second = row_of({"::c633:6407", "::ffff:0:c633:6407", "64:ff9b::cb00:7109",
                        "2002:cb00:7109::1", "::ffff:198.51.100.7"});
  pseudonymiser.apply(first);
  pseudonymiser.apply(second);
  const auto pseudonym = first.translated_destination_address()[0];
  EXPECT_TRUE(pseudonym.is_pseudonym());
  EXPECT_TRUE(pseudonym.is_of_v4());
  for (const auto& one :
       {first.source_address()[0], first.destination_address()[0], first.next_hop()[0],
        first.translated_source_address()[0], second.source_address()[0],
        second.destination_address()[0], second.translated_destination_address()[0]})
    EXPECT_EQ(one, pseudonym) << one.to_string();
  // Nobody of ours is in these.
  EXPECT_EQ(second.next_hop()[0], address("64:ff9b::cb00:7109"));
  EXPECT_EQ(second.translated_source_address()[0], address("2002:cb00:7109::1"));
  EXPECT_EQ(pseudonymiser.statistics().embedded, 6u);
  EXPECT_EQ(pseudonymiser.statistics().replaced_v4, 8u);
}

TEST(Pseudonymiser, LeavesFlowsAsTheyAreWithoutRanges) {
  Pseudonymiser pseudonymiser;
  auto batch = row_of({"198.51.100.7", "~203.0.113.9", "10.0.0.1", "10.0.0.1", "2001:db8::7"});
  pseudonymiser.apply(batch);
  EXPECT_EQ(batch.source_address()[0], address("198.51.100.7"));
  EXPECT_EQ(batch.destination_address()[0], address("~203.0.113.9"));
}

RC_GTEST_PROP(Pseudonymiser, ReplacesManyRowsAsItReplacesOne, ()) {
  const Token token;
  static const auto tables = tables_of(token);
  Pseudonymiser pseudonymiser;
  pseudonymiser.replace(tables);
  PseudonymBook book(std::make_unique<Token>(), tables->ranges().blocks());
  const auto rows = *rc::gen::inRange<std::size_t>(1, 1400);
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  FlowBatch batch(rows);
  batch.append(rows);
  std::vector<IpAddress> before;
  for (std::size_t row = 0; row < rows; ++row) {
    const auto number = mix(seed, row);
    auto bytes = address(number % 3 == 0 ? "2001:db8::" : "2001:db9:1::").bytes();
    bytes[7] = static_cast<std::byte>(number >> 8 & 0xff);
    bytes[15] = static_cast<std::byte>(number >> 16 & 0xff);
    before.push_back(number % 2 == 0 ? IpAddress::from_v4(0x0a000000 + static_cast<std::uint32_t>(
                                                                           number >> 40 & 0x1ffff))
                                     : IpAddress::from_bytes(bytes));
    batch.mutable_last()[row] = kNow * kHour;
    batch.mutable_received()[row] = kNow * kHour;
    (number % 5 < 3 ? batch.mutable_source_address()
                    : batch.mutable_translated_destination_address())[row] = before.back();
  }
  pseudonymiser.apply(batch);
  for (std::size_t row = 0; row < rows; ++row) {
    const auto after = batch.source_address()[row].is_none()
                           ? batch.translated_destination_address()[row]
                           : batch.source_address()[row];
    if (tables->ranges().find(before[row]) == SubscriberRanges::kNone)
      RC_ASSERT(after == before[row]);
    else
      RC_ASSERT(after == book.pseudonym_of(before[row], kNow).value());
  }
}

TEST(KeyHour, IsThatOfTheEndUnlessTheClockIsWrong) {
  EXPECT_EQ(key_hour(kNow * kHour - 1, kNow * kHour + 1), kNow - 1);
  EXPECT_EQ(key_hour(kNow * kHour, 0), kNow);
  EXPECT_EQ(key_hour((kNow - 26) * kHour, kNow * kHour), kNow - 26);
  EXPECT_EQ(key_hour((kNow - 26) * kHour - 1, kNow * kHour), kNow);
  EXPECT_EQ(key_hour(0, kNow * kHour), kNow);
  EXPECT_EQ(key_hour((kNow + 2) * kHour, kNow * kHour), kNow + 2);
  EXPECT_EQ(key_hour((kNow + 2) * kHour + 1, kNow * kHour), kNow);
}

const std::vector<PseudonymKey> kRotated = {{"old", 0, kNow + 1, {}},
                                            {"new", kNow + 1, PseudonymKey::kNoEnd, {}}};

TEST(Pseudonymiser, NeverMixesKeysInAnHour) {
  const Token token(kRotated);
  Pseudonymiser pseudonymiser;
  pseudonymiser.replace(tables_of(token));
  PseudonymBook book(std::make_unique<Token>(kRotated), prefixes(kRanges));
  const auto pseudonym_at = [&](std::uint64_t last, std::uint64_t received) {
    auto batch = row_of({"10.0.1.7", "::", "::", "::", "::"}, last);
    batch.mutable_received()[0] = received;
    pseudonymiser.apply(batch);
    return batch.source_address()[0];
  };
  const auto change = (kNow + 1) * kHour;
  const auto old_one = book.pseudonym_of(address("10.0.1.7"), kNow).value();
  const auto new_one = book.pseudonym_of(address("10.0.1.7"), kNow + 1).value();
  ASSERT_NE(old_one, new_one);
  EXPECT_EQ(pseudonym_at(change - 1, change - 1), old_one);
  EXPECT_EQ(pseudonym_at(change, change), new_one);
  // It arrives later, or its clock is ahead: its own hour decides.
  EXPECT_EQ(pseudonym_at(change - 1, change + 5 * kHour), old_one);
  EXPECT_EQ(pseudonym_at(change, change - 1000), new_one);
  EXPECT_EQ(book.address_of(new_one, kNow + 1).value(), address("10.0.1.7"));
  EXPECT_EQ(book.translate(old_one, kNow, kNow + 1).value(), new_one);
  EXPECT_EQ(book.translate(new_one, kNow + 1, kNow).value(), old_one);
}

TEST(Pseudonymiser, BlanksAnAddressForWhoseHourNoKeyIsInUse) {
  const Token token(kRotated);
  Pseudonymiser pseudonymiser;
  pseudonymiser.replace(tables_of(token, kRanges, kNow + 1 + KeyFile::kLateHours));
  auto batch = row_of({"10.0.1.7", "2001:db8::1", "203.0.113.9", "::", "::"}, kNow * kHour);
  pseudonymiser.apply(batch);
  EXPECT_TRUE(batch.source_address()[0].is_none());
  EXPECT_TRUE(batch.destination_address()[0].is_none());
  EXPECT_EQ(batch.next_hop()[0], address("203.0.113.9"));
  EXPECT_EQ(pseudonymiser.statistics().without_key, 2u);
  EXPECT_EQ(pseudonymiser.statistics().replaced_v4, 0u);
}

TEST(PseudonymTables, ShareWhatIsThereAlreadyAndKeepOnlyKeysInUse) {
  const Token token(kRotated);
  const auto ranges = SubscriberRanges::of(prefixes({"198.51.100.0/24"})).value();
  const auto at = [&](std::uint64_t hour, const PseudonymTables* before) {
    return PseudonymTables::make(token, ranges, hour, before).value();
  };
  const auto early = at(kNow - 100, nullptr);
  ASSERT_EQ(early->uses().size(), 1u);
  EXPECT_EQ(early->uses()[0].key.id, "old");
  const auto near = at(kNow + 1 - KeyFile::kLeadHours, early.get());
  ASSERT_EQ(near->uses().size(), 2u);
  EXPECT_EQ(near->uses()[0].blocks[0], early->uses()[0].blocks[0]);
  const auto late = at(kNow + 1 + KeyFile::kLateHours, near.get());
  ASSERT_EQ(late->uses().size(), 1u);
  EXPECT_EQ(late->uses()[0].blocks[0], near->uses()[1].blocks[0]);
}

TEST(PseudonymBook, RefusesWhatItCannotReverse) {
  PseudonymBook book(std::make_unique<Token>(), prefixes({"198.51.100.0/24"}));
  EXPECT_EQ(book.address_of(address("198.51.100.7"), kNow).error().code,
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(book.address_of(address("~203.0.113.7"), kNow).error().code,
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(book.pseudonym_of(address("~198.51.100.7"), kNow).error().code,
            ErrorCode::kInvalidArgument);
}

TEST(PseudonymBook, NamesNobodyForAnHourWhoseKeyIsRetired) {
  auto keys = std::make_unique<KeyFile>(KeyFile::create(kNow));
  const auto first = keys->keys()[0].id;
  ASSERT_TRUE(keys->rotate(kNow + 10, kNow).has_value());
  ASSERT_TRUE(keys->retire(first, kNow + 100).has_value());
  PseudonymBook book(std::move(keys), prefixes({"198.51.100.0/24"}));
  EXPECT_EQ(book.address_of(address("~198.51.100.7"), kNow).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(book.address_of(address("~198.51.100.7"), kNow + 10).has_value());
}

TEST(PseudonymKeeper, SaysHowToMakeAKeyWhereThereIsNone) {
  const KeyFolder folder;
  Pseudonymiser pseudonymiser;
  PseudonymKeeper keeper(pseudonymiser);
  const auto loaded = keeper.load({folder.file(), prefixes({"198.51.100.0/24"})}, kNow);
  ASSERT_FALSE(loaded.has_value());
  EXPECT_NE(loaded.error().message.find("noroshi guard key init"), std::string::npos);
  // Without subscribers none is needed.
  EXPECT_TRUE(keeper.load({folder.file(), {}}, kNow).has_value());
}

TEST(PseudonymKeeper, TakesOverANewKeyAndNewRangesWhileRunning) {
  const KeyFolder folder;
  auto file = KeyFile::create(kNow);
  ASSERT_TRUE(file.write(folder.file()).has_value());
  Pseudonymiser pseudonymiser;
  PseudonymKeeper keeper(pseudonymiser);
  ASSERT_TRUE(keeper.load({folder.file(), prefixes({"198.51.101.0/24"})}, kNow).has_value());
  const auto at = [&](const char* text, std::uint64_t hour) {
    auto batch = row_of({text, "::", "::", "::", "::"}, hour * kHour);
    pseudonymiser.apply(batch);
    return batch.source_address()[0];
  };
  const auto before = at("198.51.101.7", kNow);
  EXPECT_EQ(keeper.tick(kNow).value(), false);

  ASSERT_TRUE(file.rotate(kNow + 4, kNow).has_value());
  ASSERT_TRUE(file.write(folder.file()).has_value());
  EXPECT_EQ(keeper.tick(kNow).value(), true);
  const auto after = at("198.51.101.7", kNow + 4);
  EXPECT_EQ(at("198.51.101.7", kNow), before);

  // A wider range: what had pseudonyms keeps them.
  ASSERT_TRUE(keeper.load({folder.file(), prefixes({"198.51.100.0/22"})}, kNow).has_value());
  EXPECT_EQ(at("198.51.101.7", kNow), before);
  EXPECT_EQ(at("198.51.101.7", kNow + 4), after);
  auto book = PseudonymBook::read(folder.file()).value();
  EXPECT_EQ(book.address_of(before, kNow).value(), address("198.51.101.7"));
  EXPECT_EQ(book.address_of(after, kNow + 4).value(), address("198.51.101.7"));
  EXPECT_EQ(book.address_of(at("198.51.102.9", kNow), kNow).value(), address("198.51.102.9"));

  // A file that cannot be read: what ran before goes on.
  std::ofstream(folder.file()) << "nonsense\n";
  EXPECT_FALSE(keeper.tick(kNow + 1).has_value());
  EXPECT_EQ(at("198.51.101.7", kNow), before);
}

}  // namespace
}  // namespace noroshi
