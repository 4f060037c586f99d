#include "filter/evaluate.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "filter/conditions_for_test.h"
#include "filter/parse.h"

namespace noroshi {
namespace {

/// A number of one row, as condition.h says it, written without a thought for speed.
std::uint64_t number_of(const FlowBatch& batch, std::size_t row, Number number) {
  const auto packets = batch.packets()[row] + batch.reverse_packets()[row];
  const auto bytes = batch.bytes()[row] + batch.reverse_bytes()[row];
  const auto first = batch.first()[row];
  const auto last = batch.last()[row];
  const auto duration = last > first ? last - first : 0;
  switch (number) {
    case Number::kPackets:
      return packets;
    case Number::kBytes:
      return bytes;
    case Number::kDuration:
      return duration;
    case Number::kPacketsPerSecond:
      return duration == 0 ? 0 : packets * 1000 / duration;
    case Number::kBitsPerSecond:
      return duration == 0 ? 0 : bytes * 8000 / duration;
    case Number::kBytesPerPacket:
      return packets == 0 ? 0 : bytes / packets;
    default:
      break;
  }
  // All others are columns, under the name that "column" takes.
  std::uint64_t value = 0;
  batch.for_each_field([&]<typename T>(std::string_view name, std::span<const T> values) {
    if constexpr (!std::is_same_v<T, IpAddress>)
      if (name == words_of(number).column) value = values[row];
  });
  return value;
}

IpAddress address_of(const FlowBatch& batch, std::size_t row, AddressColumn column) {
  switch (column) {
    case AddressColumn::kSource:
      return batch.source_address()[row];
    case AddressColumn::kDestination:
      return batch.destination_address()[row];
    case AddressColumn::kExporter:
      return batch.exporter()[row];
    case AddressColumn::kNextHop:
      return batch.next_hop()[row];
    case AddressColumn::kTranslatedSource:
      return batch.translated_source_address()[row];
    case AddressColumn::kTranslatedDestination:
      return batch.translated_destination_address()[row];
  }
  return {};
}

bool holds(const Condition& condition, const FlowBatch& batch, std::size_t row);

struct Holds {
  const FlowBatch& batch;
  std::size_t row;

