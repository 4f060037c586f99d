#pragma once

#include <cstddef>
#include <string>

#include "question/interface_labels.h"
#include "question/question.h"

namespace noroshi {

/// A chart of `width` terminal columns (at least 40): a bar for each step, or with a split one line
/// for each value, of blocks that rise and fall over the time. Charts the measure of the question's
/// order; "pps" and "bps" are over a whole step. Quiet steps between others are shown, as long as
/// there are not more than some hundreds. Interfaces show their names beside their numbers.
[[nodiscard]] std::string series_as_chart(const SeriesQuestion& question, const Answer& answer,
                                          std::size_t width, const InterfaceLabels& labels = {});

/// "time,value,flows,…", without the value where there is no split; "other" stands for all values
/// not shown.
[[nodiscard]] std::string series_as_csv(const SeriesQuestion& question, const Answer& answer);

/// {"series":{"step_ms":N,"split":…,"rows":[…],"total":{…}}}, as docs/reference/flows.md says.
[[nodiscard]] std::string series_as_json(const SeriesQuestion& question, const Answer& answer,
                                         const InterfaceLabels& labels = {});

}  // namespace noroshi
