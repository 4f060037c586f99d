#include "record/binetflow.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "net/endpoint.h"
#include "record/delimited_line.h"
#include "record/line_recording.h"
#include "record/text_values.h"

namespace noroshi {
namespace {

enum class ArgusColumn : std::size_t {
  kStartTime,
  kDuration,
  kProto,
  kSrcAddr,
  kSport,
  kDir,
  kDstAddr,
  kDport,
  kState,
  kTotPkts,
  kTotBytes,
  kSrcPkts,
  kSrcBytes,
  kOther,
};
constexpr std::size_t kArgusColumns = static_cast<std::size_t>(ArgusColumn::kOther);

constexpr std::array<std::pair<std::string_view, ArgusColumn>, kArgusColumns> kColumnNames{{
    {"StartTime", ArgusColumn::kStartTime},
    {"Dur", ArgusColumn::kDuration},
    {"Proto", ArgusColumn::kProto},
    {"SrcAddr", ArgusColumn::kSrcAddr},
    {"Sport", ArgusColumn::kSport},
    {"Dir", ArgusColumn::kDir},
    {"DstAddr", ArgusColumn::kDstAddr},
    {"Dport", ArgusColumn::kDport},
    {"State", ArgusColumn::kState},
    {"TotPkts", ArgusColumn::kTotPkts},
    {"TotBytes", ArgusColumn::kTotBytes},
    {"SrcPkts", ArgusColumn::kSrcPkts},
    {"SrcBytes", ArgusColumn::kSrcBytes},
}};

/// What the header line says: the separator, and which column stands where up to the last one read.
struct ArgusHeader {
  char separator = ',';
  std::vector<ArgusColumn> columns;
};

std::optional<ArgusHeader> read_header(std::string_view line) {
  for (const char separator : {',', '\t'}) {
    ArgusHeader header{separator, {}};
    std::array<bool, kArgusColumns + 1> present{};
    DelimitedLine names(line, separator, false);
    while (!names.at_end()) {
      const auto name = trimmed(names.next());
      const auto known =
          std::ranges::find(kColumnNames, name, &std::pair<std::string_view, ArgusColumn>::first);
      header.columns.push_back(known == kColumnNames.end() ? ArgusColumn::kOther : known->second);
      present[static_cast<std::size_t>(header.columns.back())] = true;
    }
    const bool complete = std::ranges::all_of(
        std::array{ArgusColumn::kStartTime, ArgusColumn::kProto, ArgusColumn::kSrcAddr,
                   ArgusColumn::kSport, ArgusColumn::kDstAddr, ArgusColumn::kDport,
                   ArgusColumn::kTotPkts, ArgusColumn::kTotBytes},
        [&](auto column) { return present[static_cast<std::size_t>(column)]; });
    if (!complete) continue;
    while (header.columns.back() == ArgusColumn::kOther) header.columns.pop_back();
    return header;
  }
  return std::nullopt;
}

/// One end's share of a row.
struct Side {
  IpAddress address;
  std::uint16_t port = 0;
  std::uint8_t tcp_flags = 0;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
};

std::optional<std::uint8_t> flags_of_letters(std::string_view letters) {
  constexpr std::string_view kLetters = "FSRPAUEC";
  std::uint8_t flags = 0;
  for (const char letter : letters) {
    const auto bit = kLetters.find(letter);
    if (bit == std::string_view::npos) return std::nullopt;
    flags = static_cast<std::uint8_t>(flags | 1u << bit);
  }
  return flags;
}

/// "FSPA_FSPA" or a word; `opening_seen` says that Argus saw the connection begin.
void set_tcp_flags(std::string_view state, bool opening_seen, Side& source, Side& destination) {
  if (const auto middle = state.find('_'); middle != std::string_view::npos) {
    const auto forward = flags_of_letters(state.substr(0, middle));
    const auto backward = flags_of_letters(state.substr(middle + 1));
    if (!forward || !backward) return;
    source.tcp_flags = *forward;
    destination.tcp_flags = *backward;
    return;
  }
  const std::uint8_t opening = opening_seen ? kTcpSyn | kTcpAck : kTcpAck;
  if (state == "REQ" || state == "S0") {
    source.tcp_flags = kTcpSyn;
  } else if (state == "ACC" || state == "CON" || state == "EST") {
    source.tcp_flags = destination.tcp_flags = opening;
  } else if (state == "FIN" || state == "CLO") {
    source.tcp_flags = destination.tcp_flags = static_cast<std::uint8_t>(opening | kTcpFin);
  } else if (state == "RST") {
    // Which end reset it is not said; only one that sends can have.
    auto& resetting = destination.packets > 0 ? destination : source;
    source.tcp_flags = opening_seen ? kTcpSyn : 0;
    resetting.tcp_flags = static_cast<std::uint8_t>(resetting.tcp_flags | kTcpRst);
  }
}

enum class Family { kIp, kNotIp };

struct ArgusProtocol {
  Family family = Family::kIp;
  Protocol protocol;
};

ArgusProtocol protocol_of(std::string_view name) {
  if (name == "tcp") return {.protocol = kTcp};
  // Argus names what it takes the content for.
  if (name == "udp" || name == "rtp" || name == "rtcp" || name == "udt") return {.protocol = kUdp};
  for (const std::string_view not_ip : {"arp", "rarp", "man", "llc", "lldp", "stp", "loop", "evt"})
    if (name == not_ip) return {.family = Family::kNotIp, .protocol = {}};
  const auto parsed = parse_protocol(name);
  return {.protocol = parsed ? *parsed : Protocol{0}};
}

/// "443", "0x01bb", or nothing.
std::optional<std::uint16_t> port_of(std::string_view text) {
  if (text.empty()) return std::uint16_t{0};
  if (!text.starts_with("0x")) return parse_unsigned<std::uint16_t>(text);
  std::uint16_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + 2, end, value, 16);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::uint64_t forward_packets(std::uint64_t packets, std::uint64_t bytes,
                              std::uint64_t forward_bytes) {
  if (forward_bytes >= bytes) return packets;
  if (forward_bytes == 0) return 0;
  if (packets < 2) return packets;
  const auto share = static_cast<double>(forward_bytes) / static_cast<double>(bytes);
  const auto estimate = static_cast<std::uint64_t>(static_cast<double>(packets) * share + 0.5);
  return std::clamp<std::uint64_t>(estimate, 1, packets - 1);
}

class Binetflow final : public LineRecording {
 public:
  Binetflow(Input input, const RecordingOptions& options)
      : LineRecording(std::move(input)),
        // Argus sees every packet, unless a person knows better.
        sampling_rate_(options.default_sampling_rate == 0 ? 1 : options.default_sampling_rate) {}

