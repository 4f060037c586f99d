#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "collect/exporter_report.h"

namespace noroshi {

/// What is wrong with an exporter or a socket, and what to do about it.
struct Hint {
  std::string_view code;  ///< "template_missing": for programs; docs/reference/collecting.md
  std::string english;
  std::string japanese;
};

/// The problems that the report shows as of `now`, the gravest first. What a counter alone shows
/// (lost, undecodable) counts only if it happened in the last ten minutes.
[[nodiscard]] std::vector<Hint> hints(const ExporterReport& exporter, Timestamp now);
[[nodiscard]] std::vector<Hint> hints(const SocketReport& socket);

}  // namespace noroshi
