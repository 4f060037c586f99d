#include "decode/template/run.h"

#include <algorithm>

#include "base/byte_order.h"
#include "decode/packet/packet_headers.h"
#include "decode/template/field_columns.h"

namespace noroshi {
namespace {

class Run {
 public:
  Run(const Program& program, std::span<const std::byte> records, const ExportMessage& message,
      Workspace& workspace, FlowBatch& batch)
      : program_(program),
        records_(records),
        message_(message),
        workspace_(workspace),
        batch_(batch) {}

  /// Finds the whole records; for records of differing length, also where their fields begin.
  RunResult locate() {
    if (program_.fixed()) {
      const auto length = program_.shortest_record;
      count_ = records_.size() / length;
      return {count_, records_.size() - count_ * length};
    }
    auto& anchors = workspace_.anchors;
    anchors.clear();
    std::size_t begin = 0;
    for (; records_.size() - begin >= program_.shortest_record; ++count_) {
      const auto end = walk(begin);
      if (end == 0) break;
      begin = end;
    }
    return {count_, records_.size() - begin};
  }

  /// Appends the rows and fills their columns.
  std::size_t fill() {
    first_row_ = batch_.append(count_);
    for (const auto& instruction : program_.instructions) {
      if (program_.fixed())
        execute(instruction,
                Strided{records_.data() + instruction.offset, program_.shortest_record});
      else
        execute(instruction,
                Anchored{records_.data(), workspace_.anchors.data() + instruction.anchor,
                         program_.fixed_runs.size(), instruction.offset});
    }
    if (program_.section) read_sections(*program_.section);
    return first_row_;
  }

 private:
  /// Notes the anchors of the record at `begin`; returns its end, or 0 if it does not end here.
  std::size_t walk(std::size_t begin) {
    auto& anchors = workspace_.anchors;
    const auto before = anchors.size();
    std::size_t position = begin;
    anchors.push_back(static_cast<std::uint16_t>(position));
    for (std::size_t run = 0;; ++run) {
      position += program_.fixed_runs[run];
      if (position > records_.size()) break;
      if (run + 1 == program_.fixed_runs.size()) return position;
      // RFC 7011 §7: one octet of length, or 255 and two more.
      if (records_.size() - position < 1) break;
      std::size_t length = std::to_integer<std::size_t>(records_[position++]);
      if (length == 255) {
        if (records_.size() - position < 2) break;
        length = load_big_endian<std::uint16_t>(records_.data() + position);
        position += 2;
      }
      if (records_.size() - position < length) break;
      position += length;
      anchors.push_back(static_cast<std::uint16_t>(position));
    }
    anchors.resize(before);
    return 0;
  }

  template <typename T>
  std::span<T> rows(std::span<T> column) const {
    return column.subspan(first_row_);
  }

