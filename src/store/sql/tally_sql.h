#pragma once

#include <cstddef>

#include "base/byte_reader.h"
#include "question/question.h"
#include "store/sql/statement.h"

namespace noroshi {

/// The aggregates of a Tally over rows of "flows", in the order of its members.
[[nodiscard]] SqlWords tally_aggregates();
/// Octets of those in RowBinary.
inline constexpr std::size_t kTallyOctets = 11 * 8;
[[nodiscard]] Tally read_tally(ByteReader& row);

}  // namespace noroshi
