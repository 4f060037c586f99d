#include "decode/address_in_text.h"

#include <gtest/gtest.h>

namespace noroshi {
namespace {

TEST(AddressInText, IsHiddenHoweverItIsWritten) {
  EXPECT_EQ(without_addresses("ppp-198.51.100.7"), "ppp-(address)");
  EXPECT_EQ(without_addresses("ppp198-51-100-7.example"), "ppp(address).example");
  EXPECT_EQ(without_addresses("cust_198_51_100_7"), "cust_(address)");
  EXPECT_EQ(without_addresses("to 2001:db8::7 (v6)"), "to (address) (v6)");
  EXPECT_EQ(without_addresses("[::ffff:198.51.100.7]"), "[(address)]");
  EXPECT_EQ(without_addresses("198.51.100.7,203.0.113.9"), "(address),(address)");
}

TEST(AddressInText, LeavesOtherNamesAlone) {
  for (const auto* name : {"GigabitEthernet0/0/0.100", "xe-0/0/1:2", "ae12.3456", "et-0/1/2",
                           "1.2.3", "256.1.1.1", "00:11:22:33:44:55", "東京 IX 10G", ""})
    EXPECT_EQ(without_addresses(name), name);
}

}  // namespace
}  // namespace noroshi
