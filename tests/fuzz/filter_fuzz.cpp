// A text → a condition → the text it prints → the same condition; and both find the same rows of a
// small batch.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "filter/evaluate.h"
#include "filter/parse.h"
#include "filter/print.h"

namespace noroshi {
namespace {

FilterVocabulary make_vocabulary() {
  FilterVocabulary words;
  words.exporters["edge"] = {*Prefix::parse("192.0.2.1"), *Prefix::parse("2001:db8::1")};
  words.tags["cameras"] = {*Prefix::parse("192.0.2.0/25"), *Prefix::parse("2001:db8:1::/48")};
  auto& many = words.tags["many"];
  for (std::uint32_t i = 0; i < 40; ++i)
    many.push_back(*Prefix::parse(IpAddress::from_v4(0xc6336400 + i * 3).to_string()));
  return words;
}

FlowBatch make_batch() {
  constexpr std::uint32_t kRows = 24;
  FlowBatch batch(kRows);
  batch.append(kRows);
  for (std::uint32_t row = 0; row < kRows; ++row) {
    const bool v6 = row % 3 == 0;
    batch.mutable_source_address()[row] =
        v6 ? *IpAddress::parse("2001:db8:1::9") : IpAddress::from_v4(0xc0000200 + row * 11);
    batch.mutable_destination_address()[row] =
        v6 ? *IpAddress::parse("2001:db8::1") : IpAddress::from_v4(0xc6336400 + row);
    batch.mutable_exporter()[row] = *IpAddress::parse("192.0.2.1");
    batch.mutable_protocol()[row] = row % 4 == 0 ? 17 : 6;
    batch.mutable_tcp_flags()[row] = static_cast<std::uint8_t>(row * 7);
    batch.mutable_source_port()[row] = static_cast<std::uint16_t>(row * 2'900);
    batch.mutable_destination_port()[row] = row % 2 == 0 ? 80 : 53;
    batch.mutable_packets()[row] = row;
    batch.mutable_reverse_packets()[row] = row % 5;
    batch.mutable_bytes()[row] = std::uint64_t{1} << (row * 2);
    batch.mutable_first()[row] = 1'793'613'661'000;
    batch.mutable_last()[row] = 1'793'613'661'000 + row * 400;
    batch.mutable_source_as()[row] = 64'500 + row;
    batch.mutable_source_country()[row] = 'J' << 8 | 'P';
    batch.mutable_vlan()[row] = static_cast<std::uint16_t>(row);
    batch.mutable_sampling_rate()[row] = row % 2 == 0 ? 100 : 0;
  }
  return batch;
}

void check(std::string_view text) {
  static const auto kVocabulary = make_vocabulary();
  static const auto kBatch = make_batch();
  constexpr auto kNow = from_unix_milliseconds(1'795'330'800'000);

  const auto condition = parse_filter(text, kVocabulary, kNow);
  if (!condition) {
    CHECK(condition.error().message.find('^') != std::string::npos);
    return;
  }
  const auto printed = to_string(*condition);
  const auto again = parse_filter(printed, {}, Timestamp{});
  CHECK(again.has_value());
  CHECK(*again == *condition);

  Evaluator first(*condition);
  Evaluator second(*again);
  const auto rows = first.evaluate(kBatch);
  CHECK(rows.size() == kBatch.size());
  CHECK(std::ranges::all_of(rows, [](std::uint8_t row) { return row <= 1; }));
  CHECK(std::ranges::equal(rows, second.evaluate(kBatch)));
}

}  // namespace
}  // namespace noroshi

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  noroshi::check(text);
  return 0;
}
