#include "store/sql/tally_sql.h"

#include <bit>

namespace noroshi {

SqlWords tally_aggregates() {
#define NOROSHI_SQL_PACKETS "(packets + reverse_packets)"
#define NOROSHI_SQL_BYTES "(bytes + reverse_bytes)"
#define NOROSHI_SQL_BYTES_SQUARED_BY_PACKETS                         \
  "if(packets + reverse_packets = 0, 0, toFloat64" NOROSHI_SQL_BYTES \
  " * toFloat64" NOROSHI_SQL_BYTES " / " NOROSHI_SQL_PACKETS ")"
  return "count(), sum" NOROSHI_SQL_PACKETS ", sum" NOROSHI_SQL_BYTES
         ", minIf(first, first != 0), max(last), "
         "countIf(sampling_rate = 0), countIf(sampling_rate > 1), "
         "sum(toFloat64" NOROSHI_SQL_PACKETS
         " * sampling_rate), "
         "sum(toFloat64" NOROSHI_SQL_BYTES
         " * sampling_rate), "
         "sumIf(toFloat64" NOROSHI_SQL_PACKETS
         " * sampling_rate * (sampling_rate - 1), sampling_rate > 1), "
         "sumIf(" NOROSHI_SQL_BYTES_SQUARED_BY_PACKETS
         " * sampling_rate * (sampling_rate - 1), sampling_rate > 1)";
}

Tally read_tally(ByteReader& row) {
  Tally tally;
  const auto read_float = [&] { return std::bit_cast<double>(row.read_u64_le()); };
  tally.flows = row.read_u64_le();
  tally.packets = row.read_u64_le();
  tally.bytes = row.read_u64_le();
  tally.first = row.read_u64_le();
  tally.last = row.read_u64_le();
  tally.flows_of_unknown_sampling = row.read_u64_le();
  tally.sampled_flows = row.read_u64_le();
  tally.estimated_packets = read_float();
  tally.estimated_bytes = read_float();
  tally.packets_variance = read_float();
  tally.bytes_variance = read_float();
  return tally;
}

}  // namespace noroshi
