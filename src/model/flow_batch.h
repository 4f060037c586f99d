#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "model/column.h"
#include "net/ip_address.h"

namespace noroshi {

/// What a row is. Totals of traffic count kUnidirectional and kBidirectional only.
enum class FlowKind : std::uint8_t {
  kUnidirectional = 0,  ///< packets one way; who called whom is not known from the row alone
  kBidirectional = 1,   ///< both ways in one row; the source opened the conversation
  kEvent = 2,           ///< NAT or firewall event (NEL, NSEL): something happened, not traffic
};

/// Which side of the exporter's interface saw the packets (IPFIX flowDirection, element 61).
enum class FlowDirection : std::uint8_t { kUnknown = 0, kIngress = 1, kEgress = 2 };

inline constexpr std::uint8_t kTcpFin = 0x01;
inline constexpr std::uint8_t kTcpSyn = 0x02;
inline constexpr std::uint8_t kTcpRst = 0x04;
inline constexpr std::uint8_t kTcpPsh = 0x08;
inline constexpr std::uint8_t kTcpAck = 0x10;
inline constexpr std::uint8_t kTcpUrg = 0x20;

/// The fields of a flow, once: name, type, meaning. Everything that goes over "every field"
/// (printing, storing, comparing) is made from this list. Zero means "not exported" unless said
/// otherwise.
///
/// There is no field for payload, and there will be none: what is not here cannot be kept.
#define NOROSHI_FLOW_FIELDS(FIELD)                                                             \
  FIELD(kind, std::uint8_t)      /* FlowKind */                                                \
  FIELD(first, std::uint64_t)    /* first packet, ms since 1970 UTC */                         \
  FIELD(last, std::uint64_t)     /* last packet, ms since 1970 UTC */                          \
  FIELD(received, std::uint64_t) /* arrival at the collector or in the recording */            \
  FIELD(source_address, IpAddress)                                                             \
  FIELD(destination_address, IpAddress)                                                        \
  FIELD(source_port, std::uint16_t)                                                            \
  FIELD(destination_port, std::uint16_t)                                                       \
  FIELD(protocol, std::uint8_t)          /* IANA number */                                     \
  FIELD(tcp_flags, std::uint8_t)         /* union over the packets source → destination */   \
  FIELD(reverse_tcp_flags, std::uint8_t) /* destination → source; bidirectional rows only */ \
  FIELD(packets, std::uint64_t)          /* as exported, source → destination */             \
  FIELD(bytes, std::uint64_t)            /* as exported, IP header and up */                   \
  FIELD(reverse_packets, std::uint64_t)  /* destination → source; bidirectional rows only */ \
  FIELD(reverse_bytes, std::uint64_t)                                                          \
  FIELD(sampling_rate, std::uint32_t) /* 1 packet in N; 0 = unknown, never silently 1 */       \
  FIELD(exporter, IpAddress)                                                                   \
  FIELD(observation_domain_id, std::uint32_t)                                                  \
  FIELD(input_interface, std::uint32_t)                                                        \
  FIELD(output_interface, std::uint32_t)                                                       \
  FIELD(source_as, std::uint32_t)                                                              \
  FIELD(destination_as, std::uint32_t)                                                         \
  FIELD(source_country, std::uint16_t) /* ISO 3166-1 alpha-2: 'J' << 8 | 'P'; by enrichment */ \
  FIELD(destination_country, std::uint16_t)                                                    \
  FIELD(vlan, std::uint16_t)                                                                   \
  FIELD(direction, std::uint8_t) /* FlowDirection */                                           \
  FIELD(next_hop, IpAddress)                                                                   \
  FIELD(icmp_type, std::uint8_t)                                                               \
  FIELD(icmp_code, std::uint8_t)                                                               \
  FIELD(event, std::uint8_t) /* natEvent (230) or firewallEvent (233) */                       \
  FIELD(translated_source_address, IpAddress)                                                  \
  FIELD(translated_destination_address, IpAddress)                                             \
  FIELD(translated_source_port, std::uint16_t)                                                 \
  FIELD(translated_destination_port, std::uint16_t)                                            \
  FIELD(end_reason, std::uint8_t) /* IPFIX flowEndReason (136) */

/// Flows in columns: what every decoder and reader produces and every later room consumes.
///
/// Rows keep the order in which they were exported. Not safe for concurrent writing; a batch that
/// nobody writes any more may be read from many threads.
class FlowBatch {
 public:
  explicit FlowBatch(std::size_t capacity = 8192);

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }

  /// Appends `count` rows of zeros and returns the index of the first. Grows when it must, which
  /// moves every column: take column pointers after appending, not before.
  std::size_t append(std::size_t count) {
    if (size_ + count > capacity_) [[unlikely]]
      grow(size_ + count);
    const auto first = size_;
    size_ += count;
    return first;
  }
  /// Takes back the rows from `size` on, so that a record found bad half-way leaves no trace.
  void truncate(std::size_t size);
  void clear();
  /// Appends a copy of one row of another batch.
  void append_row(const FlowBatch& other, std::size_t row);

#define NOROSHI_FLOW_ACCESSORS(name, type)                                             \
  [[nodiscard]] std::span<const type> name() const { return {name##_.data(), size_}; } \
  [[nodiscard]] std::span<type> mutable_##name() { return {name##_.writable(), size_}; }
  NOROSHI_FLOW_FIELDS(NOROSHI_FLOW_ACCESSORS)
#undef NOROSHI_FLOW_ACCESSORS

  /// Calls `visit(std::string_view name, std::span<const T> values)` for every field in order.
  template <typename Visitor>
  void for_each_field(Visitor&& visit) const {
#define NOROSHI_FLOW_VISIT(name, type) visit(std::string_view(#name), this->name());
    NOROSHI_FLOW_FIELDS(NOROSHI_FLOW_VISIT)
#undef NOROSHI_FLOW_VISIT
  }

 private:
  void grow(std::size_t least);

  std::size_t size_ = 0;
  std::size_t capacity_;
#define NOROSHI_FLOW_MEMBER(name, type) Column<type> name##_;
  NOROSHI_FLOW_FIELDS(NOROSHI_FLOW_MEMBER)
#undef NOROSHI_FLOW_MEMBER
};

}  // namespace noroshi
