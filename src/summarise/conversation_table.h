#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "model/flow_batch.h"
#include "summarise/active_timeouts.h"
#include "summarise/conversation.h"

namespace noroshi {

/// Puts rows of traffic together into conversations and hands each over when it is over.
///
/// The two directions of unidirectional rows are paired. Rows that continue a connection (cut by an
/// exporter's timeout, or by a silence) join it. SYNs repeated with the same ports while nobody
/// answers are one attempt: a TCP stack repeats them with doubled pauses of up to about a minute
/// (RFC 6298 §5, RFC 1122 §4.2.3.5), and exporters write each as a flow.
///
/// Memory is bounded by Config::most_conversations; when it is full the quietest conversations are
/// handed over early and counted in cut(). Rows may be out of order by as much as the table holds.
class ConversationTable {
 public:
  struct Config {
    std::size_t most_conversations = 400'000;
    /// Seeds the hash of addresses that outsiders choose; it never changes a result.
    std::uint64_t hash_seed = 0;
  };
  using Sink = std::function<void(Conversation&&)>;

  ConversationTable(Config config, Sink sink);

  /// Takes one row of kind kUnidirectional or kBidirectional whose `first` is not zero.
  void add(const FlowBatch& batch, std::size_t row);
  /// Hands over everything that is left, in order of first packet.
  void finish();

  [[nodiscard]] std::uint64_t cut() const { return cut_; }
  [[nodiscard]] const ActiveTimeouts& timeouts() const { return timeouts_; }

 private:
  /// Both ends and the protocol, the smaller end first.
  struct Key {
    IpAddress low_address, high_address;
    std::uint16_t low_port = 0, high_port = 0;
    std::uint8_t protocol = 0;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    std::uint64_t seed = 0;
    std::size_t operator()(const Key& key) const;
  };
  enum class Relation { kSamePiece, kLaterPiece, kOther };

  Relation relation(const Conversation& conversation, std::uint64_t first, std::uint64_t last,
                    bool opens) const;
  void merge(Conversation& conversation, const FlowBatch& batch, std::size_t row, bool reversed,
             Relation relation) const;
  Conversation& new_conversation(std::uint32_t& slot);
  void make_room();
  /// Hands over, in order of their first packet, the conversations for which `condition` holds.
  template <typename Condition>
  void hand_over_if(Condition condition);

  Config config_;
  Sink sink_;
  ActiveTimeouts timeouts_;
  /// The conversation of a key, in slots_: the index stays small, so that looking up one of a
  /// million touches few cache lines.
  boost::unordered_flat_map<Key, std::uint32_t, KeyHash> index_;
  std::vector<Conversation> slots_;
  std::vector<std::uint32_t> free_slots_;
  std::uint64_t now_ = 0;  ///< the latest packet seen
  std::size_t next_sweep_;
  std::uint64_t cut_ = 0;
};

}  // namespace noroshi