  template <typename Source>
  void execute(const Instruction& instruction, Source source) {
    const auto plain = [](auto value) { return value; };
    const auto integers = [&](auto column) { write(rows(column), source, instruction, plain); };
    switch (instruction.quantity) {
      case Quantity::kFirst:
        return times(rows(batch_.mutable_first()), source, instruction);
      case Quantity::kLast:
        return times(rows(batch_.mutable_last()), source, instruction);
      case Quantity::kSourceAddress:
        return write_address(rows(batch_.mutable_source_address()), source, instruction, false);
      case Quantity::kDestinationAddress:
        return write_address(rows(batch_.mutable_destination_address()), source, instruction,
                             false);
      case Quantity::kSourcePort:
        return integers(batch_.mutable_source_port());
      case Quantity::kDestinationPort:
        return integers(batch_.mutable_destination_port());
      case Quantity::kProtocol:
        return integers(batch_.mutable_protocol());
      case Quantity::kTcpFlags:
        return integers(batch_.mutable_tcp_flags());
      case Quantity::kReverseTcpFlags:
        return integers(batch_.mutable_reverse_tcp_flags());
      case Quantity::kPackets:
        return integers(batch_.mutable_packets());
      case Quantity::kBytes:
        return integers(batch_.mutable_bytes());
      case Quantity::kReversePackets:
        return integers(batch_.mutable_reverse_packets());
      case Quantity::kReverseBytes:
        return integers(batch_.mutable_reverse_bytes());
      case Quantity::kSamplingRate:
        return write(rows(batch_.mutable_sampling_rate()), source, instruction, [](auto value) {
          SamplingStatement statement;
          statement.interval = value;
          return statement.rate();
        });
      case Quantity::kInputInterface:
        return integers(batch_.mutable_input_interface());
      case Quantity::kOutputInterface:
        return integers(batch_.mutable_output_interface());
      case Quantity::kSourceAs:
        return integers(batch_.mutable_source_as());
      case Quantity::kDestinationAs:
        return integers(batch_.mutable_destination_as());
      case Quantity::kVlan:
        return integers(batch_.mutable_vlan());
      case Quantity::kDirection:
        return write(rows(batch_.mutable_direction()), source, instruction,
                     [](auto value) { return value <= 1 ? value + 1 : 0; });
      case Quantity::kNextHop:
        return write_address(rows(batch_.mutable_next_hop()), source, instruction, true);
      case Quantity::kIcmpMessage:
        return icmp(source, instruction);
      case Quantity::kEvent:
        return integers(batch_.mutable_event());
      case Quantity::kTranslatedSourceAddress:
        return write_address(rows(batch_.mutable_translated_source_address()), source, instruction,
                             true);
      case Quantity::kTranslatedDestinationAddress:
        return write_address(rows(batch_.mutable_translated_destination_address()), source,
                             instruction, true);
      case Quantity::kTranslatedSourcePort:
        return integers(batch_.mutable_translated_source_port());
      case Quantity::kTranslatedDestinationPort:
        return integers(batch_.mutable_translated_destination_port());
      case Quantity::kEndReason:
        return integers(batch_.mutable_end_reason());
      case Quantity::kSampler:
      case Quantity::kLegacySampler:
      case Quantity::kSamplingPacketInterval:
      case Quantity::kSamplingPacketSpace:
      case Quantity::kSamplingSize:
      case Quantity::kSamplingPopulation:
      case Quantity::kSystemInit:
      case Quantity::kBiflowDirection:
        return write(beside(instruction.quantity), source, instruction, plain);
      case Quantity::kDuration:
      case Quantity::kEventTime:
        return times(beside(instruction.quantity), source, instruction);
      case Quantity::kFrameSection:
      case Quantity::kIpHeaderSection:
        return;  // not instructions: read_sections
    }
  }

  /// A value per record that is no column.
  std::span<std::uint64_t> beside(Quantity quantity) {
    auto& values = workspace_.of(quantity);
    if (values.size() < count_) values.resize(count_);
    return std::span(values).first(count_);
  }

  template <typename Source>
  void times(std::span<std::uint64_t> column, Source source, const Instruction& instruction) {
    const auto with = [&](auto convert) { write(column, source, instruction, convert); };
    switch (instruction.encoding) {
      case Encoding::kSeconds:
        return with([](std::uint64_t value) { return value * 1000; });
      case Encoding::kMicroseconds:
      case Encoding::kNanoseconds:
        return with([encoding = instruction.encoding](std::uint64_t value) {
          return from_ntp(value, encoding);
        });
      case Encoding::kDeltaMicroseconds:
        return with([reference = message_.time.reference()](std::uint64_t value) {
          return reference - value / 1000;
        });
      case Encoding::kMicrosecondsDuration:
        return with([](std::uint64_t value) { return value / 1000; });
      default:  // milliseconds of one kind or another
        return with([](std::uint64_t value) { return value; });
    }
  }

