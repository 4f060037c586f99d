#include "summarise/conversation_table.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "summarise/seeded_hash.h"

namespace noroshi {
namespace {

/// Rows that are looked up side by side.
constexpr std::size_t kLookAhead = 64;
/// How many records before its turn a record is asked for when many are handed over.
constexpr std::size_t kSoon = 8;

/// Silence up to which two rows are one piece: longer than the idle timeouts usual in routers
/// (15 s, 30 s), so that a steady stream which its exporter cuts stays in one piece.
constexpr std::uint64_t kPieceSilence = 35'000;
/// The pause before the last SYN repetitions of Linux (32 s, 64 s) and a little more.
constexpr std::uint64_t kSynSilence = 70'000;
/// How long a NAT must keep an established TCP connection that says nothing (RFC 5382 REQ-5).
constexpr std::uint64_t kTcpSilence = 124ULL * 60 * 1000;
/// How long a closed connection's stragglers may come: twice the segment lifetime (RFC 9293
/// §3.4.2).
constexpr std::uint64_t kClosedSilence = 4ULL * 60 * 1000;
/// How long a NAT must keep a UDP mapping (RFC 4787 REQ-5).
constexpr std::uint64_t kUdpSilence = 120'000;
/// Pieces of one conversation that are told apart; later ones are joined to the newest.
constexpr std::size_t kMostPieces = 4096;
constexpr std::size_t kFirstSweep = 65'536;

std::uint64_t silence_between(std::uint64_t first_a, std::uint64_t last_a, std::uint64_t first_b,
                              std::uint64_t last_b) {
  if (first_b > last_a) return first_b - last_a;
  if (first_a > last_b) return first_a - last_b;
  return 0;
}

/// The row's last packet. A row that claims to have lasted longer than a month is wrong about its
/// end, and would make every other conversation look long silent.
std::uint64_t last_of(const FlowBatch& batch, std::size_t row) {
  constexpr std::uint64_t kLongest = 31ULL * 24 * 3600 * 1000;
  const auto first = batch.first()[row];
  const auto last = std::max(first, batch.last()[row]);
  return last - first <= kLongest ? last : first;
}

}  // namespace

/// One row, its times and what it asks for.
struct ConversationTable::Row {
  Row(const FlowBatch& batch, std::size_t at)
      : index(at),
        first(batch.first()[at]),
        last(last_of(batch, at)),
        protocol{batch.protocol()[at]},
        both_ways(batch.kind()[at] == static_cast<std::uint8_t>(FlowKind::kBidirectional)) {
    const auto flags = batch.tcp_flags()[at];
    opens = protocol == kTcp && (flags & kTcpSyn) != 0 && (both_ways || (flags & kTcpAck) == 0);
  }

