#include "summarise/conversation_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <tuple>
#include <vector>

#include "summarise/flows_for_test.h"

namespace noroshi {
namespace {

/// What a conversation comes to, as plain words that compare and print.
struct Told {
  std::vector<std::uint64_t> words;
  bool operator==(const Told&) const = default;
};

void tell_address(Told& told, const IpAddress& address) {
  told.words.push_back(address.high());
  told.words.push_back(address.low());
}

Told tell(const Conversation& conversation) {
  Told told;
  for (const auto& side : conversation.sides) {
    tell_address(told, side.address);
    told.words.insert(told.words.end(),
                      {side.port.value, side.packets, side.bytes, side.first, side.tcp_flags});
  }
  told.words.insert(told.words.end(),
                    {conversation.protocol.value, conversation.flows, conversation.first,
                     conversation.last, conversation.sampling_rate, conversation.reopenings,
                     conversation.opener_stated, conversation.both_ways_in_view});
  conversation.for_each_piece([&](const ConversationPiece& piece) {
    told.words.insert(told.words.end(), {piece.first, piece.last, piece.packets[0],
                                         piece.packets[1], piece.bytes[0], piece.bytes[1]});
  });
  return told;
}

/// The same rules said in the simplest way: a map of whole conversations, one row after another,
/// nothing shared with the table but ActiveTimeouts.
class PlainTable {
 public:
  explicit PlainTable(std::size_t most) : most_(most), next_sweep_(std::min(kFirstSweep, most)) {}

  void add(const FlowBatch& batch, std::size_t row) {
    const auto first = batch.first()[row];
    auto last = std::max(first, batch.last()[row]);
    if (last - first > 31ULL * 24 * kHour) last = first;
    const bool both_ways = batch.kind()[row] == static_cast<std::uint8_t>(FlowKind::kBidirectional);
    const auto flags = batch.tcp_flags()[row];
    const auto reverse_flags = batch.reverse_tcp_flags()[row];
    const Protocol protocol{batch.protocol()[row]};
    const bool opens =
        protocol == kTcp && (flags & kTcpSyn) != 0 && (both_ways || (flags & kTcpAck) == 0);
    const auto rate = batch.sampling_rate()[row];
    const End source{batch.source_address()[row], batch.source_port()[row]};
    const End destination{batch.destination_address()[row], batch.destination_port()[row]};
    now_ = std::max(now_, last);
    timeouts_.observe(batch.exporter()[row], last - first, batch.end_reason()[row]);

    const Key key{std::min(source, destination), std::max(source, destination), protocol.value};
    auto found = open_.find(key);
    if (found != open_.end() && silence(found->second, first, last) > 0 &&
        is_another(found->second, first, last, opens)) {
      told.push_back(found->second.tell());
      open_.erase(found);
      found = open_.end();
    }
    const bool is_new = found == open_.end();
    if (is_new) {
      found = open_.emplace(key, Plain{}).first;
      auto& fresh = found->second;
      fresh.ends[0] = source;
      fresh.ends[1] = destination;
      fresh.protocol = protocol;
      fresh.exporter = batch.exporter()[row];
      fresh.first = first;
      fresh.last = last;
      fresh.rate = rate;
      fresh.pieces = {{.first = first, .last = last}};
    }
    auto& one = found->second;
    if (!is_new) {
      if (opens && !one.answered()) ++one.reopenings;
      if (begins_piece(one, first, last, opens) && one.pieces.size() < 4097)
        one.pieces.push_back({.first = first, .last = last});
      one.rate = one.rate == 0 || rate == 0 ? 0 : std::max(one.rate, rate);
    }
    one.first = std::min(one.first, first);
    one.last = std::max(one.last, last);
    one.pieces.back().first = std::min(one.pieces.back().first, first);
    one.pieces.back().last = std::max(one.pieces.back().last, last);
    ++one.flows;
    one.ended_by_timeout = timeouts_.cut(one.exporter, last - first, batch.end_reason()[row]);
    const std::size_t from = one.ends[0] == source ? 0 : 1;
    one.add(from, first, batch.packets()[row], batch.bytes()[row], flags);
    if (both_ways) {
      one.both_ways = true;
      if (batch.reverse_packets()[row] > 0)
        one.add(1 - from, first, batch.reverse_packets()[row], batch.reverse_bytes()[row],
                reverse_flags);
      const bool midstream =
          protocol == kTcp && (flags | reverse_flags) != 0 && !((flags | reverse_flags) & kTcpSyn);
      if (!midstream && from == 0) one.opener_stated = true;
    }
    if (open_.size() >= next_sweep_) sweep();
  }

