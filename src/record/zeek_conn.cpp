#include "record/zeek_conn.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "net/endpoint.h"
#include "record/text_values.h"

namespace noroshi {
namespace {

constexpr std::array<std::pair<std::string_view, ZeekColumn>, 21> kColumnNames{{
    {"ts", ZeekColumn::kTs},
    {"id.orig_h", ZeekColumn::kOrigH},
    {"id.orig_p", ZeekColumn::kOrigP},
    {"id.resp_h", ZeekColumn::kRespH},
    {"id.resp_p", ZeekColumn::kRespP},
    {"proto", ZeekColumn::kProto},
    {"duration", ZeekColumn::kDuration},
    {"orig_bytes", ZeekColumn::kOrigBytes},
    {"resp_bytes", ZeekColumn::kRespBytes},
    {"conn_state", ZeekColumn::kConnState},
    {"history", ZeekColumn::kHistory},
    {"orig_pkts", ZeekColumn::kOrigPkts},
    {"orig_ip_bytes", ZeekColumn::kOrigIpBytes},
    {"resp_pkts", ZeekColumn::kRespPkts},
    {"resp_ip_bytes", ZeekColumn::kRespIpBytes},
    {"vlan", ZeekColumn::kVlan},
    {"ip_proto", ZeekColumn::kIpProto},
    {"id_orig_h", ZeekColumn::kOrigH},
    {"id_orig_p", ZeekColumn::kOrigP},
    {"id_resp_h", ZeekColumn::kRespH},
    {"id_resp_p", ZeekColumn::kRespP},
}};

struct BothFlags {
  std::uint8_t originator = 0;
  std::uint8_t responder = 0;
};

std::uint8_t flags_of_letter(char lower) {
  switch (lower) {
    case 's':
      return kTcpSyn;
    case 'h':
      return kTcpSyn | kTcpAck;
    case 'a':
      return kTcpAck;
    case 'd':
      return kTcpPsh | kTcpAck;
    case 'f':
      return kTcpFin;
    case 'r':
      return kTcpRst;
    case 't':  // a payload sent again
    case 'w':  // a window of zero
      return kTcpAck;
    case 'q':  // SYN together with FIN or RST
      return kTcpSyn;
    default:  // c: bad checksum; g: content gap; i: inconsistent; x: analysis given up
      return 0;
  }
}

/// Upper case is the originator, lower case the responder. '^' says that Zeek took the direction
/// for wrong and swapped the ends: what stands before it was seen the other way round.
BothFlags flags_of_history(std::string_view history) {
  BothFlags flags;
  for (const char c : history) {
    if (c == '^') {
      std::swap(flags.originator, flags.responder);
    } else if (c >= 'A' && c <= 'Z') {
      flags.originator |= flags_of_letter(static_cast<char>(c - 'A' + 'a'));
    } else {
      flags.responder |= flags_of_letter(c);
    }
  }
  return flags;
}

/// What a connection in this state must have shown; nothing for OTH, which was met midway.
BothFlags flags_of_state(std::string_view state) {
  constexpr std::uint8_t kOpen = kTcpSyn | kTcpAck;
  constexpr std::array<std::pair<std::string_view, BothFlags>, 12> kStates{{
      {"S0", {kTcpSyn, 0}},
      {"S1", {kOpen, kOpen}},
      {"SF", {kOpen | kTcpFin, kOpen | kTcpFin}},
      {"REJ", {kTcpSyn, kTcpRst}},
      {"S2", {kOpen | kTcpFin, kOpen}},
      {"S3", {kOpen, kOpen | kTcpFin}},
      {"RSTO", {kOpen | kTcpRst, kOpen}},
      {"RSTR", {kOpen, kOpen | kTcpRst}},
      {"RSTOS0", {kTcpSyn | kTcpRst, 0}},
      {"RSTRH", {0, kOpen | kTcpRst}},
      {"SH", {kTcpSyn | kTcpFin, 0}},
      {"SHR", {0, kOpen | kTcpFin}},
  }};
  for (const auto& [name, flags] : kStates)
    if (name == state) return flags;
  return {};
}

/// For a request with a known reply Zeek logs the reply's type where the code would stand; the code
/// of every such message is zero (RFC 792, RFC 4443, RFC 4861).
bool is_reply_type(Protocol protocol, std::uint8_t type, std::uint16_t other) {
  constexpr std::array<std::pair<std::uint8_t, std::uint8_t>, 5> kPairs4{
      {{8, 0}, {13, 14}, {15, 16}, {17, 18}, {10, 9}}};
  constexpr std::array<std::pair<std::uint8_t, std::uint8_t>, 6> kPairs6{
      {{128, 129}, {130, 131}, {133, 134}, {135, 136}, {139, 140}, {144, 145}}};
  const auto matches = [&](const std::pair<std::uint8_t, std::uint8_t>& pair) {
    return (pair.first == type && pair.second == other) ||
           (pair.second == type && pair.first == other);
  };
  return protocol == kIcmp ? std::ranges::any_of(kPairs4, matches)
                           : std::ranges::any_of(kPairs6, matches);
}

std::optional<Protocol> protocol_of(std::string_view name, std::string_view number, bool is_v6) {
  if (name == "tcp") return kTcp;
  if (name == "udp") return kUdp;
  // One name for both protocols: the addresses say which.
  if (name == "icmp") return is_v6 ? kIcmpV6 : kIcmp;
  if (!number.empty()) {
    const auto value = parse_unsigned<std::uint8_t>(number);
    return value ? std::optional(Protocol{*value}) : std::nullopt;
  }
  if (name == "unknown_transport") return Protocol{0};
  const auto parsed = parse_protocol(name);
  return parsed ? std::optional(*parsed) : std::nullopt;
}

/// Epoch seconds, epoch milliseconds or ISO 8601: what Zeek's JSON writer can be told to write.
std::optional<std::uint64_t> microseconds_of(std::string_view text) {
  constexpr std::size_t kDigitsOfMilliseconds = 13;
  if (text.size() == kDigitsOfMilliseconds && text.find('.') == std::string_view::npos)
    if (const auto milliseconds = parse_unsigned<std::uint64_t>(text)) return *milliseconds * 1000;
  if (const auto seconds = parse_seconds(text)) return seconds;
  return parse_date_time(text);
}

/// Zero when unset; nullopt when it is no number.
std::optional<std::uint64_t> count_of(std::string_view text) {
  return text.empty() ? std::optional<std::uint64_t>(0) : parse_count(text);
}

std::optional<std::uint16_t> port_of(std::string_view text) {
  const auto value = count_of(text);
  if (!value || *value > 0xffff) return std::nullopt;
  return static_cast<std::uint16_t>(*value);
}

}  // namespace

ZeekColumn zeek_column(std::string_view name) {
  for (const auto& [known, column] : kColumnNames)
    if (known == name) return column;
  return ZeekColumn::kOther;
}

bool ZeekColumns::are_conn() const {
  return has(ZeekColumn::kTs) && has(ZeekColumn::kOrigH) && has(ZeekColumn::kOrigP) &&
         has(ZeekColumn::kRespH) && has(ZeekColumn::kRespP) && has(ZeekColumn::kProto) &&
         (has(ZeekColumn::kOrigPkts) || has(ZeekColumn::kOrigBytes) || has(ZeekColumn::kConnState));
}

bool ZeekConn::append_to(FlowBatch& batch, std::uint32_t sampling_rate) const {
  const auto start = microseconds_of(get(ZeekColumn::kTs));
  const auto duration = get(ZeekColumn::kDuration).empty()
                            ? std::optional<std::uint64_t>(0)
                            : parse_seconds(get(ZeekColumn::kDuration));
  const auto source = parse_address(get(ZeekColumn::kOrigH));
  const auto destination = parse_address(get(ZeekColumn::kRespH));
  const auto source_port = port_of(get(ZeekColumn::kOrigP));
  const auto destination_port = port_of(get(ZeekColumn::kRespP));
  if (!start || !duration || !source || !destination || !source_port || !destination_port)
    return false;
  const auto protocol =
      protocol_of(get(ZeekColumn::kProto), get(ZeekColumn::kIpProto), !source->is_v4());
  const auto packets = count_of(get(ZeekColumn::kOrigPkts));
  const auto reverse_packets = count_of(get(ZeekColumn::kRespPkts));
  const auto octets = [&](ZeekColumn ip_bytes, ZeekColumn payload_bytes) {
    return count_of(get(ip_bytes).empty() ? get(payload_bytes) : get(ip_bytes));
  };
  const auto bytes = octets(ZeekColumn::kOrigIpBytes, ZeekColumn::kOrigBytes);
  const auto reverse_bytes = octets(ZeekColumn::kRespIpBytes, ZeekColumn::kRespBytes);
  const auto vlan = port_of(get(ZeekColumn::kVlan));
  if (!protocol || !packets || !reverse_packets || !bytes || !reverse_bytes || !vlan) return false;

  const auto row = batch.append(1);
  batch.mutable_kind()[row] = static_cast<std::uint8_t>(FlowKind::kBidirectional);
  batch.mutable_first()[row] = *start / 1000;
  const auto last = (*start + *duration) / 1000;
  batch.mutable_last()[row] = last;
  batch.mutable_received()[row] = last;
  batch.mutable_source_address()[row] = *source;
  batch.mutable_destination_address()[row] = *destination;
  batch.mutable_protocol()[row] = protocol->value;
  batch.mutable_packets()[row] = *packets;
  batch.mutable_bytes()[row] = *bytes;
  batch.mutable_reverse_packets()[row] = *reverse_packets;
  batch.mutable_reverse_bytes()[row] = *reverse_bytes;
  batch.mutable_sampling_rate()[row] = sampling_rate;
  if (*vlan != 0) batch.mutable_vlan()[row] = *vlan;
  if (*protocol == kIcmp || *protocol == kIcmpV6) {
    const auto type = static_cast<std::uint8_t>(*source_port);
    batch.mutable_icmp_type()[row] = type;
    if (!is_reply_type(*protocol, type, *destination_port))
      batch.mutable_icmp_code()[row] = static_cast<std::uint8_t>(*destination_port);
    return true;
  }
  batch.mutable_source_port()[row] = *source_port;
  batch.mutable_destination_port()[row] = *destination_port;
  if (*protocol == kTcp) {
    const auto history = get(ZeekColumn::kHistory);
    const auto flags =
        history.empty() ? flags_of_state(get(ZeekColumn::kConnState)) : flags_of_history(history);
    batch.mutable_tcp_flags()[row] = flags.originator;
    batch.mutable_reverse_tcp_flags()[row] = flags.responder;
  }
  return true;
}

}  // namespace noroshi
