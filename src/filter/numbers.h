#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "filter/condition.h"
#include "model/flow_batch.h"

namespace noroshi {

/// The numbers of one batch as columns; those that follow from others (condition.h) are worked out
/// when first asked for and kept until the next batch. Not thread-safe.
class Numbers {
 public:
  /// Begins with a batch, which must outlive what is asked of it.
  void begin(const FlowBatch& batch);

  /// Calls `visit(std::span<const T>)` with the column of `number`, T as the column has it.
  template <typename Visitor>
  void visit(Number number, Visitor&& visit) {
    switch (number) {
      case Number::kKind:
        return visit(batch_->kind());
      case Number::kFirst:
        return visit(batch_->first());
      case Number::kLast:
        return visit(batch_->last());
      case Number::kReceived:
        return visit(batch_->received());
      case Number::kProtocol:
        return visit(batch_->protocol());
      case Number::kSourcePort:
        return visit(batch_->source_port());
      case Number::kDestinationPort:
        return visit(batch_->destination_port());
      case Number::kTcpFlags:
        return visit(batch_->tcp_flags());
      case Number::kSamplingRate:
        return visit(batch_->sampling_rate());
      case Number::kObservationDomain:
        return visit(batch_->observation_domain_id());
      case Number::kInputInterface:
        return visit(batch_->input_interface());
      case Number::kOutputInterface:
        return visit(batch_->output_interface());
      case Number::kSourceAs:
        return visit(batch_->source_as());
      case Number::kDestinationAs:
        return visit(batch_->destination_as());
      case Number::kSourceCountry:
        return visit(batch_->source_country());
      case Number::kDestinationCountry:
        return visit(batch_->destination_country());
      case Number::kVlan:
        return visit(batch_->vlan());
      case Number::kDirection:
        return visit(batch_->direction());
      case Number::kIcmpType:
        return visit(batch_->icmp_type());
      case Number::kIcmpCode:
        return visit(batch_->icmp_code());
      case Number::kEvent:
        return visit(batch_->event());
      case Number::kTranslatedSourcePort:
        return visit(batch_->translated_source_port());
      case Number::kTranslatedDestinationPort:
        return visit(batch_->translated_destination_port());
      case Number::kEndReason:
        return visit(batch_->end_reason());
      case Number::kPackets:
        return visit(packets());
      case Number::kBytes:
        return visit(bytes());
      case Number::kDuration:
        return visit(duration());
      case Number::kPacketsPerSecond:
        return visit(packets_per_second());
      case Number::kBitsPerSecond:
        return visit(bits_per_second());
      case Number::kBytesPerPacket:
        return visit(bytes_per_packet());
    }
  }
  [[nodiscard]] std::span<const IpAddress> addresses(AddressColumn column) const;
  [[nodiscard]] const FlowBatch& batch() const { return *batch_; }

 private:
  using Wide = std::span<const std::uint64_t>;
  struct Derived {
    std::vector<std::uint64_t> values;
    bool known = false;
  };
  [[nodiscard]] Wide packets();
  [[nodiscard]] Wide bytes();
  [[nodiscard]] Wide duration();
  [[nodiscard]] Wide packets_per_second();
  [[nodiscard]] Wide bits_per_second();
  [[nodiscard]] Wide bytes_per_packet();
  template <typename Value>
  Wide derive(Derived& derived, const Value& value);

  const FlowBatch* batch_ = nullptr;
  Derived packets_;
  Derived bytes_;
  Derived duration_;
  Derived packets_per_second_;
  Derived bits_per_second_;
  Derived bytes_per_packet_;
};

/// True for numbers that Numbers works out.
[[nodiscard]] constexpr bool is_derived(Number number) {
  return number == Number::kPackets || number == Number::kBytes || number == Number::kDuration ||
         number == Number::kPacketsPerSecond || number == Number::kBitsPerSecond ||
         number == Number::kBytesPerPacket;
}

}  // namespace noroshi
