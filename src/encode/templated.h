#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/byte_writer.h"
#include "encode/encoder.h"
#include "encode/one_way.h"

namespace noroshi {

/// When templates and samplers are sent again: a collector that starts late waits at most this long
/// (RFC 3954 §9, RFC 7011 §8.4).
struct TemplateRefresh {
  std::chrono::seconds interval{60};
  std::uint32_t datagrams = 1000;
};

/// What NetFlow v9 and IPFIX share: messages of sets, templates before data, a table of samplers.
/// Template 256 carries IPv4, 257 IPv6, options template 258 the samplers.
///
/// Each sampling rate that rows state becomes one sampler, numbered from 1 and announced before its
/// first record; rate 0, "unknown", is sampler 0, which is never announced. Rates beyond
/// kMostSamplers are sent as unknown and counted as saturated.
class TemplatedEncoder : public Encoder {
 public:
  static constexpr std::size_t kMostSamplers = 255;  // v9's FLOW_SAMPLER_ID is one octet

  [[nodiscard]] Datagrams encode(const FlowBatch& batch, Timestamp now) final;
  [[nodiscard]] const EncodeStatistics& statistics() const final { return statistics_; }

 protected:
  struct Sampler {
    std::uint32_t id = 0;
    std::uint32_t rate = 0;
  };
  /// What a field's writer needs besides the record.
  struct Context {
    std::uint64_t booted = 0;  ///< ms since 1970 UTC
    std::uint32_t sampler_id = 0;
  };
  /// One field of a template, and how a record fills it: one table makes both, so they agree.
  struct Field {
    std::uint16_t element;
    std::uint16_t length;
    void (*write)(ByteWriter& message, const OneWay& record, const Context& context);
  };
  enum class SamplerPlan : std::uint8_t {
    kPerRecord,  ///< records name their sampler
    kPerDomain,  ///< one rate holds for the whole domain until the next announcement
  };
  struct Dialect {
    std::uint16_t template_set;
    std::uint16_t options_template_set;
    std::span<const Field> v4;
    std::span<const Field> v6;
    std::size_t option_record_length;
    SamplerPlan sampler_plan;
  };

  TemplatedEncoder(Dialect dialect, TemplateRefresh refresh, Timestamp booted);

  /// Writes a header whose lengths and counts are still to come; finish_header fills them in.
  virtual void write_header(ByteWriter& message, Timestamp now) = 0;
  struct Counts {
    std::uint16_t records = 0;       ///< of every kind, templates included
    std::uint16_t data_records = 0;  ///< data and option records
  };
  virtual void finish_header(ByteWriter& message, Counts counts) = 0;
  /// The one record of the options template set, without set header or padding.
  virtual void write_options_template(ByteWriter& message) const = 0;
  virtual void write_option_record(ByteWriter& message, const Sampler& sampler) const = 0;

  static constexpr std::uint16_t kTemplateV4 = 256;
  static constexpr std::uint16_t kTemplateV6 = 257;
  static constexpr std::uint16_t kOptionsTemplate = 258;

 private:
  std::uint32_t sampler_id(std::uint32_t rate, Datagrams& datagrams);
  void write_templates(Datagrams& datagrams);
  void write_template(std::uint16_t id, std::span<const Field> fields);
  void announce(const Sampler& sampler, Datagrams& datagrams);
  /// Makes room for a record of `length` octets in a set of this id.
  void open(std::uint16_t set_id, std::size_t length, Datagrams& datagrams);
  void close_set();
  void finish(Datagrams& datagrams);

  Dialect dialect_;
  TemplateRefresh refresh_;
  std::uint64_t booted_;
  std::size_t v4_length_ = 0;
  std::size_t v6_length_ = 0;
  std::vector<Sampler> samplers_;

  Timestamp now_;
  ByteWriter message_;
  std::size_t set_position_ = 0;
  std::optional<std::uint16_t> set_id_;
  Counts counts_;

  std::optional<Timestamp> refreshed_;
  std::uint32_t datagrams_since_refresh_ = 0;
  EncodeStatistics statistics_;
};

}  // namespace noroshi
