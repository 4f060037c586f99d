#pragma once

#include <cstdint>

#include "filter/condition.h"
#include "question/question.h"
#include "store/sql/statement.h"

namespace noroshi {

/// Whose rows a statement is about.
enum class Kinds : std::uint8_t { kTraffic, kAll };

/// " WHERE …": rows in the window for which the filter holds; nothing where all do.
[[nodiscard]] Statement where_sql(const Condition& filter, const TimeWindow& window, Kinds kinds);

}  // namespace noroshi
