#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "model/flow_batch.h"

namespace noroshi {

/// The columns of Zeek's conn log that become flows (Zeek "conn.log" reference). Labels that data
/// sets add are no columns to us: nothing reads them.
enum class ZeekColumn : std::size_t {
  kTs,
  kOrigH,
  kOrigP,
  kRespH,
  kRespP,
  kProto,
  kDuration,
  kOrigBytes,
  kRespBytes,
  kConnState,
  kHistory,
  kOrigPkts,
  kOrigIpBytes,
  kRespPkts,
  kRespIpBytes,
  kVlan,
  kIpProto,
  kOther,  ///< everything else
};
inline constexpr std::size_t kZeekColumns = static_cast<std::size_t>(ZeekColumn::kOther);

/// The column of that name: Zeek's own ("id.orig_h"), or with an underscore for the dot.
[[nodiscard]] ZeekColumn zeek_column(std::string_view name);

/// Which columns a log has, and whether they make a conn log.
struct ZeekColumns {
  std::array<bool, kZeekColumns> present{};

  void add(ZeekColumn column) {
    if (column != ZeekColumn::kOther) present[static_cast<std::size_t>(column)] = true;
  }
  [[nodiscard]] bool has(ZeekColumn column) const {
    return present[static_cast<std::size_t>(column)];
  }
  /// Time, both endpoints and protocol, and one of the columns that only conn logs have.
  [[nodiscard]] bool are_conn() const;
};

/// One line's values by column, as written; empty where unset.
class ZeekConn {
 public:
  void set(ZeekColumn column, std::string_view value) {
    if (column != ZeekColumn::kOther) values_[static_cast<std::size_t>(column)] = value;
  }
  void clear() { values_ = {}; }

  /// Appends the connection as one row: kind kBidirectional, the originator as source; packets and
  /// bytes of the IP layer (orig_ip_bytes), or of the payload where the log has only that; times
  /// to the millisecond; TCP flags from `history`, else from `conn_state`; ICMP type and code in
  /// their own columns, ports zero. `sampling_rate` is what the sensor saw: 1 in N. False, and
  /// nothing appended, when a value is not what its column should hold.
  [[nodiscard]] bool append_to(FlowBatch& batch, std::uint32_t sampling_rate) const;

 private:
  [[nodiscard]] std::string_view get(ZeekColumn column) const {
    return values_[static_cast<std::size_t>(column)];
  }

  std::array<std::string_view, kZeekColumns> values_;
};

}  // namespace noroshi
