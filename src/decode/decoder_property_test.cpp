// Random templates and records are encoded, decoded and compared; then damaged, when nothing may
// crash and nothing may go missing uncounted.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "decode/messages_for_test.h"

namespace noroshi {
namespace {

using namespace for_test;

constexpr std::uint16_t kId = 300;

/// An element whose value goes into a column as it is, and how much of it the column holds.
struct Plain {
  std::uint16_t element;
  std::size_t octets;
  std::uint64_t (*read)(const FlowBatch&, std::size_t row);
};

#define NOROSHI_PLAIN(element, octets, column)                                      \
  Plain {                                                                           \
    element, octets, [](const FlowBatch& batch, std::size_t row) -> std::uint64_t { \
      return batch.column()[row];                                                   \
    }                                                                               \
  }
const std::vector<Plain> kPlain{
    NOROSHI_PLAIN(1, 8, bytes),
    NOROSHI_PLAIN(2, 8, packets),
    NOROSHI_PLAIN(6, 1, tcp_flags),
    NOROSHI_PLAIN(7, 2, source_port),
    NOROSHI_PLAIN(11, 2, destination_port),
    NOROSHI_PLAIN(10, 4, input_interface),
    NOROSHI_PLAIN(14, 4, output_interface),
    NOROSHI_PLAIN(16, 4, source_as),
    NOROSHI_PLAIN(17, 4, destination_as),
    NOROSHI_PLAIN(58, 2, vlan),
    NOROSHI_PLAIN(136, 1, end_reason),
    NOROSHI_PLAIN(227, 2, translated_source_port),
    NOROSHI_PLAIN(228, 2, translated_destination_port),
};
#undef NOROSHI_PLAIN

/// A template, its records, and what their columns should hold.
struct Generated {
  TemplateDefinition definition;
  Bytes records;
  std::size_t count = 0;
  std::vector<std::map<std::uint16_t, std::uint64_t>> expected;
};

Generated generate(ExportProtocol protocol) {
  Generated generated;
  auto shuffled = kPlain;
  for (std::size_t i = shuffled.size(); i > 1; --i)
    std::swap(shuffled[i - 1], shuffled[*rc::gen::inRange<std::size_t>(0, i)]);
  shuffled.resize(*rc::gen::inRange<std::size_t>(1, shuffled.size() + 1));
  for (const auto& plain : shuffled) {
    // Fields of no meaning to us, of fixed or variable length, before any other.
    if (*rc::gen::inRange(0, 3) == 0) {
      const auto length = *rc::gen::element<std::uint16_t>(0, 1, 3, 9, kVariableLength);
      const bool foreign = protocol == ExportProtocol::kIpfix && *rc::gen::arbitrary<bool>();
      generated.definition.fields.push_back({foreign ? 4'242u : kIana, 82, length});
    }
    const auto width = *rc::gen::inRange<std::size_t>(1, plain.octets + 1);
    generated.definition.fields.push_back(
        {kIana, plain.element, static_cast<std::uint16_t>(width)});
  }
  generated.count = *rc::gen::inRange<std::size_t>(1, 20);
  for (std::size_t i = 0; i < generated.count; ++i) {
    auto& expected = generated.expected.emplace_back();
    for (const auto& field : generated.definition.fields) {
      if (field.length == kVariableLength) {
        const Bytes text(*rc::gen::element<std::size_t>(0, 1, 7, 254, 255, 300), std::byte{0xa5});
        generated.records =
            joined({generated.records, variable(text, *rc::gen::arbitrary<bool>())});
      } else if (field.element == 82) {
        generated.records = joined({generated.records, Bytes(field.length, std::byte{0x5a})});
      } else {
        const auto most =
            field.length == 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * field.length)) - 1;
        const auto value = *rc::gen::arbitrary<std::uint64_t>() & most;
        generated.records = joined({generated.records, integer(value, field.length)});
        expected[field.element] = value;
      }
    }
  }
  return generated;
}

ExportProtocol any_protocol() {
  return *rc::gen::element(ExportProtocol::kNetflow9, ExportProtocol::kIpfix);
}

RC_GTEST_PROP(DecoderProperty, DecodesWhatWasEncoded, ()) {
  const auto protocol = any_protocol();
  const auto generated = generate(protocol);
  RC_PRE(generated.records.size() < 60'000);
  // Padding shorter than any record.
  const auto shortest = generated.definition.shortest_record();
  const Bytes padding(*rc::gen::inRange<std::size_t>(0, std::min<std::size_t>(shortest, 4)));
  Decoder decoder({});
  FlowBatch batch(1);
  decoder.decode(datagram_of(MessageBuilder(protocol).define(kId, generated.definition).finish()),
                 batch);
  decoder.decode(
      datagram_of(MessageBuilder(protocol).set(kId, joined({generated.records, padding})).finish()),
      batch);
  RC_ASSERT(batch.size() == generated.count);
  for (std::size_t row = 0; row < batch.size(); ++row)
    for (const auto& plain : kPlain) {
      const auto& expected = generated.expected[row];
      const auto found = expected.find(plain.element);
      RC_ASSERT(plain.read(batch, row) == (found == expected.end() ? 0 : found->second));
    }
  for (const auto count : decoder.statistics().undecodable) RC_ASSERT(count == 0u);
}

/// Every column of every row, to compare batches.
std::vector<std::string> rows_of(const FlowBatch& batch) {
  std::vector<std::string> rows(batch.size());
  batch.for_each_field([&](std::string_view, const auto& values) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if constexpr (std::is_same_v<std::decay_t<decltype(values[0])>, IpAddress>)
        rows[i] += values[i].to_string() + " ";
      else
        rows[i] += std::to_string(values[i]) + " ";
    }
  });
  return rows;
}

RC_GTEST_PROP(DecoderProperty, DecodesSetsAloneAsTogether, ()) {
  const auto protocol = any_protocol();
  const auto generated = generate(protocol);
  RC_PRE(generated.records.size() < 20'000);
  const auto repeats = *rc::gen::inRange(1, 4);
  MessageBuilder::Header header;
  MessageBuilder together(protocol, header);
  together.define(kId, generated.definition);
  Decoder one_by_one({});
  FlowBatch alone;
  one_by_one.decode(
      datagram_of(MessageBuilder(protocol, header).define(kId, generated.definition).finish()),
      alone);
  for (int i = 0; i < repeats; ++i) {
    together.set(kId, generated.records);
    // A stranger between them costs only itself.
    together.set(999, Bytes(12, std::byte{1}));
    one_by_one.decode(
        datagram_of(MessageBuilder(protocol, header).set(kId, generated.records).finish()), alone);
  }
  Decoder decoder({});
  FlowBatch batch;
  decoder.decode(datagram_of(together.finish()), batch);
  RC_ASSERT(rows_of(batch) == rows_of(alone));
  RC_ASSERT(decoder.statistics().of(Undecodable::kUnknownTemplate) ==
            static_cast<std::uint64_t>(repeats));
}

/// Octets behind the header of the first set that are not zero: what decoding may not skip unseen.
bool holds_anything(const Bytes& payload, ExportProtocol protocol) {
  const std::size_t headers = protocol == ExportProtocol::kIpfix ? 20 : 24;
  return payload.size() > headers &&
         std::any_of(payload.begin() + static_cast<std::ptrdiff_t>(headers), payload.end(),
                     [](std::byte octet) { return octet != std::byte{}; });
}

/// The damage has made a template set (or options template set) of the data set.
bool is_template_set(const Bytes& payload, ExportProtocol protocol) {
  const std::size_t header = protocol == ExportProtocol::kIpfix ? 16 : 20;
  if (payload.size() < header + 2) return false;
  return load_big_endian<std::uint16_t>(payload.data() + header) <= 3;
}

RC_GTEST_PROP(DecoderProperty, SurvivesDamageAndAccountsForEverySet, ()) {
  const auto protocol = any_protocol();
  const auto generated = generate(protocol);
  RC_PRE(generated.records.size() < 20'000);
  auto definition = MessageBuilder(protocol).define(kId, generated.definition).finish();
  auto data = MessageBuilder(protocol).set(kId, generated.records).finish();
  const auto damage = [](Bytes& payload) {
    const auto times = *rc::gen::inRange(0, 4);
    for (int i = 0; i < times && !payload.empty(); ++i)
      payload[*rc::gen::inRange<std::size_t>(2, payload.size())] =
          static_cast<std::byte>(*rc::gen::inRange(0, 256));
    if (*rc::gen::inRange(0, 3) == 0)
      payload.resize(*rc::gen::inRange<std::size_t>(2, payload.size() + 1));
  };
  const bool definition_damaged = *rc::gen::arbitrary<bool>();
  if (definition_damaged) damage(definition);
  damage(data);

  Decoder decoder({});
  FlowBatch batch;
  decoder.decode(datagram_of(definition), batch);
  const auto before = decoder.statistics();
  const auto rows = batch.size();
  const bool accepted = decoder.decode(datagram_of(data), batch);
  const auto& after = decoder.statistics();
  std::uint64_t undecodable = 0;
  for (std::size_t i = 0; i < kUndecodableReasons; ++i)
    undecodable += after.undecodable[i] - before.undecodable[i];
  RC_ASSERT(after.datagrams - before.datagrams == (accepted ? 1u : 0u));
  RC_ASSERT(batch.size() - rows == after.flows + after.events - before.flows - before.events);
  // The one set of the datagram came out as records, or was counted.
  const auto options = after.option_records - before.option_records;
  RC_ASSERT(batch.size() > rows || options > 0 || undecodable > 0 ||
            !holds_anything(data, protocol) || is_template_set(data, protocol));
}

}  // namespace
}  // namespace noroshi
