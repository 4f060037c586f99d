#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "model/contact.h"
#include "summarise/conversation.h"
#include "summarise/slot_index.h"

namespace noroshi {

/// A conversation of which one side is known to be the server. Refers to the conversation.
struct Meeting {
  const Conversation* conversation;
  std::size_t server_side;
};

/// Collects conversations whose server is known into contacts, and first meetings into each
/// client's activity by destination port.
///
/// Memory is bounded by Config::most_contacts: when full, the quarter with the fewest connections
/// (among equals, the longest silent) is dropped and counted. A client's scanning does not depend
/// on that: it is counted by port before anything is dropped.
class ContactTable {
 public:
  struct Config {
    std::size_t most_contacts = 300'000;
    std::size_t most_port_activities = 200'000;
    std::uint64_t hash_seed = 0;
  };

  explicit ContactTable(Config config);

  /// One after another; many at once are looked up side by side.
  void add(std::span<const Meeting> meetings);
  /// The server of every contact, in no order.
  template <typename Visitor>
  void for_each_server(Visitor&& visit) const {
    for (const auto& contact : contacts_)
      if (contact.flows != 0) visit(contact.server);
  }

  /// Moves everything into a summary: contacts by server, then client; activity by client, protocol
  /// and port; events by time. The table is empty afterwards.
  void move_into(ContactSummary& summary);

 private:
  [[nodiscard]] std::uint64_t hash_of(const IpAddress& client, const Endpoint& server) const;
  [[nodiscard]] std::uint64_t hash_of(const Meeting& meeting) const;
  void add(const Meeting& meeting, std::uint64_t hash);
  [[nodiscard]] Contact& find_or_open(const Meeting& meeting, std::uint64_t hash);
  void drop_quietest();
  void count_first_meeting(const Contact& contact, std::optional<bool> accepted);

  Config config_;
  std::vector<Contact> contacts_;      // one without flows is a free slot
  std::vector<std::uint64_t> opened_;  // by slot: how many contacts were opened before this one
  std::vector<std::uint32_t> free_slots_;
  std::uint64_t opened_so_far_ = 0;
  SlotIndex index_;
  std::vector<PortActivity> activity_;
  SlotIndex activity_index_;
  std::uint64_t evicted_ = 0;
  std::uint64_t activity_not_kept_ = 0;
};

}  // namespace noroshi
