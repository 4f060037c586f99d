#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/check.h"
#include "decode/decoder.h"

namespace noroshi::for_fuzz {

/// Decodes datagrams and checks after each what must hold whatever they contain.
class CheckedDecoder {
 public:
  /// Limits low enough for a fuzzer to reach them.
  static Decoder::Config config(Transport transport) {
    Decoder::Config config;
    config.transport = transport;
    config.limits = {.sessions = 4,
                     .templates_per_session = 8,
                     .fields_per_template = 64,
                     .template_fields = 512,
                     .samplers_per_session = 4};
    return config;
  }

  explicit CheckedDecoder(Transport transport) : decoder_(config(transport)) {}

  void decode(std::span<const std::byte> payload) {
    const auto before = decoder_.statistics();
    batch_.clear();
    const bool accepted = decoder_.decode({IpAddress::from_v4(0xc0000201), Port{2055},
                                           from_unix_milliseconds(1'700'000'000'000), payload},
                                          batch_);
    const auto& after = decoder_.statistics();
    CHECK(after.datagrams == before.datagrams + (accepted ? 1 : 0));
    CHECK(accepted || batch_.empty());
    CHECK(after.records - before.records == batch_.size());
    CHECK(after.flows + after.events - before.flows - before.events == batch_.size());
    // A record takes at least an octet.
    CHECK(batch_.size() <= payload.size());
    for (std::size_t row = 0; row < batch_.size(); ++row) {
      CHECK(batch_.kind()[row] <= static_cast<std::uint8_t>(FlowKind::kEvent));
      CHECK(batch_.first()[row] <= batch_.last()[row]);
      CHECK(batch_.exporter()[row] == IpAddress::from_v4(0xc0000201));
    }
    (void)looks_like_export(payload);
  }

  /// The input as datagrams, each behind its length in two octets, so that templates can precede
  /// the data they describe.
  void decode_all(std::span<const std::byte> input) {
    while (input.size() >= 2) {
      const auto length = std::size_t{load_big_endian<std::uint16_t>(input.data())};
      input = input.subspan(2);
      const auto payload = input.first(length < input.size() ? length : input.size());
      decode(payload);
      input = input.subspan(payload.size());
    }
  }

 private:
  Decoder decoder_;
  FlowBatch batch_{16};
};

}  // namespace noroshi::for_fuzz
