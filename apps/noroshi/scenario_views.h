#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "datagram_sender.h"
#include "model/flow_batch.h"
#include "simulate/plan/plan.h"

namespace noroshi {

/// Where the rows of one view of a scenario go: files of flows that change with the time, a capture
/// of export datagrams, or a collector.
class ViewWriter {
 public:
  struct Target {
    std::string folder;  ///< the scenario's output folder, which exists
    bool replace = false;
    std::string send;  ///< HOST:PORT instead of a capture, for formats that are datagrams
    DatagramSender::Config sender = {};
  };
  struct Written {
    std::uint64_t rows = 0;
    std::uint64_t packets = 0;  ///< as exported
    std::uint64_t bytes = 0;
    std::uint64_t files = 0;
    std::uint64_t datagrams = 0;
    std::uint64_t skipped = 0;  ///< rows that the format has no room for
  };

  virtual ~ViewWriter() = default;
  /// Rows in the order of `received`, as Network hands them out.
  [[nodiscard]] Status add(const FlowBatch& rows);
  [[nodiscard]] virtual Status finish() = 0;
  [[nodiscard]] const Written& written() const { return written_; }
  [[nodiscard]] const std::string& path() const { return path_; }

  [[nodiscard]] static Result<std::unique_ptr<ViewWriter>> create(const simulate::Plan& plan,
                                                                  const simulate::ViewPlan& view,
                                                                  const Target& target);

 protected:
  [[nodiscard]] virtual Status put(const FlowBatch& rows) = 0;

  Written written_;
  std::string path_;
};

}  // namespace noroshi