  void finish() {
    tell_if([](const Plain&) { return true; });
  }

  std::vector<Told> told;
  std::uint64_t cut = 0;

 private:
  static constexpr std::uint64_t kHour = 3'600'000;
  static constexpr std::size_t kFirstSweep = 65'536;
  using End = std::tuple<IpAddress, std::uint16_t>;
  using Key = std::tuple<End, End, std::uint8_t>;

  struct Plain {
    End ends[2];
    Protocol protocol;
    IpAddress exporter;
    std::uint64_t packets[2] = {0, 0}, bytes[2] = {0, 0}, side_first[2] = {0, 0};
    std::uint8_t flags[2] = {0, 0};
    std::uint64_t flows = 0, first = 0, last = 0;
    std::uint32_t rate = 0, reopenings = 0;
    bool opener_stated = false, both_ways = false, closed = false, ended_by_timeout = false;
    std::vector<ConversationPiece> pieces;

    [[nodiscard]] bool answered() const { return side_first[0] != 0 && side_first[1] != 0; }
    [[nodiscard]] std::uint64_t longest_silence() const {
      if (protocol != kTcp) return 120'000;
      if (closed) return 240'000;
      return answered() ? 124ULL * 60'000 : 70'000;
    }
    void add(std::size_t side, std::uint64_t at, std::uint64_t more_packets,
             std::uint64_t more_bytes, std::uint8_t more_flags) {
      if (side_first[side] == 0) side_first[side] = at;
      side_first[side] = std::min(side_first[side], at);
      packets[side] += more_packets;
      bytes[side] += more_bytes;
      flags[side] |= more_flags;
      pieces.back().packets[side] += more_packets;
      pieces.back().bytes[side] += more_bytes;
      if ((more_flags & (kTcpFin | kTcpRst)) != 0) closed = true;
    }
    [[nodiscard]] Told tell() const {
      Told result;
      for (std::size_t side = 0; side < 2; ++side) {
        tell_address(result, std::get<0>(ends[side]));
        result.words.insert(result.words.end(), {std::get<1>(ends[side]), packets[side],
                                                 bytes[side], side_first[side], flags[side]});
      }
      result.words.insert(result.words.end(), {protocol.value, flows, first, last, rate, reopenings,
                                               opener_stated, both_ways});
      for (const auto& piece : pieces)
        result.words.insert(result.words.end(), {piece.first, piece.last, piece.packets[0],
                                                 piece.packets[1], piece.bytes[0], piece.bytes[1]});
      return result;
    }
  };