  bool operator()(const Everything&) const { return true; }
  bool operator()(const NumberIs& is) const {
    const auto value = number_of(batch, row, is.number);
    switch (is.comparison) {
      case Comparison::kEqual:
        return value == is.value;
      case Comparison::kLess:
        return value < is.value;
      case Comparison::kGreater:
        return value > is.value;
      case Comparison::kLessOrEqual:
        return value <= is.value;
      case Comparison::kGreaterOrEqual:
        return value >= is.value;
    }
    return false;
  }
  bool operator()(const NumberIn& in) const {
    const auto value = number_of(batch, row, in.number);
    return std::ranges::any_of(in.values, [&](std::uint64_t one) { return one == value; });
  }
  bool operator()(const AddressIn& in) const {
    const auto address = address_of(batch, row, in.column);
    return std::ranges::any_of(in.prefixes,
                               [&](const Prefix& prefix) { return prefix.contains(address); });
  }
  bool operator()(const FlagsAre& are) const {
    return batch.protocol()[row] == 6 && (batch.tcp_flags()[row] & are.mask) == are.value;
  }
  bool operator()(const FamilyIs& is) const { return batch.source_address()[row].is_v4() != is.v6; }
  bool operator()(const AllOf& all) const {
    return std::ranges::all_of(all.parts,
                               [&](const Condition& part) { return holds(part, batch, row); });
  }
  bool operator()(const AnyOf& any) const {
    return std::ranges::any_of(any.parts,
                               [&](const Condition& part) { return holds(part, batch, row); });
  }
  bool operator()(const NoneOf& none) const { return !holds(none.parts.front(), batch, row); }
};

bool holds(const Condition& condition, const FlowBatch& batch, std::size_t row) {
  return std::visit(Holds{batch, row}, condition.node);
}

RC_GTEST_PROP(Evaluate, ByColumnsIsTheSameAsRowByRow, ()) {
  const auto condition = *for_test::conditions();
  Evaluator evaluator(condition);
  // The same evaluator over several batches: nothing of one may be left in the next.
  for (int i = 0; i < 3; ++i) {
    const auto batch = *for_test::batches();
    const auto mask = evaluator.evaluate(batch);
    RC_ASSERT(mask.size() == batch.size());
    for (std::size_t row = 0; row < batch.size(); ++row)
      RC_ASSERT(mask[row] == (holds(condition, batch, row) ? 1 : 0));
  }
}

RC_GTEST_PROP(Evaluate, ManyPrefixesAreTheSameAsEachAlone, ()) {
  // Dense blocks of short distance: neighbours, overlaps and gaps of one address all occur.
  const auto block = rc::gen::map(
      rc::gen::pair(rc::gen::inRange<std::uint32_t>(0, 64), rc::gen::inRange(26, 33)),
      [](std::pair<std::uint32_t, int> choice) {
        const auto v4 = *Prefix::parse(IpAddress::from_v4(0xc0000200 + choice.first).to_string() +
                                       '/' + std::to_string(choice.second));
        const auto v6 = *Prefix::parse("2001:db8::" + std::to_string(choice.first) + '/' +
                                       std::to_string(choice.second + 96));
        return choice.second % 2 == 0 ? v4 : v6;
      });
  const auto prefixes = *rc::gen::container<std::vector<Prefix>>(block);
  FlowBatch batch(256);
  for (std::uint32_t i = 0; i < 80; ++i) {
    const auto row = batch.append(2);
    batch.mutable_source_address()[row] = IpAddress::from_v4(0xc00001f8 + i);
    batch.mutable_source_address()[row + 1] = *IpAddress::parse("2001:db8::" + std::to_string(i));
  }
  Evaluator evaluator({AddressIn{AddressColumn::kSource, prefixes}});
  const auto mask = evaluator.evaluate(batch);
  for (std::size_t row = 0; row < batch.size(); ++row)
    RC_ASSERT(mask[row] ==
              (std::ranges::any_of(prefixes,
                                   [&](const Prefix& prefix) {
                                     return prefix.contains(batch.source_address()[row]);
                                   })
                   ? 1
                   : 0));
}

TEST(Evaluate, TheWholeAddressSpaceAsManyPrefixes) {
  std::vector<Prefix> prefixes;
  for (int i = 0; i < 256; ++i) prefixes.push_back(*Prefix::parse(std::to_string(i) + ".0.0.0/8"));
  for (int i = 0; i < 16; ++i)
    prefixes.push_back(*Prefix::parse(std::string(1, "0123456789abcdef"[i]) + "000::/4"));
  FlowBatch batch(4);
  batch.append(4);
  batch.mutable_source_address()[1] = IpAddress::from_v4(0);
  batch.mutable_source_address()[2] = IpAddress::from_v4(UINT32_MAX);
  batch.mutable_source_address()[3] = *IpAddress::parse("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
  Evaluator evaluator({AddressIn{AddressColumn::kSource, prefixes}});
  EXPECT_EQ(std::ranges::count(evaluator.evaluate(batch), 1), 4);
}

TEST(Evaluate, AnEmptyBatchHasAnEmptyAnswer) {
  Evaluator evaluator(*parse_filter("port 80 or bytes > 1k", {}, {}));
  EXPECT_TRUE(evaluator.evaluate(FlowBatch(4)).empty());
}

TEST(Evaluate, PacketsAndBytesAreThoseOfBothDirections) {
  FlowBatch batch(1);
  batch.append(1);
  batch.mutable_kind()[0] = static_cast<std::uint8_t>(FlowKind::kBidirectional);
  batch.mutable_packets()[0] = 3;
  batch.mutable_reverse_packets()[0] = 4;
  batch.mutable_bytes()[0] = 300;
  batch.mutable_reverse_bytes()[0] = 407;
  batch.mutable_first()[0] = 1'000;
  batch.mutable_last()[0] = 3'000;
  for (const auto* filter : {"packets = 7", "bytes = 707", "bpp = 101", "pps = 3", "bps = 2828",
                             "duration = 2000", "kind bidirectional"}) {
    Evaluator evaluator(*parse_filter(filter, {}, {}));
    EXPECT_EQ(evaluator.evaluate(batch)[0], 1) << filter;
  }
}

}  // namespace
}  // namespace noroshi
