#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "model/flow_batch.h"
#include "summarise/active_timeouts.h"
#include "summarise/conversation.h"
#include "summarise/slot_index.h"
#include "summarise/slots.h"

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

  /// Takes rows of a batch, one after another: of kind kUnidirectional or kBidirectional, with a
  /// `first` that is not zero.
  void add(const FlowBatch& batch, std::span<const std::uint32_t> rows);
  /// Hands over everything that is left, in order of first packet.
  void finish();

  [[nodiscard]] std::uint64_t cut() const { return cut_; }
  [[nodiscard]] const ActiveTimeouts& timeouts() const { return timeouts_; }

 private:
  static constexpr std::uint32_t kOnePiece = UINT32_MAX;

  /// What rows touch of an open conversation: two cache lines, and no more for most rows. What only
  /// few need lies elsewhere: the exporter, and the pieces where there are several.
  struct alignas(128) Record {
    std::uint64_t packets[2] = {0, 0};  // by side
    std::uint64_t bytes[2] = {0, 0};
    std::uint64_t side_first[2] = {0, 0};  // 0 = this side was never seen to send
    std::uint64_t last = 0;
    std::uint16_t port[2] = {0, 0};
    std::uint8_t tcp_flags[2] = {0, 0};
    std::uint8_t protocol = 0;
    bool opener_stated : 1 = false;
    bool both_ways_in_view : 1 = false;
    bool closed : 1 = false;            // FIN or RST was seen
    bool ended_by_timeout : 1 = false;  // the newest row was cut by the exporter's active timeout

    IpAddress address[2];
    std::uint64_t first = 0;
    std::uint64_t flows = 0;  // 0 = the slot is free
    std::uint32_t sampling_rate = 0;
    std::uint32_t reopenings = 0;
    std::uint32_t pieces = kOnePiece;  // in pieces_

    [[nodiscard]] bool answered() const { return side_first[0] != 0 && side_first[1] != 0; }
    [[nodiscard]] std::uint64_t longest_silence() const;
  };
  static_assert(sizeof(Record) == 128);
  struct Row;
  enum class Relation { kSamePiece, kLaterPiece, kOther };

  [[nodiscard]] std::uint64_t hash_of(const FlowBatch& batch, std::size_t row) const;
  void prefetch(std::uint32_t slot) const;
  void add(const FlowBatch& batch, std::size_t row, std::uint64_t hash);
  [[nodiscard]] static Relation relation(const Record& record, const Row& row);
  void begin_piece(Record& record, const Row& row);
  void merge(Record& record, const FlowBatch& batch, const Row& row, bool reversed);
  /// Hands a conversation over and leaves a fresh record in its slot.
  void hand_over(std::uint32_t slot);
  /// Hands over, in order of their first packet, the conversations for which `condition` holds.
  template <typename Condition>
  void hand_over_if(Condition condition);
  void make_room();

  Config config_;
  Sink sink_;
  ActiveTimeouts timeouts_;
  SlotIndex index_;
  Slots<Record> records_;
  std::vector<IpAddress> exporters_;  // by slot: of the row that was seen first
  /// All pieces of the conversations that have several, the newest last.
  std::vector<std::vector<ConversationPiece>> pieces_;
  std::vector<std::uint32_t> free_pieces_;
  std::uint64_t now_ = 0;  // the latest packet seen
  std::size_t next_sweep_;
  std::uint64_t cut_ = 0;
};

}  // namespace noroshi
