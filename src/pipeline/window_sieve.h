#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "model/contact.h"
#include "net/endpoint.h"
#include "net/ip_address.h"

namespace noroshi {

/// 64-bit hashes that were seen, in one block of memory: eight octets each, at most half full.
/// Two things with one hash are taken for one: 1 in 4 million at 10 million of them.
class HashSet {
 public:
  /// At most `most` are remembered.
  explicit HashSet(std::size_t most) : most_(most), slots_(1 << 12) {}

  enum class Insertion : std::uint8_t { kNew, kKnown, kFull };
  Insertion insert(std::uint64_t hash);
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  void grow();

  std::size_t most_;
  std::size_t size_ = 0;
  std::vector<std::uint64_t> slots_;
};

/// The first of two passes over a window's contacts: which servers the second has to read in full,
/// and what each client did towards each port. Per server it keeps counts, per client and port what
/// the test for scans needs, per pair of client and server one hash; never an event.
///
/// A server is left to the second pass if a judgement could come out of it: three clients, three
/// connections, a call that stayed, a client that floods it, ten of its ports tried, or a feed that
/// lists it. One that fails all of these was called once or twice, briefly, by one or two clients:
/// no evidence of the judge says anything of such.
class WindowSieve {
 public:
  static constexpr std::uint32_t kLeastClients = 3;
  static constexpr std::uint32_t kLeastConnections = 3;
  static constexpr std::uint32_t kLeastPorts = 10;  ///< as many failed ones make a vertical scan

  struct Config {
    std::size_t most_pairs = 20'000'000;
    std::size_t most_servers = 4'000'000;
    std::size_t most_activities = 2'000'000;
    /// Contacts that the second pass can hold.
    std::size_t most_contacts = 3'000'000;
    /// Whoever chose the addresses must not know it.
    std::uint64_t hash_seed = 0;
  };
  struct Statistics {
    std::uint64_t contacts = 0;              ///< read, by the hour
    std::uint64_t pairs = 0;                 ///< of client and server, in the whole window
    std::uint64_t pairs_not_told_apart = 0;  ///< met when there was room for no more of them
    std::uint64_t servers = 0;
    std::uint64_t servers_not_kept = 0;           ///< forgotten, or never noted, for want of room
    std::uint64_t servers_called_in_passing = 0;  ///< nothing could be said of them
    std::uint64_t servers_too_popular = 0;        ///< left out because most clients call them
    std::uint64_t activities_not_kept = 0;
  };

  /// What is known beforehand. May be called for every contact.
  struct Known {
    /// An address of the watched network; where it is not known, every one.
    std::function<bool(const IpAddress&)> inside;
    /// A server that somebody lists: it is chosen however rarely it was called.
    std::function<bool(const Endpoint&)> listed;
    /// A service whose regular traffic is its purpose: it is the first to go where room is short.
    std::function<bool(const Endpoint&)> suppressed;
  };
  WindowSieve(Config config, Known known);

  /// The contacts of one hour, in the order of their clients, in pieces; hours in the order of
  /// time.
  void add(std::span<const Contact> contacts);
  void end_hour();

  /// After the last hour: chooses the servers of the second pass.
  void choose();
  [[nodiscard]] bool is_chosen(const Endpoint& server) const;
  /// Not chosen because it was called in passing: what was left out for other reasons is not.
  [[nodiscard]] bool was_passed_by(const Endpoint& server) const;
  /// By client, protocol and port. The sieve keeps none.
  [[nodiscard]] std::vector<PortActivity> take_activities();
  [[nodiscard]] const Statistics& statistics() const { return statistics_; }

 private:
  enum class Fate : std::uint8_t { kUndecided, kChosen, kPassedBy, kLeftOut };
  struct Tally {
    std::uint32_t clients = 0;
    std::uint32_t connections = 0;
    std::uint32_t hour = 0;  ///< the last in which it was called, of this window
    bool stayed = false;
    bool flooded = false;
    Fate fate = Fate::kUndecided;
  };
  struct FirstMeeting {
    Endpoint server;
    std::uint64_t first = 0;
    std::optional<bool> accepted;
  };
  struct ActivityKey {
    IpAddress client;
    Port port;
    Protocol protocol;
    friend bool operator==(const ActivityKey&, const ActivityKey&) = default;
  };
  struct HashActivity {
    std::size_t operator()(const ActivityKey& key) const {
      return mix(mix(key.client.high(), key.client.low()),
                 std::uint64_t{key.port.value} << 8 | key.protocol.value);
    }
  };

  void end_client();
  Tally* tally_of(const Endpoint& server);
  void forget_the_passed();
  void count(const FirstMeeting& meeting);

  Config config_;
  Known known_;
  HashSet pairs_;
  std::unordered_map<Endpoint, Tally> servers_;
  std::unordered_map<ActivityKey, PortActivity, HashActivity> activities_;
  IpAddress client_;                    // whose contacts are being added
  std::vector<FirstMeeting> meetings_;  // new ones of that client in this hour
  std::uint32_t hour_ = 0;
  Statistics statistics_;
};

}  // namespace noroshi
