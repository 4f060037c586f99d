#include "store/clear_rows.h"

#include <gmock/gmock.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "store/embedded/engine_for_test.h"
#include "store/history.h"

namespace noroshi {
namespace {

using for_test::GuardForTest;
using for_test::WithEngine;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t kHour = 3'600'000;
constexpr std::uint64_t kFirst = 498'000;

IpAddress address(const char* text) { return *IpAddress::parse(text); }

std::vector<Prefix> subscribers() {
  return {*Prefix::parse("198.18.0.0/15"), *Prefix::parse("2001:db8:7a00::/40")};
}

/// Rows of one hour, each from and to strangers.
FlowBatch rows_of(std::uint64_t hour, std::size_t count) {
  FlowBatch rows;
  rows.append(count);
  for (std::size_t i = 0; i < count; ++i) {
    rows.mutable_source_address()[i] =
        IpAddress::from_v4(0xc0000200 + static_cast<std::uint32_t>(i));
    rows.mutable_destination_address()[i] = address("203.0.113.9");
    rows.mutable_exporter()[i] = address("198.19.0.1");  // the provider's own: no subscriber's
    rows.mutable_last()[i] = rows.mutable_received()[i] = hour * kHour + i;
    rows.mutable_first()[i] = hour * kHour;
    rows.mutable_packets()[i] = 1 + i;
    rows.mutable_bytes()[i] = 100 * i;
  }
  return rows;
}

class ClearRowsTest : public WithEngine {
 protected:
  void SetUp() override {
    WithEngine::SetUp();
    if (IsSkipped()) return;
    history_ = open_history();
  }
  [[nodiscard]] std::vector<ClearRows> found() {
    const auto found = history_->clear_rows(granted());
    EXPECT_TRUE(found) << found.error().message;
    return found ? *found : std::vector<ClearRows>();
  }
  [[nodiscard]] Granted<ClearRowsQuestion> granted() {
    auto granted = guard_.guard().permit_search();
    EXPECT_TRUE(granted);
    return std::move(*granted);
  }
  [[nodiscard]] std::multiset<std::string> stored() {
    std::multiset<std::string> rows;
    const auto read =
        history_->read(guard_.grant(RowsQuestion{}), [&](const FlowBatch& batch) -> Status {
          for (std::size_t i = 0; i < batch.size(); ++i)
            rows.insert(
                batch.source_address()[i].to_string() + " " +
                batch.destination_address()[i].to_string() + " " + batch.exporter()[i].to_string() +
                " " + std::to_string(batch.last()[i]) + " " + std::to_string(batch.first()[i]) +
                " " + std::to_string(batch.packets()[i]) + " " + std::to_string(batch.bytes()[i]));
          return {};
        });
    EXPECT_TRUE(read) << read.error().message;
    return rows;
  }

