#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "decode/export_time.h"
#include "decode/sampling.h"
#include "decode/statistics.h"
#include "decode/template/program.h"
#include "model/flow_batch.h"

namespace noroshi {

/// What all records of one message have in common.
struct ExportMessage {
  ExportTime time;
  IpAddress exporter;
  std::uint32_t observation_domain_id;
  /// NetFlow v5 and v9 state the uptime counter in the header; IPFIX leaves it to SystemStart.
  std::optional<std::uint32_t> uptime;
};

/// What the session of the message has learnt, and lends to the run.
struct RunState {
  const SamplingTable& sampling;
  SystemStart& system_start;
  std::uint32_t default_sampling_rate;
};

/// Memory that runs use again and again; its content means nothing between runs.
struct Workspace {
  std::vector<std::uint16_t> anchors;
  std::array<std::vector<std::uint64_t>, kBesideQuantities> beside;

  [[nodiscard]] std::vector<std::uint64_t>& of(Quantity quantity) {
    return beside[static_cast<std::size_t>(quantity) -
                  static_cast<std::size_t>(kFirstBesideQuantity)];
  }
};

/// How much of a set its records took.
struct RunResult {
  std::size_t records = 0;
  /// Octets behind the last whole record. Fewer than a record and all zero, they are padding.
  std::size_t left_over = 0;
};

/// Decodes the records of one data set and appends them to `batch` in order.
///
/// `records` is the set without its header, at most 65,535 octets; nothing in it is trusted. Works
/// by columns: for each instruction one loop over all records. Counts records, flows, events and
/// clamped times. Never fails: what does not fit is left over.
RunResult run(const Program& program, std::span<const std::byte> records,
              const ExportMessage& message, RunState state, Workspace& workspace, FlowBatch& batch,
              DecodeStatistics& statistics);

/// Completes rows [first_row, batch.size()) from what the instructions have written: kind, origin,
/// times, sampling rate, ICMP, direction of biflows. Part of run(), in a file of its own.
void complete_rows(const Program& program, const ExportMessage& message, RunState state,
                   Workspace& workspace, FlowBatch& batch, std::size_t first_row,
                   DecodeStatistics& statistics);

}  // namespace noroshi
