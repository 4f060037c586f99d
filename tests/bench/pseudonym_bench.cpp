// What pseudonyms cost, per flow: batches as a collector hands them on, the source a subscriber's
// at random in its range, which is worse than any real traffic, the destination somebody else's.
// And how long the tables of an IPv4 /8 take to be drawn.

#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "guard/pseudonym/key_file.h"
#include "guard/pseudonym/pseudonymiser.h"

namespace noroshi {
namespace {

constexpr std::size_t kRows = 8192;
constexpr std::uint64_t kHour = 498'000;

IpAddress inside(const Prefix& range, std::mt19937_64& random) {
  auto bytes = range.address().bytes();
  const bool v4 = range.address().is_v4();
  const auto kept = static_cast<std::size_t>(v4 ? range.length() + 96 : range.length());
  for (std::size_t bit = kept; bit < 128; ++bit)
    if (random() % 2 == 0) bytes[bit / 8] |= std::byte{0x80} >> (bit % 8);
  return IpAddress::from_bytes(bytes);
}

void apply(benchmark::State& state, const char* subscribers, const char* sources) {
  const auto keys = KeyFile::create(kHour);
  const std::vector<Prefix> ranges = {Prefix::parse(subscribers).value()};
  Pseudonymiser pseudonymiser;
  pseudonymiser.replace(
      PseudonymTables::make(keys, SubscriberRanges::of(ranges).value(), kHour, nullptr).value());
  std::mt19937_64 random(1);
  const auto from = Prefix::parse(sources).value();
  std::vector<IpAddress> addresses;
  for (std::size_t i = 0; i < 64 * kRows; ++i) addresses.push_back(inside(from, random));
  FlowBatch batch(kRows);
  batch.append(kRows);
  std::size_t next = 0;
  for (auto _ : state) {
    // Part of what is measured: a collector's batch has just been written too.
    std::copy_n(addresses.begin() + static_cast<std::ptrdiff_t>(next), kRows,
                batch.mutable_source_address().begin());
    next = (next + kRows) % addresses.size();
    pseudonymiser.apply(batch);
    benchmark::DoNotOptimize(batch.source_address().data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRows));
}

void nobody_of_ours(benchmark::State& state) { apply(state, "10.0.0.0/8", "192.0.2.0/24"); }
void ipv4_in_a_22(benchmark::State& state) { apply(state, "10.0.0.0/22", "10.0.0.0/22"); }
void ipv4_in_a_10(benchmark::State& state) { apply(state, "10.0.0.0/10", "10.0.0.0/10"); }
void ipv4_in_an_8(benchmark::State& state) { apply(state, "10.0.0.0/8", "10.0.0.0/8"); }
void ipv6_in_a_32(benchmark::State& state) { apply(state, "2001:db8::/32", "2001:db8::/32"); }
void ipv6_in_a_48(benchmark::State& state) { apply(state, "2001:db8::/48", "2001:db8::/48"); }

void tables_of_an_8(benchmark::State& state) {
  const auto keys = KeyFile::create(kHour);
  for (auto _ : state)
    benchmark::DoNotOptimize(
        BlockCipher::make(keys, keys.keys()[0].id, Prefix::parse("10.0.0.0/8").value()));
}

BENCHMARK(nobody_of_ours);
BENCHMARK(ipv4_in_a_22);
BENCHMARK(ipv4_in_a_10);
BENCHMARK(ipv4_in_an_8);
BENCHMARK(ipv6_in_a_32);
BENCHMARK(ipv6_in_a_48);
BENCHMARK(tables_of_an_8)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace noroshi