  template <typename Source>
  void icmp(Source source, const Instruction& instruction) {
    const auto plain = [](auto value) { return value; };
    if (instruction.encoding != Encoding::kIcmpCode)
      write(rows(batch_.mutable_icmp_type()), source, instruction,
            [typed = instruction.encoding == Encoding::kIcmpType](auto value) {
              return typed ? static_cast<std::uint64_t>(value)
                           : static_cast<std::uint64_t>(value) >> 8;
            });
    if (instruction.encoding != Encoding::kIcmpType)
      write(rows(batch_.mutable_icmp_code()), source, instruction, plain);
  }

  /// What the template does not say itself, the packet's headers do. Nothing behind layer 4 is read
  /// (decode/packet), and the section goes no further than this function.
  void read_sections(const Section& section) {
    const bool needs_counters =
        !program_.has(Quantity::kPackets) && !program_.has(Quantity::kBytes);
    for (std::size_t i = 0; i < count_; ++i) {
      const auto packet = section_of(section, i);
      const auto headers =
          read_packet_headers(section.is_frame ? LinkType::kEthernet : LinkType::kRawIp, packet);
      if (!headers) continue;
      const auto row = first_row_ + i;
      const auto lacks = [&](Quantity quantity) { return !program_.has(quantity); };
      if (lacks(Quantity::kSourceAddress))
        batch_.mutable_source_address()[row] = headers->source_address;
      if (lacks(Quantity::kDestinationAddress))
        batch_.mutable_destination_address()[row] = headers->destination_address;
      if (lacks(Quantity::kSourcePort)) batch_.mutable_source_port()[row] = headers->source_port;
      if (lacks(Quantity::kDestinationPort))
        batch_.mutable_destination_port()[row] = headers->destination_port;
      if (lacks(Quantity::kProtocol)) batch_.mutable_protocol()[row] = headers->protocol;
      if (lacks(Quantity::kTcpFlags)) batch_.mutable_tcp_flags()[row] = headers->tcp_flags;
      if (lacks(Quantity::kVlan)) batch_.mutable_vlan()[row] = headers->vlan;
      if (lacks(Quantity::kIcmpMessage)) {
        batch_.mutable_icmp_type()[row] = headers->icmp_type;
        batch_.mutable_icmp_code()[row] = headers->icmp_code;
      }
      if (needs_counters) {
        batch_.mutable_packets()[row] = 1;
        batch_.mutable_bytes()[row] = headers->ip_length;
      }
    }
  }

  [[nodiscard]] std::span<const std::byte> section_of(const Section& section,
                                                      std::size_t record) const {
    if (program_.fixed())
      return records_.subspan(record * program_.shortest_record + section.offset, section.width);
    const auto* anchors = workspace_.anchors.data() + record * program_.fixed_runs.size();
    const std::size_t begin = std::size_t{anchors[section.anchor]} + section.offset;
    if (section.width != kVariableLength) return records_.subspan(begin, section.width);
    const std::size_t length_octets = records_[begin] == std::byte{255} ? 3 : 1;
    const std::size_t end = anchors[section.anchor + 1];
    return records_.subspan(begin + length_octets, end - begin - length_octets);
  }

  const Program& program_;
  std::span<const std::byte> records_;
  const ExportMessage& message_;
  Workspace& workspace_;
  FlowBatch& batch_;
  std::size_t count_ = 0;
  std::size_t first_row_ = 0;
};

}  // namespace

RunResult run(const Program& program, std::span<const std::byte> records,
              const ExportMessage& message, RunState state, Workspace& workspace, FlowBatch& batch,
              DecodeStatistics& statistics) {
  Run run(program, records, message, workspace, batch);
  const auto result = run.locate();
  if (result.records == 0) return result;
  const auto first_row = run.fill();
  complete_rows(program, message, state, workspace, batch, first_row, statistics);
  statistics.records += result.records;
  (program.kind == FlowKind::kEvent ? statistics.events : statistics.flows) += result.records;
  return result;
}

}  // namespace noroshi
