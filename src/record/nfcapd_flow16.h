#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "model/flow_batch.h"
#include "record/nfcapd_exporters.h"

namespace noroshi {

/// Reads the flow records of layout 1, whose optional part is laid out by extension maps that come
/// before them. Maps are numbered by 16 bits and hold at most kMostExtensions, so memory is
/// bounded.
class NfcapdFlowReader16 {
 public:
  static constexpr std::size_t kMostExtensions = 64;

  enum class Outcome { kAppended, kDamaged, kUnknownMap };

  /// Reads one extension map record with its header; false when it contradicts its length. A map
  /// that comes again replaces the one of its number.
  bool read_map(std::span<const std::byte> record);

  /// Appends the flow or event of one record (with its header, exactly as long as it says), of the
  /// form with the exporter's number in 8 bits (`narrow`) or in 16. Nothing is appended otherwise.
  Outcome append(std::span<const std::byte> record, bool narrow, const NfcapdExporters& exporters,
                 std::uint32_t default_sampling_rate, FlowBatch& batch) const;

 private:
  struct Place {
    std::uint16_t extension = 0;
    std::uint16_t offset = 0;  ///< from the end of the addresses and counters
  };
  struct Map {
    std::vector<Place> places;  ///< up to the first extension that we do not know
    std::size_t length = 0;     ///< what a record must hold for all of them
  };

  std::unordered_map<std::uint16_t, Map> maps_;
};

}  // namespace noroshi
