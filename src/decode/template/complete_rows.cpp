#include <algorithm>
#include <utility>

#include "decode/template/run.h"
#include "net/endpoint.h"

namespace noroshi {
namespace {

/// Type × 256 + code, from the ports: nearly all exporters put that number into the destination
/// port, some into the source port — but others put the identifier of an echo there, so it has to
/// be a message that exists. Procera puts the type alone into both, as a small number.
unsigned icmp_from_ports(std::uint8_t protocol, unsigned source, unsigned destination) {
  if (destination >= 256) return destination;
  const unsigned type = source >> 8;
  const bool exists =
      protocol == kIcmpV6.value ? (type >= 1 && type <= 4) || type >= 128 : type >= 1 && type <= 43;
  if (destination == 0 && exists && (source & 0xff) < 16) return source;
  if (destination != 0) return destination << 8;
  return source < 256 ? source << 8 : 0;
}

class Completion {
 public:
  Completion(const Program& program, const ExportMessage& message, RunState state,
             Workspace& workspace, FlowBatch& batch, std::size_t first_row,
             DecodeStatistics& statistics)
      : program_(program),
        message_(message),
        state_(state),
        workspace_(workspace),
        batch_(batch),
        first_row_(first_row),
        count_(batch.size() - first_row),
        statistics_(statistics) {}

  void complete() {
    if (program_.kind != FlowKind::kUnidirectional)
      fill(batch_.mutable_kind(), static_cast<std::uint8_t>(program_.kind));
    fill(batch_.mutable_exporter(), message_.exporter);
    if (message_.observation_domain_id != 0)
      fill(batch_.mutable_observation_domain_id(), message_.observation_domain_id);
    fill(batch_.mutable_received(), message_.time.received());
    place_uptimes();
    complete_times();
    complete_sampling();
    if (program_.has(Quantity::kProtocol) || program_.section) complete_icmp();
    if (program_.has(Quantity::kBiflowDirection)) turn_biflows();
  }

 private:
  template <typename T>
  std::span<T> rows(std::span<T> column) const {
    return column.subspan(first_row_);
  }
  template <typename T>
  void fill(std::span<T> column, T value) const {
    std::fill(column.begin() + static_cast<std::ptrdiff_t>(first_row_), column.end(), value);
  }
  [[nodiscard]] std::span<const std::uint64_t> beside(Quantity quantity) {
    return std::span<const std::uint64_t>(workspace_.of(quantity)).first(count_);
  }

  /// Turns uptimes (elements 21, 22) into moments.
  void place_uptimes() {
    if (!program_.first_is_uptime && !program_.last_is_uptime) return;
    const auto first =
        rows(program_.first_is_uptime ? batch_.mutable_first() : batch_.mutable_last());
    const auto last =
        rows(program_.last_is_uptime ? batch_.mutable_last() : batch_.mutable_first());
    if (program_.has(Quantity::kSystemInit)) {
      // Each record brings its own start.
      const auto starts = beside(Quantity::kSystemInit);
      for (std::size_t i = 0; i < count_; ++i) {
        const auto now = static_cast<std::uint32_t>(message_.time.reference() - starts[i]);
        first[i] = moment(now, first[i]);
        if (last.data() != first.data()) last[i] = moment(now, last[i]);
      }
      return;
    }
    std::uint32_t now = 0;
    if (message_.uptime) {
      now = *message_.uptime;
    } else {
      std::uint64_t latest = 0;
      for (const auto value : last)
        if (!is_unix_time(value)) latest = std::max(latest, value);
      state_.system_start.observe(message_.time.reference(), static_cast<std::uint32_t>(latest));
      now = state_.system_start.uptime_at(message_.time.reference());
    }
    for (auto& value : first) value = moment(now, value);
    if (last.data() != first.data())
      for (auto& value : last) value = moment(now, value);
  }

  /// Cisco NX-OS writes 21/22 in eight octets, and then may mean the time of day.
  static bool is_unix_time(std::uint64_t value) { return value >= 1ull << 39; }

