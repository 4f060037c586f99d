// How long it takes to verify a chain of a million entries, and what one entry costs to write: alone,
// and when several callers share the wait for the disk.

#include <benchmark/benchmark.h>

#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "base/check.h"
#include "base/folder_for_test.h"
#include "guard/audit/audit.h"
#include "guard/audit/line.h"
#include "guard/audit/verify.h"

namespace noroshi {
namespace {

constexpr std::uint64_t kEntries = 1'000'000;
constexpr std::uint64_t kSegmentEntries = 150'000;  // 64 MiB of them, near enough

AuditEntry example() {
  AuditEntry entry;
  entry.kind = "read";
  entry.who = "sato";
  entry.purpose = "c2-detection";
  entry.grant = "0123456789abcdef";
  entry.what = "top srcip/bytes 'dst port 23 and src ip ~198.51.100.7' from 2026-11-22T00:00:00Z";
  entry.details = {{"granularity", "pseudonyms"}};
  return entry;
}

/// As an Audit writes it, but without waiting for the disk a million times.
void write_chain(const std::filesystem::path& folder) {
  RecordedEntry recorded;
  recorded.node = "bench";
  recorded.moment = system_moment();
  recorded.entry = example();
  std::ofstream segment;
  for (std::uint64_t i = 1; i <= kEntries; ++i) {
    if (i % kSegmentEntries == 1) {
      segment.close();
      segment.open(folder / audit_segment_name(i), std::ios::binary);
    }
    recorded.sequence = i;
    const auto line = audit_line(recorded);
    segment << line;
    recorded.previous = sha256(line);
  }
  std::ofstream(folder / "head") << audit_head_text({kEntries, recorded.previous});
  CHECK(segment.good());
}

void verify_a_million_entries(benchmark::State& state) {
  const for_test::Folder folder;
  write_chain(folder.path());
  std::uint64_t bytes = 0;
  for (auto _ : state) {
    const auto seen = verify_audit(folder.path());
    CHECK(seen && seen->is_good() && seen->entries == kEntries);
    bytes = seen->bytes;
  }
  state.counters["entries"] = benchmark::Counter(static_cast<double>(kEntries),
                                                 benchmark::Counter::kIsIterationInvariantRate);
  state.counters["octets_per_entry"] = static_cast<double>(bytes) / kEntries;
}
BENCHMARK(verify_a_million_entries)->Unit(benchmark::kMillisecond)->Iterations(3);

/// Entries a second that `callers` threads get acknowledged, each waiting for its own.
void append(benchmark::State& state) {
  const for_test::Folder folder;
  Audit::Config config;
  config.folder = folder.path() / "audit";
  config.node = "bench";
  const auto audit = Audit::open(std::move(config));
  CHECK(audit);
  constexpr int kEach = 100;
  for (auto _ : state) {
    std::vector<std::thread> callers;
    for (int i = 0; i < state.range(0); ++i)
      callers.emplace_back([&] {
        for (int j = 0; j < kEach; ++j) CHECK((*audit)->append(example()));
      });
    for (auto& caller : callers) caller.join();
  }
  const auto statistics = (*audit)->statistics();
  state.counters["entries"] = benchmark::Counter(static_cast<double>(statistics.entries),
                                                 benchmark::Counter::kIsRate);
  state.counters["entries_per_sync"] =
      static_cast<double>(statistics.entries) / static_cast<double>(statistics.syncs);
}
BENCHMARK(append)->Arg(1)->Arg(8)->Arg(64)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace noroshi
