#pragma once

#include "encode/templated.h"

namespace noroshi {

/// IPFIX (RFC 7011) as sent over UDP: IPv4 and IPv6 templates, the sampling selectors (RFC 5477) in
/// an options template. Flow times are absolute milliseconds (elements 152 and 153); the sequence
/// number counts data records, those of options included.
class IpfixEncoder final : public TemplatedEncoder {
 public:
  enum class Sampling : std::uint8_t {
    /// Options 302, 304 = 3 (random n-out-of-N), 309 = 1, 310 = N; each record names its selector
    /// in element 302. The default, because it says what sampling at random is.
    kRandomSelector,
    /// Options 302, 304 = 1 (systematic count-based), 305 = 1, 306 = N − 1; records as above.
    kCountSelector,
    /// Options 34, 35: one rate for the whole domain.
    kInterval,
  };
  struct Config {
    std::uint32_t observation_domain_id = 0;
    Sampling sampling = Sampling::kRandomSelector;
    TemplateRefresh refresh = {};
  };

  explicit IpfixEncoder(Config config);

 private:
  void write_header(ByteWriter& message, Timestamp now) override;
  void finish_header(ByteWriter& message, Counts counts) override;
  void write_options_template(ByteWriter& message) const override;
  void write_option_record(ByteWriter& message, const Sampler& sampler) const override;
  static Dialect dialect(Sampling sampling);

  Config config_;
  std::uint32_t sequence_ = 0;  // data records sent
};

}  // namespace noroshi
