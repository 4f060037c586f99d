#pragma once

#include <cstddef>
#include <cstdint>

/// The numbers of nfdump's file format, shared by the writer here and the reader in record/.
///
/// All integers are little-endian. Layout 1 (nfdump 1.6): file header of 140 bytes, statistics of
/// 136 bytes, blocks. Layout 2 (nfdump 1.7): file header of 40 bytes, blocks, and behind them the
/// appendix blocks with name and statistics. A block: number of records, size without this header
/// (32 bits each), type, flags (16 bits each); then its records, each beginning with its type and
/// its size including both (16 bits each). A block's records are compressed together.
namespace noroshi {

enum class NfcapdLayout : std::uint16_t { k16 = 1, k17 = 2 };

/// Numbered as in the header of layout 2; layout 1 has bits for the first four.
enum class NfcapdCompression : std::uint8_t {
  kNone = 0,
  kLzo = 1,
  kBzip2 = 2,
  kLz4 = 3,
  kZstandard = 4,  ///< later 1.7 releases only
};

}  // namespace noroshi

namespace noroshi::nfcapd {

inline constexpr std::uint16_t kMagic = 0xa50c;
inline constexpr std::size_t kHeader16 = 140;
inline constexpr std::size_t kStatistics16 = 136;
inline constexpr std::size_t kHeader17 = 40;
inline constexpr std::size_t kBlockHeader = 12;

// Compression bits of layout 1's file flags.
inline constexpr std::uint32_t kFileLzo = 0x01;
inline constexpr std::uint32_t kFileBzip2 = 0x08;
inline constexpr std::uint32_t kFileLz4 = 0x10;

inline constexpr std::uint16_t kBlockOfRecords16 = 2;
inline constexpr std::uint16_t kBlockOfRecords17 = 3;
inline constexpr std::uint16_t kBlockUncompressed = 0x1;  // flags, whatever the file header says

enum RecordType : std::uint16_t {
  kNarrowFlow16 = 1,  // exporter number in 8 bits
  kExtensionMap = 2,
  kExporterInfo = 7,
  kSampler16 = 9,
  kFlow16 = 10,
  kFlow17 = 11,
  kSampler17 = 15,
  kIdent = 0x8001,
  kStatistics = 0x8002,
};

// Flags of a flow record of layout 1.
inline constexpr unsigned kIpV6 = 0x01;
inline constexpr unsigned kPackets64 = 0x02;
inline constexpr unsigned kBytes64 = 0x04;
inline constexpr unsigned kNextHopV6 = 0x08;
inline constexpr unsigned kRouterV6 = 0x20;
inline constexpr unsigned kEvent16 = 0x40;
inline constexpr unsigned kSampled16 = 0x80;

// Flags of a flow record of layout 2.
inline constexpr unsigned kEvent17 = 0x01;
inline constexpr unsigned kSampled17 = 0x02;

/// What may follow the fixed part of a layout 1 flow record, as its extension map lists it.
enum Extension : std::uint16_t {
  kInterfaces16Bit = 4,
  kInterfaces32Bit = 5,
  kAs16Bit = 6,
  kAs32Bit = 7,
  kMultiple = 8,
  kNextHop4 = 9,
  kNextHop6 = 10,
  kBgpNextHop4 = 11,
  kBgpNextHop6 = 12,
  kVlan = 13,
  kOutPackets32Bit = 14,
  kOutPackets64Bit = 15,
  kOutBytes32Bit = 16,
  kOutBytes64Bit = 17,
  kAggregated32Bit = 18,
  kAggregated64Bit = 19,
  kMac1 = 20,
  kMac2 = 21,
  kMpls = 22,
  kRouter4 = 23,
  kRouter6 = 24,
  kEngine = 25,
  kBgpAdjacent = 26,
  kReceived = 27,
  kNselCommon = 37,
  kXlatePorts = 38,
  kXlate4 = 39,
  kXlate6 = 40,
  kNselAcl = 41,
  kNselUser = 42,
  kNselUserMax = 43,
  kLatency = 45,
  kNelCommon = 46,
  kNelGlobal4 = 47,
  kPortBlock = 48,
};

/// What a layout 2 flow record consists of: each element begins with its number and its length
/// including both (16 bits each).
enum Element : std::uint16_t {
  kGenericFlow = 1,
  kIpv4Flow = 2,
  kIpv6Flow = 3,
  kFlowMisc = 4,
  kCountFlow = 5,
  kVlanElement = 6,
  kAsRouting = 7,
  kNextHopV4Element = 10,
  kNextHopV6Element = 11,
  kReceivedV4 = 12,
  kReceivedV6 = 13,
  kSamplerInfo = 18,
  kNselCommonElement = 19,
  kXlateV4 = 20,
  kXlateV6 = 21,
  kXlatePort = 22,
  kNatCommon = 25,
  kObservation = 33,
  kLayer2 = 38,
};

}  // namespace noroshi::nfcapd
