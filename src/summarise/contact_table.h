#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "model/contact.h"
#include "summarise/conversation.h"

namespace noroshi {

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

  void add(const Conversation& conversation, std::size_t server_side);
  /// Every server seen so far, in no order.
  template <typename Visitor>
  void for_each_server(Visitor&& visit) const {
    for (const auto& contact : contacts_) visit(contact.server);
  }

  /// Moves everything into a summary: contacts by server, then client; activity by client, protocol
  /// and port; events by time. The table is empty afterwards.
  void move_into(ContactSummary& summary);

 private:
  struct Key {
    IpAddress client;
    Endpoint server;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    std::uint64_t seed = 0;
    std::size_t operator()(const Key& key) const {
      return mix(std::hash<IpAddress>()(key.client) ^ seed, std::hash<Endpoint>()(key.server));
    }
  };

  void drop_quietest();
  void count_first_meeting(const Contact& contact, std::optional<bool> accepted);

  Config config_;
  std::vector<Contact> contacts_;
  boost::unordered_flat_map<Key, std::size_t, KeyHash> index_;
  std::vector<PortActivity> activity_;
  boost::unordered_flat_map<Key, std::size_t, KeyHash> activity_index_;  ///< server.address is none
  std::uint64_t evicted_ = 0;
  std::uint64_t activity_not_kept_ = 0;
};

}  // namespace noroshi
