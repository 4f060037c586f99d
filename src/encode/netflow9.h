#pragma once

#include "encode/templated.h"

namespace noroshi {

/// NetFlow v9 (RFC 3954): IPv4 and IPv6 templates, samplers in an options template.
///
/// Flow times are system uptimes (elements 21 and 22) and the header has whole seconds only. Header
/// uptime and header time therefore name the same instant, the whole second at or before `now`:
/// collectors recover the exact millisecond. Export on whole seconds, or a flow that ended within
/// the second ends after its header.
class Netflow9Encoder final : public TemplatedEncoder {
 public:
  enum class Sampling : std::uint8_t {
    kSamplerTable,  ///< options 48, 49, 50; each record names its sampler in element 48
    kInterval,      ///< options 34, 35: one rate for the whole source
  };
  struct Config {
    std::uint32_t source_id = 0;
    Timestamp booted;  ///< system uptime counts from here, modulo 2^32 ms
    Sampling sampling = Sampling::kSamplerTable;
    TemplateRefresh refresh = {};
  };

  explicit Netflow9Encoder(Config config);

 private:
  void write_header(ByteWriter& message, Timestamp now) override;
  void finish_header(ByteWriter& message, Counts counts) override;
  void write_options_template(ByteWriter& message) const override;
  void write_option_record(ByteWriter& message, const Sampler& sampler) const override;
  static Dialect dialect(Sampling sampling);

  Config config_;
  std::uint32_t sequence_ = 0;  // datagrams sent
};

}  // namespace noroshi
