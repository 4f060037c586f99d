#include "record/flow_text.h"

#include <optional>
#include <string_view>

#include "net/endpoint.h"
#include "record/flow_fields.h"

namespace noroshi {
namespace {

constexpr std::size_t kTimeWidth = 23;
constexpr std::size_t kDurationWidth = 12;
constexpr std::size_t kProtocolWidth = 8;
constexpr std::size_t kAddressWidth = 21;
constexpr std::size_t kPortWidth = 5;
constexpr std::size_t kFlagsWidth = 8;
constexpr std::size_t kCountWidth = 8;

void align_right(std::size_t start, std::size_t width, std::string& out) {
  if (out.size() - start < width) out.insert(start, width - (out.size() - start), ' ');
}

void align_left(std::size_t start, std::size_t width, std::string& out) {
  if (out.size() - start < width) out.append(width - (out.size() - start), ' ');
}

void print_duration(std::uint64_t milliseconds, std::string& out) {
  // A duration shorter than a day is the time of day that long after midnight.
  constexpr std::uint64_t kDay = 86'400'000;
  if (milliseconds >= kDay) {
    print_unsigned(milliseconds / kDay, out);
    out += "d ";
  }
  std::string moment;
  print_date_time(milliseconds % kDay, ' ', moment);
  out.append(moment, moment.size() - kDurationWidth);
}

/// "192.0.2.1:443  "; with a dot and a code for ICMP, "192.0.2.1:8.0  ".
void print_end(const IpAddress& address, std::uint16_t port, std::optional<std::uint8_t> code,
               std::string& out) {
  const auto start = out.size();
  print_address(address, out);
  align_right(start, kAddressWidth - kPortWidth, out);
  out += address.is_of_v4() || address.is_none() ? ':' : '.';
  const auto port_start = out.size();
  print_unsigned(port, out);
  if (code) {
    out += '.';
    print_unsigned(*code, out);
  }
  align_left(port_start, kPortWidth, out);
}

void print_flags(std::uint8_t flags, std::string& out) {
  constexpr std::string_view kLetters = "CEUAPRSF";  // bit 7 to bit 0
  for (std::size_t i = 0; i < kLetters.size(); ++i)
    out += (flags >> (7 - i) & 1) != 0 ? kLetters[i] : '.';
}

void print_count(std::uint64_t value, std::string& out) {
  out += ' ';
  const auto start = out.size();
  print_unsigned(value, out);
  align_right(start, kCountWidth, out);
}

void print_row(const FlowBatch& batch, std::size_t row, std::string& out) {
  const auto kind = static_cast<FlowKind>(batch.kind()[row]);
  const auto first = batch.first()[row];
  const auto last = batch.last()[row];
  print_date_time(first, ' ', out);
  out += ' ';
  auto start = out.size();
  print_duration(last > first ? last - first : 0, out);
  align_right(start, kDurationWidth, out);
  out += ' ';
  start = out.size();
  print_protocol(batch.protocol()[row], out);
  for (std::size_t i = start; i < out.size(); ++i)
    if (out[i] >= 'a' && out[i] <= 'z') out[i] = static_cast<char>(out[i] - 'a' + 'A');
  align_left(start, kProtocolWidth, out);
  out += ' ';
  print_end(batch.source_address()[row], batch.source_port()[row], std::nullopt, out);
  const bool answered = kind == FlowKind::kBidirectional && batch.reverse_packets()[row] > 0;
  out += answered ? " <-> " : "  -> ";
  const Protocol protocol{batch.protocol()[row]};
  const auto& destination = batch.destination_address()[row];
  if (protocol == kIcmp || protocol == kIcmpV6)
    print_end(destination, batch.icmp_type()[row], batch.icmp_code()[row], out);
  else
    print_end(destination, batch.destination_port()[row], std::nullopt, out);
  out += ' ';
  print_flags(static_cast<std::uint8_t>(batch.tcp_flags()[row] | batch.reverse_tcp_flags()[row]),
              out);
  print_count(batch.packets()[row] + batch.reverse_packets()[row], out);
  print_count(batch.bytes()[row] + batch.reverse_bytes()[row], out);
  out += kind == FlowKind::kEvent ? " Event\n" : "     1\n";
}

}  // namespace

void write_text_header(std::string& out) {
  const auto title = [&](std::string_view text, std::size_t width, bool right) {
    const auto start = out.size();
    out += text;
    right ? align_right(start, width, out) : align_left(start, width, out);
  };
  title("Date first seen", kTimeWidth + 1, false);
  title("Duration", kDurationWidth + 1, false);
  title("Proto", kProtocolWidth + 1, false);
  title("Src IP Addr:Port ", kAddressWidth + 1, true);
  title("", sizeof(" <-> ") - 1, false);
  title("Dst IP Addr:Port ", kAddressWidth + 1, true);
  title(" Flags", kFlagsWidth + 1, false);
  title("Packets", kCountWidth + 1, true);
  title("Bytes", kCountWidth + 1, true);
  out += " Flows\n";
}

void write_text(const FlowBatch& batch, std::string& out) {
  for (std::size_t row = 0; row < batch.size(); ++row) print_row(batch, row, out);
}

}  // namespace noroshi
