#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "base/check.h"
#include "guard/audit/audit.h"
#include "guard/audit/line.h"

namespace noroshi::for_test {

/// A clock that goes on by a second whenever it is asked, and can be set.
struct Clock {
  Timestamp time = from_unix_milliseconds(1'793'613'600'000);
  std::uint64_t uptime = 5'000;
  std::string boot = "5d1b6b4e-1d3c-4b55-a2a5-0f6f1a6f9f10";

  AuditMoment operator()() {
    time += std::chrono::seconds(1);
    uptime += 1000;
    return {time, boot, uptime};
  }
};

inline AuditEntry read_entry(std::uint64_t number) {
  AuditEntry entry;
  entry.kind = "read";
  entry.who = "sato";
  entry.purpose = "c2-detection";
  entry.grant = "g" + std::to_string(number);
  entry.what = "top srcip/bytes 'dst port 23 and src ip ~198.51.100.7'";
  if (number % 3 == 0) entry.rows = number;
  if (number % 5 == 0) entry.details = {{"granularity", "pseudonyms"}, {"理由", "\"調査\"\n"}};
  return entry;
}

/// A folder with a chain of so many entries, several to a segment.
inline void write_chain(const std::filesystem::path& folder, std::uint64_t entries,
                        std::uint64_t segment_bytes = 4096, Clock clock = {}) {
  Audit::Config config;
  config.folder = folder;
  config.node = "edge-1";
  config.segment_bytes = segment_bytes;
  const auto audit = Audit::open(std::move(config), std::ref(clock));
  CHECK(audit);
  for (std::uint64_t i = 1; i <= entries; ++i) CHECK((*audit)->append(read_entry(i)) == i);
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size() - 1) + 1;
    lines.push_back(text.substr(at, end - at));
    at = end;
  }
  return lines;
}

inline std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line;
  return text;
}

}  // namespace noroshi::for_test
