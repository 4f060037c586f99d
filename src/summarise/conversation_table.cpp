#include "summarise/conversation_table.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

namespace noroshi {
namespace {

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

bool is_answered(const Conversation& conversation) {
  return conversation.sides[0].first != 0 && conversation.sides[1].first != 0;
}

std::uint64_t longest_silence(const Conversation& conversation) {
  if (conversation.protocol != kTcp) return kUdpSilence;
  if (conversation.closed) return kClosedSilence;
  return is_answered(conversation) ? kTcpSilence : kSynSilence;
}

}  // namespace

std::size_t ConversationTable::KeyHash::operator()(const Key& key) const {
  const auto a = mix(key.low_address.low() ^ seed, key.low_address.high());
  const auto b = mix(key.high_address.low() ^ a, key.high_address.high());
  return mix(b, static_cast<std::uint64_t>(key.low_port) << 32 |
                    static_cast<std::uint64_t>(key.high_port) << 8 | key.protocol);
}

ConversationTable::ConversationTable(Config config, Sink sink)
    : config_(config),
      sink_(std::move(sink)),
      index_(1024, KeyHash{config.hash_seed}),
      next_sweep_(std::min(kFirstSweep, config.most_conversations)) {}

ConversationTable::Relation ConversationTable::relation(const Conversation& conversation,
                                                        std::uint64_t first, std::uint64_t last,
                                                        bool opens) const {
  const auto silence = silence_between(conversation.first, conversation.last, first, last);
  if (silence == 0) return Relation::kSamePiece;
  if (conversation.protocol == kTcp) {
    // A port pair may be used again as soon as the connection before is closed.
    if (opens && (conversation.closed || is_answered(conversation))) return Relation::kOther;
    if (opens && silence <= kSynSilence) return Relation::kSamePiece;
    if (conversation.closed && silence <= kClosedSilence) return Relation::kSamePiece;
  }
  if (silence <= kPieceSilence) return Relation::kSamePiece;
  if (silence > longest_silence(conversation)) return Relation::kOther;
  return conversation.ended_by_timeout ? Relation::kSamePiece : Relation::kLaterPiece;
}

void ConversationTable::merge(Conversation& conversation, const FlowBatch& batch, std::size_t row,
                              bool reversed, Relation how) const {
  const auto first = batch.first()[row];
  const auto last = last_of(batch, row);
  const bool both_ways = batch.kind()[row] == static_cast<std::uint8_t>(FlowKind::kBidirectional);
  if (how == Relation::kLaterPiece) {
    if (conversation.earlier_pieces.size() < kMostPieces) {
      conversation.earlier_pieces.push_back(conversation.piece);
      conversation.piece = {.first = first, .last = last};
    }
  }
  auto& piece = conversation.piece;
  piece.first = std::min(piece.first, first);
  piece.last = std::max(piece.last, last);
  conversation.first = std::min(conversation.first, first);
  conversation.last = std::max(conversation.last, last);
  ++conversation.flows;
  conversation.ended_by_timeout =
      timeouts_.cut(conversation.exporter, last - first, batch.end_reason()[row]);

  const std::size_t from = reversed ? 1 : 0;
  const auto add = [&](std::size_t side, std::uint64_t packets, std::uint64_t bytes,
                       std::uint8_t flags) {
    auto& sender = conversation.sides[side];
    if (sender.first == 0 || first < sender.first) sender.first = first;
    sender.packets += packets;
    sender.bytes += bytes;
    sender.tcp_flags |= flags;
    piece.packets[side] += packets;
    piece.bytes[side] += bytes;
    if ((flags & (kTcpFin | kTcpRst)) != 0) conversation.closed = true;
  };
  add(from, batch.packets()[row], batch.bytes()[row], batch.tcp_flags()[row]);
  if (!both_ways) return;
  conversation.both_ways_in_view = true;
  if (batch.reverse_packets()[row] > 0)
    add(1 - from, batch.reverse_packets()[row], batch.reverse_bytes()[row],
        batch.reverse_tcp_flags()[row]);
}

Conversation& ConversationTable::new_conversation(std::uint32_t& slot) {
  if (free_slots_.empty()) {
    slot = static_cast<std::uint32_t>(slots_.size());
    return slots_.emplace_back();
  }
  slot = free_slots_.back();
  free_slots_.pop_back();
  return slots_[slot];
}

void ConversationTable::add(const FlowBatch& batch, std::size_t row) {
  const auto first = batch.first()[row];
  const auto last = last_of(batch, row);
  const auto& source = batch.source_address()[row];
  const auto& destination = batch.destination_address()[row];
  const auto source_port = batch.source_port()[row];
  const auto destination_port = batch.destination_port()[row];
  const Protocol protocol{batch.protocol()[row]};
  const auto flags = batch.tcp_flags()[row];
  const bool both_ways = batch.kind()[row] == static_cast<std::uint8_t>(FlowKind::kBidirectional);
  now_ = std::max(now_, last);
  timeouts_.observe(batch.exporter()[row], last - first, batch.end_reason()[row]);

  const bool in_order =
      source < destination || (source == destination && source_port <= destination_port);
  const Key key = in_order
                      ? Key{source, destination, source_port, destination_port, protocol.value}
                      : Key{destination, source, destination_port, source_port, protocol.value};
  const bool opens =
      protocol == kTcp && (flags & kTcpSyn) != 0 && (both_ways || (flags & kTcpAck) == 0);

  auto [found, is_new] = index_.try_emplace(key, 0);
  auto* conversation = is_new ? &new_conversation(found->second) : &slots_[found->second];
  auto how = Relation::kSamePiece;
  if (!is_new) {
    how = relation(*conversation, first, last, opens);
    if (how == Relation::kOther) {
      sink_(std::move(*conversation));
      *conversation = {};
      is_new = true;
      how = Relation::kSamePiece;
    } else if (opens && !is_answered(*conversation)) {
      ++conversation->reopenings;
    }
  }
  if (is_new) {
    conversation->sides[0].address = source;
    conversation->sides[0].port = Port{source_port};
    conversation->sides[1].address = destination;
    conversation->sides[1].port = Port{destination_port};
    conversation->protocol = protocol;
    conversation->exporter = batch.exporter()[row];
    conversation->first = conversation->piece.first = first;
    conversation->last = conversation->piece.last = last;
    conversation->sampling_rate = batch.sampling_rate()[row];
  } else if (batch.sampling_rate()[row] != conversation->sampling_rate) {
    // Two rates in one conversation: the coarser says what can be concluded; unknown stays so.
    conversation->sampling_rate =
        conversation->sampling_rate == 0 || batch.sampling_rate()[row] == 0
            ? 0
            : std::max(conversation->sampling_rate, batch.sampling_rate()[row]);
  }
  const bool reversed = !(conversation->sides[0].address == source &&
                          conversation->sides[0].port.value == source_port);
  merge(*conversation, batch, row, reversed, how);
  // A bidirectional row's source opened the conversation, unless the row began in its middle.
  const bool began_midstream = protocol == kTcp && (flags | batch.reverse_tcp_flags()[row]) != 0 &&
                               ((flags | batch.reverse_tcp_flags()[row]) & kTcpSyn) == 0;
  if (both_ways && !began_midstream && !reversed) conversation->opener_stated = true;
  if (index_.size() >= next_sweep_) make_room();
}

template <typename Condition>
void ConversationTable::hand_over_if(Condition condition) {
  std::vector<std::uint32_t> done;
  boost::unordered::erase_if(index_, [&](const auto& entry) {
    if (!condition(slots_[entry.second])) return false;
    done.push_back(entry.second);
    return true;
  });
  // The table's order depends on the seed of its hash; what follows must not.
  std::ranges::sort(done, [&](std::uint32_t left, std::uint32_t right) {
    const auto& a = slots_[left];
    const auto& b = slots_[right];
    if (a.first != b.first) return a.first < b.first;
    const auto rank = [](const Conversation& one) {
      return std::tuple(one.sides[0].address, one.sides[0].port, one.sides[1].address,
                        one.sides[1].port, one.protocol);
    };
    return rank(a) < rank(b);
  });
  for (const auto slot : done) {
    sink_(std::move(slots_[slot]));
    slots_[slot] = {};
    free_slots_.push_back(slot);
  }
}

void ConversationTable::make_room() {
  hand_over_if([&](const Conversation& conversation) {
    return conversation.last + longest_silence(conversation) < now_;
  });
  if (index_.size() >= config_.most_conversations) {
    std::vector<std::uint64_t> lasts;
    lasts.reserve(index_.size());
    for (const auto& [key, slot] : index_) lasts.push_back(slots_[slot].last);
    const auto middle = lasts.begin() + static_cast<std::ptrdiff_t>(lasts.size() / 2);
    std::ranges::nth_element(lasts, middle);
    const auto limit = *middle;
    const auto before = index_.size();
    hand_over_if([&](const Conversation& conversation) { return conversation.last <= limit; });
    cut_ += before - index_.size();
  }
  // Sweeping costs a pass over the table: wait until it has grown by half.
  next_sweep_ = std::min(config_.most_conversations,
                         std::max(kFirstSweep, index_.size() + index_.size() / 2));
  next_sweep_ = std::max<std::size_t>(next_sweep_, 2);
}

void ConversationTable::finish() {
  hand_over_if([](const Conversation&) { return true; });
}

}  // namespace noroshi