  Status begin() {
    const auto line = TRY(input().take_line(kLongestLine));
    auto header = read_header(first_line(std::as_bytes(std::span(line.text))));
    if (!header)
      return failure(ErrorCode::kMalformed, "the first line does not name Argus's columns");
    header_ = std::move(*header);
    return {};
  }

  std::string format() const override { return "argus binetflow"; }

 protected:
  LineMeaning read_line(std::string_view line, FlowBatch& batch) override {
    if (line.starts_with("StartTime")) return LineMeaning::kNothing;
    std::array<std::string_view, kArgusColumns> values{};
    DelimitedLine fields(line, header_.separator, false);
    for (const auto column : header_.columns) {
      if (fields.at_end()) return LineMeaning::kUnparsable;
      const auto value = fields.next();
      if (column != ArgusColumn::kOther) values[static_cast<std::size_t>(column)] = trimmed(value);
    }
    return append(values, batch);
  }

 private:
  using Values = std::array<std::string_view, kArgusColumns>;

  static std::string_view get(const Values& values, ArgusColumn column) {
    return values[static_cast<std::size_t>(column)];
  }

  LineMeaning append(const Values& values, FlowBatch& batch) const;

  std::uint32_t sampling_rate_;
  ArgusHeader header_;
};

LineRecording::LineMeaning Binetflow::append(const Values& values, FlowBatch& batch) const {
  const auto [family, protocol] = protocol_of(get(values, ArgusColumn::kProto));
  if (family == Family::kNotIp) return LineMeaning::kNotIp;

  const auto start_text = get(values, ArgusColumn::kStartTime);
  const auto date_time = parse_date_time(start_text);
  const auto start = date_time ? date_time : parse_seconds(start_text);
  const auto duration_text = get(values, ArgusColumn::kDuration);
  const auto duration =
      duration_text.empty() ? std::optional<std::uint64_t>(0) : parse_seconds(duration_text);
  const auto source_address = parse_address(get(values, ArgusColumn::kSrcAddr));
  const auto destination_address = parse_address(get(values, ArgusColumn::kDstAddr));
  const auto sport_text = get(values, ArgusColumn::kSport);
  const auto sport = port_of(sport_text);
  const auto dport = port_of(get(values, ArgusColumn::kDport));
  const auto packets = parse_count(get(values, ArgusColumn::kTotPkts));
  const auto bytes = parse_count(get(values, ArgusColumn::kTotBytes));
  if (!start || !duration || !source_address || !destination_address || !sport || !dport ||
      !packets || !bytes)
    return LineMeaning::kUnparsable;
  const auto source_bytes_text = get(values, ArgusColumn::kSrcBytes);
  const auto source_bytes = source_bytes_text.empty() ? bytes : parse_count(source_bytes_text);
  if (!source_bytes || *source_bytes > *bytes) return LineMeaning::kUnparsable;
  const auto source_packets_text = get(values, ArgusColumn::kSrcPkts);
  const auto source_packets = source_packets_text.empty()
                                  ? std::optional(forward_packets(*packets, *bytes, *source_bytes))
                                  : parse_count(source_packets_text);
  if (!source_packets || *source_packets > *packets) return LineMeaning::kUnparsable;

  Side source{*source_address, *sport, 0, *source_packets, *source_bytes};
  Side destination{*destination_address, *dport, 0, *packets - *source_packets,
                   *bytes - *source_bytes};
  const auto direction = get(values, ArgusColumn::kDir);
  const bool opener_unknown = direction.find('?') != std::string_view::npos;
  if (protocol == kTcp)
    set_tcp_flags(get(values, ArgusColumn::kState), !opener_unknown, source, destination);

  auto kind = FlowKind::kBidirectional;
  bool swap = direction.ends_with("<-");
  if (opener_unknown) {
    const bool source_asked = (source.tcp_flags & kTcpSyn) != 0;
    const bool destination_asked = (destination.tcp_flags & kTcpSyn) != 0;
    swap = source_asked == destination_asked ? source.port < destination.port : destination_asked;
    if (source.packets == 0 || destination.packets == 0) {
      kind = FlowKind::kUnidirectional;
      swap = source.packets == 0;
    }
  }
  if (swap) std::swap(source, destination);

  const auto row = batch.append(1);
  batch.mutable_kind()[row] = static_cast<std::uint8_t>(kind);
  batch.mutable_first()[row] = *start / 1000;
  const auto last = (*start + *duration) / 1000;
  batch.mutable_last()[row] = last;
  batch.mutable_received()[row] = last;
  batch.mutable_source_address()[row] = source.address;
  batch.mutable_destination_address()[row] = destination.address;
  batch.mutable_protocol()[row] = protocol.value;
  batch.mutable_tcp_flags()[row] = source.tcp_flags;
  batch.mutable_reverse_tcp_flags()[row] = destination.tcp_flags;
  batch.mutable_packets()[row] = source.packets;
  batch.mutable_bytes()[row] = source.bytes;
  batch.mutable_reverse_packets()[row] = destination.packets;
  batch.mutable_reverse_bytes()[row] = destination.bytes;
  batch.mutable_sampling_rate()[row] = sampling_rate_;
  if (protocol == kIcmp || protocol == kIcmpV6) {
    constexpr std::size_t kTypeAndCode = std::string_view("0x0000").size();
    const bool both_in_sport = sport_text.starts_with("0x") && sport_text.size() == kTypeAndCode;
    batch.mutable_icmp_type()[row] = static_cast<std::uint8_t>(*sport & 0xff);
    batch.mutable_icmp_code()[row] =
        static_cast<std::uint8_t>(both_in_sport ? *sport >> 8 : *dport & 0xff);
  } else {
    batch.mutable_source_port()[row] = source.port;
    batch.mutable_destination_port()[row] = destination.port;
  }
  return LineMeaning::kFlow;
}

bool recognises(std::span<const std::byte> head) {
  return read_header(first_line(head)).has_value();
}

Result<std::unique_ptr<Recording>> open(Input input, const RecordingOptions& options) {
  auto recording = std::make_unique<Binetflow>(std::move(input), options);
  TRY(recording->begin());
  return recording;
}

}  // namespace

const RecordingFormat kBinetflow{recognises, open};

}  // namespace noroshi