  [[nodiscard]] std::uint64_t moment(std::uint32_t now, std::uint64_t value) const {
    return is_unix_time(value) ? value
                               : message_.time.at_uptime(now, static_cast<std::uint32_t>(value));
  }

  /// Fills in what is missing, refuses what cannot be, and puts first before last.
  void complete_times() {
    const bool has_first = program_.has(Quantity::kFirst);
    const bool has_last = program_.has(Quantity::kLast);
    const auto first = rows(batch_.mutable_first());
    const auto last = rows(batch_.mutable_last());
    const auto reference = message_.time.reference();
    if (!has_first && !has_last) {
      if (program_.has(Quantity::kEventTime)) {
        const auto event = beside(Quantity::kEventTime);
        std::copy(event.begin(), event.end(), last.begin());
      } else {
        std::fill(last.begin(), last.end(), reference);
      }
    } else if (!has_last && program_.has(Quantity::kEventTime)) {
      // NSEL: the flow's creation in 152, this event in 323.
      const auto event = beside(Quantity::kEventTime);
      std::copy(event.begin(), event.end(), last.begin());
    } else if (!has_last) {
      for (std::size_t i = 0; i < count_; ++i) last[i] = first[i] + duration(i);
    }
    clamp(last);
    if (!has_first)
      for (std::size_t i = 0; i < count_; ++i) first[i] = last[i] - std::min(duration(i), last[i]);
    clamp(first);
    // Uptimes of an exporter without a clock are placed by arrival: that is no time it exported.
    if (message_.time.clock_refused() && (program_.first_is_uptime || program_.last_is_uptime))
      statistics_.clamped_times += count_;
    // Either an exporter that swaps 21 and 22, or clocks that stepped in between: the span is the
    // same, and later rooms may rely on its order.
    for (std::size_t i = 0; i < count_; ++i) {
      const auto earlier = std::min(first[i], last[i]);
      last[i] = std::max(first[i], last[i]);
      first[i] = earlier;
    }
  }

  [[nodiscard]] std::uint64_t duration(std::size_t record) {
    return program_.has(Quantity::kDuration) ? beside(Quantity::kDuration)[record] : 0;
  }

  /// A time that cannot be becomes the export time, and is counted; zero means that the exporter
  /// did not know either, which is no fault.
  void clamp(std::span<std::uint64_t> times) {
    const auto reference = message_.time.reference();
    const auto earliest = message_.time.earliest();
    const auto width = reference + ExportTime::kLatestAhead - earliest;
    std::uint64_t refused = 0;
    for (auto& time : times) {
      const bool bad = time - earliest > width;
      refused += static_cast<std::uint64_t>(bad && time != 0);
      time = bad ? reference : time;
    }
    statistics_.clamped_times += refused;
  }

  /// A rate in the record itself wins; then what the exporter has announced; then configuration.
  void complete_sampling() {
    const bool in_record = program_.has(Quantity::kSamplingRate);
    const bool by_size =
        program_.has(Quantity::kSamplingSize) && program_.has(Quantity::kSamplingPopulation);
    const bool by_space = program_.has(Quantity::kSamplingPacketInterval) &&
                          program_.has(Quantity::kSamplingPacketSpace);
    const bool by_sampler =
        program_.has(Quantity::kSampler) || program_.has(Quantity::kLegacySampler);
    if (!in_record && !by_size && !by_space && !by_sampler && !state_.sampling.knows_interfaces()) {
      if (const auto rate = or_default(state_.sampling.of_interface(0)); rate != 0)
        fill(batch_.mutable_sampling_rate(), rate);
      return;
    }
    const auto rates = rows(batch_.mutable_sampling_rate());
    const auto interfaces = rows(batch_.input_interface());
    for (std::size_t i = 0; i < count_; ++i) {
      if (by_size || by_space) {
        SamplingStatement statement;
        if (by_size) {
          statement.size = beside(Quantity::kSamplingSize)[i];
          statement.population = beside(Quantity::kSamplingPopulation)[i];
        }
        if (by_space) {
          statement.packet_interval = beside(Quantity::kSamplingPacketInterval)[i];
          statement.packet_space = beside(Quantity::kSamplingPacketSpace)[i];
        }
        if (const auto rate = statement.rate(); rate != 0) rates[i] = rate;
      }
      if (rates[i] == 0)
        rates[i] =
            or_default(by_sampler ? of_sampler(i) : state_.sampling.of_interface(interfaces[i]));
    }
  }

