#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "model/flow_batch.h"

namespace noroshi {

/// Writes flows into one file of a format that others read; the file appears under its name only
/// when it is whole.
class FlowFileWriter {
 public:
  virtual ~FlowFileWriter() = default;
  [[nodiscard]] virtual Status add(const FlowBatch& batch) = 0;
  [[nodiscard]] virtual Status finish() = 0;
  /// Rows that the format has no room for; meaningful after finish().
  [[nodiscard]] virtual std::uint64_t skipped() const { return 0; }
};

/// `format`: "nfcapd" (layout 2, LZ4), "ipfix" (RFC 5655), "csv" or "json" (ours). A file of that
/// name is refused unless `replace`.
[[nodiscard]] Result<std::unique_ptr<FlowFileWriter>> create_flow_file(const std::string& path,
                                                                       const std::string& format,
                                                                       bool replace);

}  // namespace noroshi
