#include "decode/decoder.h"

#include <chrono>

#include "base/byte_reader.h"
#include "decode/ipfix/ipfix.h"
#include "decode/netflow5/netflow5.h"
#include "decode/netflow9/netflow9.h"
#include "decode/session.h"
#include "decode/sflow5/sflow5.h"
#include "decode/template/run.h"

namespace noroshi {

class Decoder::Implementation {
 public:
  explicit Implementation(const Config& config)
      : config_(config),
        sessions_(config.limits, seed()),
        sflow5_(config.limits.sessions, config.default_sampling_rate, seed()) {}

  bool decode(const Datagram& datagram, FlowBatch& batch) {
    ByteReader reader(datagram.payload);
    switch (reader.read_u16()) {
      case 0:  // sFlow's version takes four octets
        if (reader.read_u16() == 5) return sflow5_.decode(datagram, batch, statistics_);
        break;
      case 5:
        return decode_netflow5(datagram, config_, sessions_, workspace_, batch, statistics_);
      case 9:
        return decode_netflow9(datagram, config_, sessions_, workspace_, batch, statistics_);
      case 10:
        return decode_ipfix(datagram, config_, sessions_, workspace_, batch, statistics_);
      default:
        break;
    }
    statistics_.count(reader.ok() ? Undecodable::kUnknownVersion : Undecodable::kTruncatedHeader);
    return false;
  }

  [[nodiscard]] const DecodeStatistics& statistics() const { return statistics_; }

 private:
  /// Only has to be hard to guess from outside.
  std::uint64_t seed() const {
    const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
    return mix(static_cast<std::uint64_t>(now), reinterpret_cast<std::uintptr_t>(this));
  }

  Config config_;
  SessionTable sessions_;
  Sflow5Decoder sflow5_;
  Workspace workspace_;
  DecodeStatistics statistics_;
};

Decoder::Decoder(Config config) : implementation_(std::make_unique<Implementation>(config)) {}
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;

bool Decoder::decode(const Datagram& datagram, FlowBatch& batch) {
  return implementation_->decode(datagram, batch);
}

const DecodeStatistics& Decoder::statistics() const { return implementation_->statistics(); }

}  // namespace noroshi
