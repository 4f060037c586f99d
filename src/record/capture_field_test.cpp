// Every capture of the field data is read to its end: no crash, no Error, every packet accounted
// for. The data is not part of this repository: NOROSHI_FIELD_DATA names its folder.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "record/capture.h"

namespace noroshi {
namespace {

std::filesystem::path field_data() {
  if (const char* folder = std::getenv("NOROSHI_FIELD_DATA")) return folder;
  const char* source = std::getenv("NOROSHI_SOURCE");
  return std::filesystem::path(source != nullptr ? source : ".") / "../shared/data";
}

bool is_capture(const std::filesystem::path& path) {
  const auto extension = path.extension();
  return extension == ".pcap" || extension == ".pcapng" || extension == ".cap";
}

void expect_readable(const std::filesystem::path& path) {
  auto recording = open_recording(path.string(), {});
  ASSERT_TRUE(recording.has_value()) << recording.error().message;
  FlowBatch batch;
  std::uint64_t rows = 0;
  std::uint64_t metered = 0;
  while (true) {
    const auto more = (*recording)->read(batch);
    ASSERT_TRUE(more.has_value()) << path << ": " << more.error().message;
    if (!*more) break;
    rows += batch.size();
    for (std::size_t row = 0; row < batch.size(); ++row)
      if (batch.exporter()[row].is_none())
        metered += batch.packets()[row] + batch.reverse_packets()[row];
  }
  const auto& statistics = (*recording)->statistics();
  EXPECT_EQ(rows, statistics.decode.flows + statistics.decode.events) << path;
  // Exports hold rows, not packets; what remains was metered.
  EXPECT_LE(metered + statistics.packets_ignored, statistics.packets_read) << path;
  if (statistics.exporters.empty()) {
    EXPECT_EQ(metered + statistics.packets_ignored, statistics.packets_read) << path;
  }
}

TEST(CapturesOfTheField, AreReadToTheirEnd) {
  const auto folder = field_data();
  std::size_t captures = 0;
  for (const auto* part : {"benign", "exporters", "ddos", "labelled"}) {
    if (!std::filesystem::exists(folder / part)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder / part)) {
      if (!entry.is_regular_file() || !is_capture(entry.path())) continue;
      expect_readable(entry.path());
      ++captures;
    }
  }
  if (captures == 0) GTEST_SKIP() << "1 test skipped: no field data at " << folder;
  std::cout << captures << " captures read\n";
}

}  // namespace
}  // namespace noroshi
