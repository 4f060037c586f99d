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

  bool decode(const Datagram& datagram, FlowBatch& batch, DecodeStatistics& statistics) {
    ByteReader reader(datagram.payload);
    switch (reader.read_u16()) {
      case 0:  // sFlow's version takes four octets
        if (reader.read_u16() == 5) return sflow5_.decode(datagram, batch, statistics);
        break;
      case 5:
        return decode_netflow5(datagram, config_, sessions_, workspace_, batch, statistics);
      case 9:
        return decode_netflow9(datagram, config_, sessions_, workspace_, batch, statistics);
      case 10:
        return decode_ipfix(datagram, config_, sessions_, workspace_, batch, statistics);
      default:
        break;
    }
    statistics.count(reader.ok() ? Undecodable::kUnknownVersion : Undecodable::kTruncatedHeader);
    return false;
  }

  bool decode(const Datagram& datagram, FlowBatch& batch) {
    return decode(datagram, batch, statistics_);
  }

  [[nodiscard]] const SessionTable& sessions() const { return sessions_; }

  void restore(std::span<const SavedSession> saved, Timestamp now) {
    const auto lifetime = config_.provisional_lifetime;
    for (const auto& session : saved)
      sessions_.restore(session, to_unix_milliseconds(now - lifetime));
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

bool Decoder::decode(const Datagram& datagram, FlowBatch& batch, DecodeStatistics& statistics) {
  return implementation_->decode(datagram, batch, statistics);
}

std::vector<SessionReport> Decoder::sessions() const {
  return implementation_->sessions().reports();
}

std::vector<SavedSession> Decoder::save() const { return implementation_->sessions().save(); }

void Decoder::restore(std::span<const SavedSession> sessions, Timestamp now) {
  implementation_->restore(sessions, now);
}

const DecodeStatistics& Decoder::statistics() const { return implementation_->statistics(); }

}  // namespace noroshi
