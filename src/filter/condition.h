#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "net/prefix.h"

namespace noroshi {

/// A number that a row of a FlowBatch has, or that follows from it. Those that follow are defined
/// here once, in whole numbers, so that files and history give the same answers:
///
/// - kPackets, kBytes: both directions of a bidirectional row together
/// - kDuration: last − first in ms, 0 where last < first
/// - kPacketsPerSecond: packets · 1000 ÷ duration; kBitsPerSecond: bytes · 8000 ÷ duration; both
///   rounded down, 0 where the duration is 0
/// - kBytesPerPacket: bytes ÷ packets rounded down, 0 where there are no packets
///
/// All in 64 bits without a sign, wrapping around as ClickHouse's UInt64 does: only made-up counts
/// come near.
enum class Number : std::uint8_t {
  kKind,
  kFirst,     ///< ms since 1970 UTC
  kLast,      ///< ms since 1970 UTC
  kReceived,  ///< ms since 1970 UTC
  kDuration,
  kProtocol,
  kSourcePort,
  kDestinationPort,
  kTcpFlags,
  kPackets,
  kBytes,
  kPacketsPerSecond,
  kBitsPerSecond,
  kBytesPerPacket,
  kSamplingRate,
  kObservationDomain,
  kInputInterface,
  kOutputInterface,
  kSourceAs,
  kDestinationAs,
  kSourceCountry,  ///< two letters as 'J' << 8 | 'P'
  kDestinationCountry,
  kVlan,
  kDirection,
  kIcmpType,
  kIcmpCode,
  kEvent,
  kTranslatedSourcePort,
  kTranslatedDestinationPort,
  kEndReason,
};

enum class AddressColumn : std::uint8_t {
  kSource,
  kDestination,
  kExporter,
  kNextHop,
  kTranslatedSource,
  kTranslatedDestination,
};

enum class Comparison : std::uint8_t { kEqual, kLess, kGreater, kLessOrEqual, kGreaterOrEqual };

/// True for every row.
struct Everything {
  friend bool operator==(const Everything&, const Everything&) = default;
};
struct NumberIs {
  Number number = Number::kKind;
  Comparison comparison = Comparison::kEqual;
  std::uint64_t value = 0;
  friend bool operator==(const NumberIs&, const NumberIs&) = default;
};
/// `values` is sorted and has no value twice; an empty list is true for no row.
struct NumberIn {
  Number number = Number::kKind;
  std::vector<std::uint64_t> values;
  friend bool operator==(const NumberIn&, const NumberIn&) = default;
};
/// The address lies in any of the prefixes (a single address is a prefix of full length).
struct AddressIn {
  AddressColumn column = AddressColumn::kSource;
  std::vector<Prefix> prefixes;
  friend bool operator==(const AddressIn&, const AddressIn&) = default;
};
/// (tcp_flags & mask) == value, on TCP rows only.
struct FlagsAre {
  std::uint8_t mask = 0;
  std::uint8_t value = 0;
  friend bool operator==(const FlagsAre&, const FlagsAre&) = default;
};
/// The family of the source address.
struct FamilyIs {
  bool v6 = false;
  friend bool operator==(const FamilyIs&, const FamilyIs&) = default;
};

struct Condition;
/// True where there is no part.
struct AllOf {
  std::vector<Condition> parts;
  friend bool operator==(const AllOf& left, const AllOf& right);
};
/// False where there is no part.
struct AnyOf {
  std::vector<Condition> parts;
  friend bool operator==(const AnyOf& left, const AnyOf& right);
};
/// Exactly one part.
struct NoneOf {
  std::vector<Condition> parts;
  friend bool operator==(const NoneOf& left, const NoneOf& right);
};

/// What a filter asks of a row: the one tree between the language (parse.h), the evaluation over a
/// FlowBatch (evaluate.h) and the SQL of the history. Every leaf looks at one column; "either side"
/// is an AnyOf. Bounded by the parser: kMostNodes nodes, kDeepest levels.
struct Condition {
  std::variant<Everything, NumberIs, NumberIn, AddressIn, FlagsAre, FamilyIs, AllOf, AnyOf, NoneOf>
      node;
  friend bool operator==(const Condition& left, const Condition& right);

  static constexpr std::size_t kMostNodes = 10'000;
  static constexpr std::size_t kDeepest = 200;
};

}  // namespace noroshi
