#pragma once

#include <string>
#include <vector>

#include "guard/report/monthly_report.h"

namespace noroshi {

/// How far a filing is from one of the things that end it by themselves.
struct StopDistance {
  std::string code;  ///< "until", "most_reveals_a_day": of filing.toml
  Bilingual criterion;
  Bilingual limit;
  Bilingual now;
  Bilingual distance;
  bool reached = false;
};

/// Of the filing in force; nothing where none is.
[[nodiscard]] std::vector<StopDistance> stop_distances(const MonthlyReport& report);

}  // namespace noroshi
