#include "summarise/contact_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <tuple>
#include <vector>

#include "model/flow_batch.h"
#include "summarise/flows_for_test.h"

namespace noroshi {
namespace {

/// One client's connections to one server, and no more than decides which contact is dropped.
struct Plain {
  IpAddress client;
  IpAddress server;
  std::uint64_t connections = 0;
  std::uint64_t last = 0;
};

Conversation meeting_of(const IpAddress& client, const IpAddress& server, std::uint64_t time) {
  Conversation conversation;
  conversation.sides[0] = {client, Port{40'000}, kTcpSyn, 1, 40, time};
  conversation.sides[1] = {server, Port{443}, 0, 0, 0, 0};
  conversation.protocol = kTcp;
  conversation.flows = 1;
  conversation.sampling_rate = 1;
  conversation.first = conversation.last = time;
  return conversation;
}

TEST(ContactTable, DropsThoseThatMetLeastAndLongestAgoAndKeepsTheOthersWhole) {
  constexpr std::size_t kMost = 40;
  std::mt19937_64 random(1);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    ContactTable table({.most_contacts = kMost, .hash_seed = seed});
    std::vector<Plain> plain;  // in the order in which they were opened
    std::uint64_t dropped = 0;
    for (int turn = 0; turn < 30; ++turn) {
      std::vector<Conversation> conversations;
      std::vector<Meeting> meetings;
      for (auto count = random() % 200; count > 0; --count)
        conversations.push_back(meeting_of(
            IpAddress::from_v4(0x0a000000 + static_cast<std::uint32_t>(random() % 8)),
            IpAddress::from_v4(0xc6336400 +
                               static_cast<std::uint32_t>(random() % 4 * (random() % 8))),
            testing::kStart + random() % 50));
      for (const auto& conversation : conversations) meetings.push_back({&conversation, 1});
      table.add(meetings);

      for (const auto& conversation : conversations) {
        const auto& client = conversation.sides[0].address;
        const auto& server = conversation.sides[1].address;
        auto found = std::ranges::find_if(
            plain, [&](const Plain& one) { return one.client == client && one.server == server; });
        if (found == plain.end()) {
          if (plain.size() >= kMost) {
            auto order = plain;
            const auto rank = [](const Plain& one) {
              return std::tuple(std::min<std::uint64_t>(one.connections, 8), one.last);
            };
            std::ranges::stable_sort(order, {}, rank);
            order.resize(kMost / 4);
            dropped += order.size();
            for (const auto& gone : order)
              std::erase_if(plain, [&](const Plain& one) {
                return one.client == gone.client && one.server == gone.server;
              });
          }
          plain.push_back({client, server});
          found = plain.end() - 1;
        }
        ++found->connections;
        found->last = std::max(found->last, conversation.last);
      }
    }
    ContactSummary summary;
    table.move_into(summary);
    std::ranges::sort(plain, {},
                      [](const Plain& one) { return std::tuple(one.server, one.client); });
    EXPECT_GT(dropped, 0u);
    EXPECT_EQ(summary.contacts_evicted, dropped);
    ASSERT_EQ(summary.contacts.size(), plain.size());
    for (std::size_t index = 0; index < plain.size(); ++index) {
      const auto& contact = summary.contacts[index];
      EXPECT_EQ(contact.client, plain[index].client);
      EXPECT_EQ(contact.server.address, plain[index].server);
      EXPECT_EQ(contact.connections, plain[index].connections);
      EXPECT_EQ(contact.events.size(), plain[index].connections);
      EXPECT_EQ(contact.last, plain[index].last);
    }
  }
}

}  // namespace
}  // namespace noroshi
