#pragma once

#include "document/document.h"
#include "guard/report/monthly_report.h"

namespace noroshi {

/// The page that an officer signs.
[[nodiscard]] Document document_of(const MonthlyReport& report, const ReportNames& names,
                                   Language language);

/// The same for programs: docs/reference/report.md. Ends with a newline.
[[nodiscard]] std::string report_as_json(const MonthlyReport& report, const ReportNames& names);

}  // namespace noroshi
