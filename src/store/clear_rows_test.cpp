#include "store/clear_rows.h"

#include <gmock/gmock.h>

#include <vector>

#include "store/old_rows_for_test.h"

namespace noroshi {
namespace {

using for_test::address;
using for_test::kFirst;
using for_test::rows_of;
using testing::ElementsAre;
using testing::IsEmpty;

class ClearRowsTest : public for_test::OldRowsTest {};

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

}  // namespace
}  // namespace noroshi