  static std::uint64_t silence(const Plain& one, std::uint64_t first, std::uint64_t last) {
    if (first > one.last) return first - one.last;
    return one.first > last ? one.first - last : 0;
  }
  static bool is_another(const Plain& one, std::uint64_t first, std::uint64_t last, bool opens) {
    const auto quiet = silence(one, first, last);
    if (one.protocol == kTcp && opens && (one.closed || one.answered())) return true;
    if (one.protocol == kTcp && opens && quiet <= 70'000) return false;
    return quiet > 35'000 && quiet > one.longest_silence();
  }
  static bool begins_piece(const Plain& one, std::uint64_t first, std::uint64_t last, bool opens) {
    const auto quiet = silence(one, first, last);
    if (quiet <= 35'000 || one.ended_by_timeout) return false;
    if (one.protocol == kTcp && opens && quiet <= 70'000) return false;
    return !(one.protocol == kTcp && one.closed && quiet <= 240'000);
  }

  template <typename Condition>
  void tell_if(Condition condition) {
    std::vector<const Plain*> over;
    for (const auto& [key, one] : open_)
      if (condition(one)) over.push_back(&one);
    std::ranges::sort(over, [](const Plain* a, const Plain* b) {
      return std::tuple(a->first, a->ends[0], a->ends[1], a->protocol) <
             std::tuple(b->first, b->ends[0], b->ends[1], b->protocol);
    });
    for (const auto* one : over) told.push_back(one->tell());
    std::erase_if(open_, [&](const auto& entry) { return condition(entry.second); });
  }

  void sweep() {
    tell_if([&](const Plain& one) { return one.last + one.longest_silence() < now_; });
    if (open_.size() >= most_) {
      std::vector<std::uint64_t> lasts;
      for (const auto& [key, one] : open_) lasts.push_back(one.last);
      std::ranges::sort(lasts);
      const auto limit = lasts[lasts.size() / 2];
      const auto before = open_.size();
      tell_if([&](const Plain& one) { return one.last <= limit; });
      cut += before - open_.size();
    }
    next_sweep_ = std::max<std::size_t>(
        std::min(most_, std::max(kFirstSweep, open_.size() + open_.size() / 2)), 2);
  }

  std::size_t most_;
  std::size_t next_sweep_;
  std::map<Key, Plain> open_;
  ActiveTimeouts timeouts_;
  std::uint64_t now_ = 0;
};

/// Rows among a few hosts and ports, so that conversations meet again and again: both kinds, both
/// directions, gaps on every side of every limit, some rows far out of order.
FlowBatch rows(std::mt19937_64& random, std::size_t count, std::uint64_t& clock) {
  const auto one_of = [&](auto... choices) {
    const std::common_type_t<decltype(choices)...> all[] = {choices...};
    return all[random() % sizeof...(choices)];
  };
  const auto host = [&] {
    const auto number = static_cast<std::uint32_t>(random() % 5);
    if (number != 4) return IpAddress::from_v4(0x0a000000 + number);
    return *IpAddress::parse("2001:db8::1");
  };
  FlowBatch batch(count);
  batch.append(count);
  for (std::size_t row = 0; row < count; ++row) {
    clock += one_of(0ULL, 1ULL, 10ULL, 900ULL, 5000ULL);
    const auto late = one_of(0ULL, 0ULL, 0ULL, 30'000ULL, 40'000ULL, 100'000ULL, 300'000ULL);
    batch.mutable_first()[row] = clock - late;
    batch.mutable_last()[row] =
        batch.first()[row] + one_of(0ULL, 0ULL, 20ULL, 3000ULL, 29'000ULL, 59'500ULL, 60'100ULL,
                                    130'000ULL, 40ULL * 24 * 3'600'000);
    batch.mutable_kind()[row] =
        static_cast<std::uint8_t>(one_of(FlowKind::kUnidirectional, FlowKind::kBidirectional));
    batch.mutable_protocol()[row] = one_of(kTcp, kTcp, kTcp, kUdp, kIcmp).value;
    batch.mutable_source_address()[row] = host();
    batch.mutable_destination_address()[row] = host();
    batch.mutable_source_port()[row] =
        one_of(std::uint16_t{7}, std::uint16_t{443}, std::uint16_t{50'000});
    batch.mutable_destination_port()[row] = one_of(std::uint16_t{7}, std::uint16_t{443});
    const auto flags = [&]() -> std::uint8_t {
      return one_of(std::uint8_t{0}, kTcpSyn, kTcpSyn, kTcpAck, kTcpAck, kTcpRst,
                    static_cast<std::uint8_t>(kTcpSyn | kTcpAck), testing::kWhole);
    };
    batch.mutable_tcp_flags()[row] = flags();
    batch.mutable_reverse_tcp_flags()[row] = flags();
    batch.mutable_packets()[row] = random() % 3;
    batch.mutable_bytes()[row] = random() % 1000;
    batch.mutable_reverse_packets()[row] = random() % 3;
    batch.mutable_reverse_bytes()[row] = random() % 1000;
    batch.mutable_sampling_rate()[row] = one_of(1u, 1u, 1u, 1u, 0u, 100u, 1000u);
    batch.mutable_exporter()[row] =
        IpAddress::from_v4(0x0a636300 + static_cast<std::uint32_t>(random() % 2));
    batch.mutable_end_reason()[row] =
        one_of(std::uint8_t{0}, std::uint8_t{0}, std::uint8_t{1}, std::uint8_t{2});
  }
  return batch;
}

TEST(ConversationTable, TellsWhatTheRulesSaidInTheSimplestWayTell) {
  std::size_t of_several_pieces = 0;
  std::uint64_t cut = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    std::mt19937_64 random(seed);
    const std::size_t most = seed % 2 == 0 ? 400'000 : 3 + random() % 60;
    PlainTable plain(most);
    std::vector<Told> told;
    ConversationTable table({.most_conversations = most, .hash_seed = seed},
                            [&](Conversation&& conversation) {
                              if (conversation.pieces.size() > 1) ++of_several_pieces;
                              told.push_back(tell(conversation));
                            });
    std::uint64_t clock = testing::kStart;
    for (int turn = 0; turn < 12; ++turn) {
      const auto batch = rows(random, 1 + random() % 300, clock);
      std::vector<std::uint32_t> all(batch.size());
      std::iota(all.begin(), all.end(), 0u);
      table.add(batch, all);
      for (const auto row : all) plain.add(batch, row);
      clock += random() % 4 == 0 ? 8'000'000 : random() % 200'000;
    }
    table.finish();
    plain.finish();
    ASSERT_EQ(told.size(), plain.told.size()) << "seed " << seed;
    for (std::size_t index = 0; index < told.size(); ++index)
      ASSERT_EQ(told[index].words, plain.told[index].words) << "seed " << seed << ", " << index;
    EXPECT_EQ(table.cut(), plain.cut);
    cut += table.cut();
  }
  EXPECT_GT(of_several_pieces, 100u);
  EXPECT_GT(cut, 100u);
}

TEST(ConversationTable, FindsEveryConversationAgainInATableOfManyThousands) {
  // Both directions of 150,000 conversations, the second long after the first: the index has grown
  // and been swept between the two.
  constexpr std::uint32_t kCount = 150'000;
  std::size_t paired = 0;
  std::size_t all = 0;
  ConversationTable table({}, [&](Conversation&& conversation) {
    ++all;
    if (conversation.sides[0].first != 0 && conversation.sides[1].first != 0) ++paired;
  });
  std::vector<std::uint32_t> numbers(kCount);
  std::iota(numbers.begin(), numbers.end(), 0u);
  for (const bool back : {false, true}) {
    FlowBatch batch(kCount);
    batch.append(kCount);
    for (const auto row : numbers) {
      const auto client = IpAddress::from_v4(0x0a000000 + row / 3);
      const auto server = IpAddress::from_v4(0xc6336400 + row % 3);
      batch.mutable_first()[row] = batch.mutable_last()[row] = testing::kStart + (back ? 100 : 0);
      batch.mutable_source_address()[row] = back ? server : client;
      batch.mutable_destination_address()[row] = back ? client : server;
      batch.mutable_source_port()[row] = back ? 53 : 40'000;
      batch.mutable_destination_port()[row] = back ? 40'000 : 53;
      batch.mutable_protocol()[row] = kUdp.value;
    }
    table.add(batch, numbers);
  }
  table.finish();
  EXPECT_EQ(all, kCount);
  EXPECT_EQ(paired, kCount);
}

}  // namespace
}  // namespace noroshi