  std::size_t index;
  std::uint64_t first;
  std::uint64_t last;
  Protocol protocol;
  bool both_ways;
  bool opens = false;
};

std::uint64_t ConversationTable::Record::longest_silence() const {
  if (Protocol{protocol} != kTcp) return kUdpSilence;
  if (closed) return kClosedSilence;
  return answered() ? kTcpSilence : kSynSilence;
}

ConversationTable::ConversationTable(Config config, Sink sink)
    : config_(config),
      sink_(std::move(sink)),
      next_sweep_(std::min(kFirstSweep, config.most_conversations)) {}

/// The same for both directions; of two ports, sum and product tell which they are.
std::uint64_t ConversationTable::hash_of(const FlowBatch& batch, std::size_t row) const {
  const std::uint64_t source_port = batch.source_port()[row];
  const std::uint64_t destination_port = batch.destination_port()[row];
  const auto ports = (source_port + destination_port) << 32 ^ source_port * destination_port;
  return mix(seeded_hash(batch.source_address()[row], config_.hash_seed) +
                 seeded_hash(batch.destination_address()[row], config_.hash_seed),
             ports << 8 | batch.protocol()[row]);
}

void ConversationTable::prefetch(std::uint32_t slot) const {
  __builtin_prefetch(&records_[slot].packets, 1);
  __builtin_prefetch(&records_[slot].address, 1);
}

/// The memory of a large table is far away: by asking for the index's entries, and then for the
/// records, of some rows before looking at the first of them, their ways run side by side.
void ConversationTable::add(const FlowBatch& batch, std::span<const std::uint32_t> rows) {
  std::array<std::uint64_t, kLookAhead> hashes{};
  while (!rows.empty()) {
    const auto some = rows.first(std::min(kLookAhead, rows.size()));
    for (std::size_t i = 0; i < some.size(); ++i) {
      hashes[i] = hash_of(batch, some[i]);
      index_.prefetch(hashes[i]);
    }
    for (std::size_t i = 0; i < some.size(); ++i) {
      const auto slot = index_.guess(hashes[i]);
      if (slot != SlotIndex::kNone) prefetch(slot);
    }
    for (std::size_t i = 0; i < some.size(); ++i) add(batch, some[i], hashes[i]);
    rows = rows.subspan(some.size());
  }
}

ConversationTable::Relation ConversationTable::relation(const Record& record, const Row& row) {
  const auto silence = silence_between(record.first, record.last, row.first, row.last);
  if (silence == 0) return Relation::kSamePiece;
  if (row.protocol == kTcp) {
    // A port pair may be used again as soon as the connection before is closed.
    if (row.opens && (record.closed || record.answered())) return Relation::kOther;
    if (row.opens && silence <= kSynSilence) return Relation::kSamePiece;
    if (record.closed && silence <= kClosedSilence) return Relation::kSamePiece;
  }
  if (silence <= kPieceSilence) return Relation::kSamePiece;
  if (silence > record.longest_silence()) return Relation::kOther;
  return record.ended_by_timeout ? Relation::kSamePiece : Relation::kLaterPiece;
}

void ConversationTable::begin_piece(Record& record, const Row& row) {
  if (record.pieces == kOnePiece) {
    if (free_pieces_.empty()) {
      record.pieces = static_cast<std::uint32_t>(pieces_.size());
      pieces_.emplace_back();
    } else {
      record.pieces = free_pieces_.back();
      free_pieces_.pop_back();
    }
    // Until now the conversation as a whole was its only piece.
    pieces_[record.pieces].push_back({.first = record.first,
                                      .last = record.last,
                                      .packets = {record.packets[0], record.packets[1]},
                                      .bytes = {record.bytes[0], record.bytes[1]}});
  }
  auto& pieces = pieces_[record.pieces];
  if (pieces.size() <= kMostPieces) pieces.push_back({.first = row.first, .last = row.last});
}

void ConversationTable::merge(Record& record, const FlowBatch& batch, const Row& row,
                              bool reversed) {
  auto* piece = record.pieces == kOnePiece ? nullptr : &pieces_[record.pieces].back();
  if (piece != nullptr) {
    piece->first = std::min(piece->first, row.first);
    piece->last = std::max(piece->last, row.last);
  }
  record.first = std::min(record.first, row.first);
  record.last = std::max(record.last, row.last);
  ++record.flows;

  const auto add = [&](std::size_t side, std::uint64_t packets, std::uint64_t bytes,
                       std::uint8_t flags) {
    if (record.side_first[side] == 0 || row.first < record.side_first[side])
      record.side_first[side] = row.first;
    record.packets[side] += packets;
    record.bytes[side] += bytes;
    record.tcp_flags[side] |= flags;
    if (piece != nullptr) {
      piece->packets[side] += packets;
      piece->bytes[side] += bytes;
    }
    if ((flags & (kTcpFin | kTcpRst)) != 0) record.closed = true;
  };
  const std::size_t from = reversed ? 1 : 0;
  const auto at = row.index;
  add(from, batch.packets()[at], batch.bytes()[at], batch.tcp_flags()[at]);
  if (!row.both_ways) return;
  record.both_ways_in_view = true;
  if (batch.reverse_packets()[at] > 0)
    add(1 - from, batch.reverse_packets()[at], batch.reverse_bytes()[at],
        batch.reverse_tcp_flags()[at]);
}

void ConversationTable::add(const FlowBatch& batch, std::size_t at, std::uint64_t hash) {
  const Row row(batch, at);
  const auto& source = batch.source_address()[at];
  const auto& destination = batch.destination_address()[at];
  const auto source_port = batch.source_port()[at];
  const auto destination_port = batch.destination_port()[at];
  const auto sampling_rate = batch.sampling_rate()[at];
  const auto end_reason = batch.end_reason()[at];
  const auto lasted = row.last - row.first;
  now_ = std::max(now_, row.last);
  timeouts_.observe(batch.exporter()[at], lasted, end_reason);

  bool reversed = false;
  auto slot = index_.find(hash, [&](std::uint32_t candidate) {
    const auto& record = records_[candidate];
    if (record.protocol != row.protocol.value) return false;
    const auto is_between = [&](std::size_t from) {
      return record.address[from] == source && record.address[1 - from] == destination &&
             record.port[from] == source_port && record.port[1 - from] == destination_port;
    };
    if (is_between(0)) return true;
    reversed = is_between(1);
    return reversed;
  });
  bool is_new = slot == SlotIndex::kNone;
  if (is_new) {
    slot = records_.take();
    if (slot == exporters_.size()) exporters_.emplace_back();
    index_.insert(hash, slot);
  } else {
    auto& record = records_[slot];
    const auto how = relation(record, row);
    if (how == Relation::kOther) {
      hand_over(slot);
      is_new = true;
    } else {
      if (row.opens && !record.answered()) ++record.reopenings;
      if (how == Relation::kLaterPiece) begin_piece(record, row);
    }
  }
  auto& record = records_[slot];
  if (is_new) {
    reversed = false;
    record.address[0] = source;
    record.address[1] = destination;
    record.port[0] = source_port;
    record.port[1] = destination_port;
    record.protocol = row.protocol.value;
    record.first = row.first;
    record.last = row.last;
    record.sampling_rate = sampling_rate;
    exporters_[slot] = batch.exporter()[at];
  } else if (sampling_rate != record.sampling_rate) {
    // Two rates in one conversation: the coarser says what can be concluded; unknown stays so.
    record.sampling_rate = record.sampling_rate == 0 || sampling_rate == 0
                               ? 0
                               : std::max(record.sampling_rate, sampling_rate);
  }
  merge(record, batch, row, reversed);
  record.ended_by_timeout = ActiveTimeouts::may_be_cut(lasted, end_reason) &&
                            timeouts_.cut(exporters_[slot], lasted, end_reason);
  // A bidirectional row's source opened the conversation, unless the row began in its middle.
  if (row.both_ways && !reversed) {
    const auto flags = batch.tcp_flags()[at] | batch.reverse_tcp_flags()[at];
    const bool began_midstream = row.protocol == kTcp && flags != 0 && (flags & kTcpSyn) == 0;
    if (!began_midstream) record.opener_stated = true;
  }
  if (index_.size() >= next_sweep_) make_room();
}

void ConversationTable::hand_over(std::uint32_t slot) {
  auto& record = records_[slot];
  Conversation conversation;
  for (std::size_t side = 0; side < 2; ++side)
    conversation.sides[side] = {.address = record.address[side],
                                .port = Port{record.port[side]},
                                .tcp_flags = record.tcp_flags[side],
                                .packets = record.packets[side],
                                .bytes = record.bytes[side],
                                .first = record.side_first[side]};
  conversation.protocol = Protocol{record.protocol};
  conversation.opener_stated = record.opener_stated;
  conversation.both_ways_in_view = record.both_ways_in_view;
  conversation.sampling_rate = record.sampling_rate;
  conversation.reopenings = record.reopenings;
  conversation.flows = record.flows;
  conversation.first = record.first;
  conversation.last = record.last;
  if (record.pieces != kOnePiece) {
    conversation.pieces = std::exchange(pieces_[record.pieces], {});
    free_pieces_.push_back(record.pieces);
  }
  record = {};
  sink_(std::move(conversation));
}

template <typename Condition>
void ConversationTable::hand_over_if(Condition condition) {
  struct Done {
    std::uint64_t first;
    std::uint32_t slot;
  };
  std::vector<Done> done;
  std::vector<bool> goes(records_.size());
  for (std::uint32_t slot = 0; slot < records_.size(); ++slot) {
    const auto& record = records_[slot];
    if (record.flows == 0 || !condition(record)) continue;
    done.push_back({record.first, slot});
    goes[slot] = true;
  }
  if (done.empty()) return;
  index_.erase_if([&](std::uint32_t slot) { return goes[slot]; });
  // Which slot a conversation got depends on what was handed over before; what follows must not.
  std::ranges::sort(done, [&](const Done& a, const Done& b) {
    if (a.first != b.first) return a.first < b.first;
    const auto rank = [&](const Done& one) {
      const auto& record = records_[one.slot];
      return std::tuple(record.address[0], record.port[0], record.address[1], record.port[1],
                        record.protocol);
    };
    return rank(a) < rank(b);
  });
  for (std::size_t at = 0; at < done.size(); ++at) {
    if (at + kSoon < done.size()) prefetch(done[at + kSoon].slot);
    hand_over(done[at].slot);
    records_.give_back(done[at].slot);
  }
}

void ConversationTable::make_room() {
  hand_over_if([&](const Record& record) { return record.last + record.longest_silence() < now_; });
  if (index_.size() >= config_.most_conversations) {
    std::vector<std::uint64_t> lasts;
    lasts.reserve(index_.size());
    for (std::uint32_t slot = 0; slot < records_.size(); ++slot)
      if (records_[slot].flows != 0) lasts.push_back(records_[slot].last);
    const auto middle = lasts.begin() + static_cast<std::ptrdiff_t>(lasts.size() / 2);
    std::ranges::nth_element(lasts, middle);
    const auto limit = *middle;
    const auto before = index_.size();
    hand_over_if([&](const Record& record) { return record.last <= limit; });
    cut_ += before - index_.size();
  }
  // Sweeping costs a pass over the table: wait until it has grown by half.
  next_sweep_ = std::min(config_.most_conversations,
                         std::max(kFirstSweep, index_.size() + index_.size() / 2));
  next_sweep_ = std::max<std::size_t>(next_sweep_, 2);
}

void ConversationTable::finish() {
  hand_over_if([](const Record& /*record*/) { return true; });
}

}  // namespace noroshi
