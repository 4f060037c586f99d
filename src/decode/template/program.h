#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "decode/template/definition.h"
#include "decode/template/elements.h"
#include "model/flow_batch.h"

namespace noroshi {

/// Moves one field of every record of a set into one column.
struct Instruction {
  enum class Mode : std::uint8_t {
    kSet,   ///< the first to write this column
    kFill,  ///< preferred to what is there, unless this value is zero ("none")
    kUnite  ///< flags: or-ed to what is there
  };

  Quantity quantity;
  Encoding encoding;
  Mode mode = Mode::kSet;
  std::uint16_t width = 0;
  /// Where the field begins: this many octets behind the anchor. Anchor 0 is the start of the
  /// record, anchor k the end of its k-th variable-length field.
  std::uint16_t anchor = 0;
  std::uint16_t offset = 0;
};

/// A packet section in the record: its fields are read by decode/packet.
struct Section {
  std::uint16_t anchor;
  std::uint16_t offset;
  std::uint16_t width;  ///< kVariableLength: the octets up to anchor + 1
  bool is_frame;        ///< Ethernet; otherwise it begins with the IP header
};

/// A data template compiled for decoding by columns.
///
/// Made once when the template arrives. Which element fills which column is then decided; running
/// the program never asks again (see run.h).
struct Program {
  std::vector<Instruction> instructions;
  std::optional<Section> section;
  /// The fixed octets in front of each variable-length field, and behind the last one.
  std::vector<std::uint16_t> fixed_runs;
  std::size_t shortest_record = 0;  ///< the length of every record, if there is one run only
  FlowKind kind = FlowKind::kUnidirectional;
  std::uint64_t quantities = 0;  ///< bit n: Quantity n is present
  bool first_is_uptime = false;
  bool last_is_uptime = false;

  [[nodiscard]] bool fixed() const { return fixed_runs.size() == 1; }
  [[nodiscard]] bool has(Quantity quantity) const {
    return (quantities >> static_cast<unsigned>(quantity) & 1) != 0;
  }
};
static_assert(static_cast<unsigned>(Quantity::kIpHeaderSection) < 64);

/// Compiles a data template whose shortest record is not empty. Elements that tell us nothing, that
/// have a length their type does not allow, or that are RFC 6313 lists are stepped over.
///
/// An element that occurs twice counts as it occurs last: tunnel exporters (Cisco IOS-XR, Huawei)
/// put the outer packet first and the inner one, which the hosts sent, behind it.
///
/// What kind of row it makes: with an event element (230, 233, 40005) and no counter of packets or
/// octets that moved (1, 2, 23, 24, 86) it is a NAT or firewall event, whatever else it carries —
/// Cisco's teardown records give octets in 85 or 231/232, and stay events. Firewalls that put 233
/// into ordinary flow records (Palo Alto, Barracuda) count packets there: those are traffic. With
/// counters both ways (reverse elements of RFC 5103, or initiator and responder) it is
/// bidirectional.
[[nodiscard]] Program compile(const TemplateDefinition& definition);

}  // namespace noroshi