  GuardForTest guard_{GuardForTest::permissive(), subscribers()};
  std::unique_ptr<History> history_;
};

TEST_F(ClearRowsTest, NoneWhereAllIsPseudonymsAndStrangers) {
  auto rows = rows_of(kFirst, 10);
  rows.mutable_source_address()[3] = address("198.19.1.2").marked();
  rows.mutable_destination_address()[4] = address("2001:db8:7a00::5").marked();
  rows.mutable_next_hop()[5] = address("198.17.255.255");
  rows.mutable_next_hop()[6] = address("198.20.0.0");
  rows.mutable_next_hop()[7] = address("2001:db8:7b00::");
  rows.mutable_next_hop()[8] = address("64:ff9b::198.17.1.1");
  ASSERT_TRUE(history_->insert(0, 1, rows));
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(ClearRowsTest, InEveryColumnAndEveryWayOfWritingOne) {
  const char* const forms[] = {"198.18.0.0",
                               "198.19.255.255",
                               "2001:db8:7a00::",
                               "2001:db8:7aff:ffff:ffff:ffff:ffff:ffff",
                               "64:ff9b::198.19.1.2",
                               "64:ff9b:1:ab:0:77:198.19.1.2",
                               "2002:c613:102::1",
                               "2001:0:cb00:7101:8000:f227:39ec:fefd",  // Teredo, inverted
                               "::198.19.1.2",
                               "::ffff:0:198.19.1.2"};
  std::uint64_t hour = kFirst;
  for (const auto* form : forms) {
    auto rows = rows_of(hour, 8);
    rows.mutable_source_address()[0] = address(form);
    rows.mutable_destination_address()[1] = address(form);
    rows.mutable_next_hop()[2] = address(form);
    rows.mutable_translated_source_address()[3] = address(form);
    rows.mutable_translated_destination_address()[4] = address(form);
    ASSERT_TRUE(history_->insert(0, hour, rows));
    ++hour;
  }
  const auto all = found();
  ASSERT_EQ(all.size(), std::size(forms));
  for (std::size_t at = 0; at < all.size(); ++at)
    EXPECT_EQ(all[at], (ClearRows{"flows", kFirst + at, 5})) << forms[at];
}

TEST_F(ClearRowsTest, OfContactsToo) {
  std::vector<Contact> contacts(2);
  contacts[0].client = address("198.19.7.7");
  contacts[0].server.address = address("203.0.113.9");
  contacts[1].client = address("192.0.2.1");
  contacts[1].server.address = address("203.0.113.9");
  ASSERT_TRUE(history_->insert_contacts(0, 1, kFirst, contacts));
  EXPECT_THAT(found(), ElementsAre(ClearRows{"contacts", kFirst, 1}));
}

TEST_F(ClearRowsTest, RewrittenStandAsTheyStoodButForTheirAddresses) {
  auto rows = rows_of(kFirst, 500);
  for (std::size_t i = 0; i < 500; i += 5)
    rows.mutable_source_address()[i] =
        IpAddress::from_v4(0xc6130000 + static_cast<std::uint32_t>(i));
  ASSERT_TRUE(history_->insert(0, 7, rows));
  ASSERT_TRUE(history_->insert(0, 9, rows_of(kFirst, 30)));
  ASSERT_TRUE(history_->insert(0, 11, rows_of(kFirst + 1, 20)));
  const auto before = stored();
  std::set<std::uint64_t> hours;
  const auto mark = [&](const IpAddress& old, std::uint64_t hour) -> Result<IpAddress> {
    hours.insert(hour);
    return Prefix::parse("198.18.0.0/15")->contains(old) ? old.marked() : old;
  };
  const auto partitions = history_->partitions();
  ASSERT_TRUE(partitions);
  for (int times = 0; times < 2; ++times) {
    for (const auto& partition : *partitions)
      if (partition.begin == kFirst) {
        ASSERT_TRUE(history_->rewrite(granted(), partition, mark));
      }
    EXPECT_THAT(hours, ElementsAre(kFirst));
    EXPECT_THAT(found(), IsEmpty());
    const auto after = stored();
    ASSERT_EQ(after.size(), before.size());
    std::multiset<std::string> marked;
    for (const auto& row : before) marked.insert(row.starts_with("198.19.") ? "~" + row : row);
    EXPECT_EQ(after, marked);
    // A batch is still known by its number.
    EXPECT_EQ(history_->rows_of(0, 7, kFirst), 500u);
    EXPECT_EQ(history_->rows_of(0, 9, kFirst), 30u);
  }
}

TEST_F(ClearRowsTest, ContactsAreRewrittenWithAllThatIsKeptOfThem) {
  std::vector<Contact> contacts(3);
  for (std::size_t i = 0; i < contacts.size(); ++i) {
    contacts[i].client = IpAddress::from_v4(0xc6130000 + static_cast<std::uint32_t>(i));
    contacts[i].server.address = address("203.0.113.9");
    contacts[i].flows = 5 + i;
    contacts[i].bytes_up = 77 * i;
  }
  ASSERT_TRUE(history_->insert_contacts(0, 3, kFirst, contacts));
  const auto read = [&] {
    std::map<std::string, std::uint64_t> all;
    const auto done = history_->read_contacts(
        guard_.grant(ContactsQuestion{kFirst}), [&](std::span<const Contact> some) -> Status {
          for (const auto& contact : some)
            all[contact.client.to_string()] = contact.flows * 1'000 + contact.bytes_up;
          return {};
        });
    EXPECT_TRUE(done) << done.error().message;
    return all;
  };
  const auto before = read();
  ASSERT_EQ(before.size(), 3u);
  const auto partitions = history_->partitions();
  ASSERT_TRUE(partitions);
  for (const auto& partition : *partitions)
    ASSERT_TRUE(history_->rewrite(
        granted(), partition, [](const IpAddress& old, std::uint64_t hour) -> Result<IpAddress> {
          EXPECT_EQ(hour, kFirst);
          return old == *IpAddress::parse("203.0.113.9") ? old : old.marked();
        }));
  std::map<std::string, std::uint64_t> marked;
  for (const auto& [client, numbers] : before) marked["~" + client] = numbers;
  EXPECT_EQ(read(), marked);
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(ClearRowsTest, AChangeThatFailsLeavesEverythingAsItWas) {
  ASSERT_TRUE(history_->insert(0, 1, rows_of(kFirst, 10)));
  const auto before = stored();
  const auto partitions = history_->partitions();
  ASSERT_TRUE(partitions);
  ASSERT_EQ(partitions->size(), 1u);
  const auto failed = history_->rewrite(granted(), partitions->front(),
                                        [](const IpAddress&, std::uint64_t) -> Result<IpAddress> {
                                          return failure(ErrorCode::kIo, "the keys are away");
                                        });
  EXPECT_EQ(failed.error().message, "the keys are away");
  EXPECT_EQ(stored(), before);
}

}  // namespace
}  // namespace noroshi