  std::uint32_t of_sampler(std::size_t record) {
    if (program_.has(Quantity::kSampler))
      if (const auto rate = state_.sampling.of_sampler(beside(Quantity::kSampler)[record]);
          rate != 0)
        return rate;
    if (!program_.has(Quantity::kLegacySampler)) return 0;
    return state_.sampling.of_sampler(beside(Quantity::kLegacySampler)[record]);
  }

  [[nodiscard]] std::uint32_t or_default(std::uint32_t rate) const {
    return rate != 0 ? rate : state_.default_sampling_rate;
  }

  /// ICMP has no ports. Where no ICMP element says type and code, they are in what exporters put
  /// there instead.
  void complete_icmp() {
    const auto protocols = rows(std::as_const(batch_).protocol());
    bool any = false;
    for (const auto protocol : protocols)
      any |= protocol == kIcmp.value || protocol == kIcmpV6.value;
    if (!any) return;
    const auto types = rows(batch_.mutable_icmp_type());
    const auto codes = rows(batch_.mutable_icmp_code());
    const auto source_ports = rows(batch_.mutable_source_port());
    const auto destination_ports = rows(batch_.mutable_destination_port());
    for (std::size_t i = 0; i < count_; ++i) {
      if (protocols[i] != kIcmp.value && protocols[i] != kIcmpV6.value) continue;
      if (!program_.has(Quantity::kIcmpMessage) && types[i] == 0 && codes[i] == 0) {
        const auto message = icmp_from_ports(protocols[i], source_ports[i], destination_ports[i]);
        types[i] = static_cast<std::uint8_t>(message >> 8);
        codes[i] = static_cast<std::uint8_t>(message & 0xff);
      }
      source_ports[i] = 0;
      destination_ports[i] = 0;
    }
  }

  /// RFC 5103 §6.3, biflowDirection 2: the destination opened the conversation. Our rows promise
  /// that the source did.
  void turn_biflows() {
    constexpr std::uint64_t kReverseInitiator = 2;
    const auto directions = beside(Quantity::kBiflowDirection);
    for (std::size_t i = 0; i < count_; ++i) {
      if (directions[i] != kReverseInitiator) continue;
      const auto row = first_row_ + i;
      const auto turn = [row](auto forward, auto reverse) {
        std::swap(forward[row], reverse[row]);
      };
      turn(batch_.mutable_source_address(), batch_.mutable_destination_address());
      turn(batch_.mutable_source_port(), batch_.mutable_destination_port());
      turn(batch_.mutable_tcp_flags(), batch_.mutable_reverse_tcp_flags());
      turn(batch_.mutable_packets(), batch_.mutable_reverse_packets());
      turn(batch_.mutable_bytes(), batch_.mutable_reverse_bytes());
      turn(batch_.mutable_input_interface(), batch_.mutable_output_interface());
      turn(batch_.mutable_source_as(), batch_.mutable_destination_as());
      turn(batch_.mutable_translated_source_address(),
           batch_.mutable_translated_destination_address());
      turn(batch_.mutable_translated_source_port(), batch_.mutable_translated_destination_port());
    }
  }

  const Program& program_;
  const ExportMessage& message_;
  RunState state_;
  Workspace& workspace_;
  FlowBatch& batch_;
  std::size_t first_row_;
  std::size_t count_;
  DecodeStatistics& statistics_;
};

}  // namespace

void complete_rows(const Program& program, const ExportMessage& message, RunState state,
                   Workspace& workspace, FlowBatch& batch, std::size_t first_row,
                   DecodeStatistics& statistics) {
  Completion(program, message, state, workspace, batch, first_row, statistics).complete();
}

}  // namespace noroshi
