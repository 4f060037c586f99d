#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

#include "decode/decoder.h"
#include "decode/export_time.h"
#include "decode/lru_table.h"
#include "decode/sampling.h"
#include "decode/sequence.h"
#include "decode/template/definition.h"
#include "decode/template/program.h"

namespace noroshi {

/// Who exports, in the sense of RFC 7011 §2 "Transport Session" plus observation domain: templates,
/// sampling and sequence numbers of two keys have nothing to do with one another.
struct SessionKey {
  IpAddress exporter;
  Port port;  ///< zero unless Config::port_in_session_key
  ExportProtocol protocol = ExportProtocol::kNetflow5;
  std::uint32_t observation_domain_id = 0;

  friend bool operator==(const SessionKey&, const SessionKey&) = default;
};

struct SessionKeyHash {
  std::uint64_t seed = 0;  ///< outsiders choose the keys, so they must not know where these fall
  std::size_t operator()(const SessionKey& key) const {
    const auto rest = static_cast<std::uint64_t>(key.observation_domain_id) << 24 |
                      static_cast<std::uint64_t>(key.port.value) << 8 |
                      static_cast<std::uint64_t>(key.protocol);
    return mix(mix(key.exporter.high() ^ seed, key.exporter.low()), rest);
  }
};

/// A template in force.
struct Template {
  TemplateDefinition definition;
  Program program;  ///< empty for options templates, which are read record by record

  explicit Template(TemplateDefinition announced)
      : definition(std::move(announced)),
        program(definition.is_options ? Program() : compile(definition)) {}
};

/// What is remembered of one exporter session.
struct Session {
  explicit Session(const Decoder::Limits& limits)
      : templates(limits.templates_per_session), sampling(limits.samplers_per_session) {}

  LruTable<std::uint16_t, Template> templates;
  SamplingTable sampling;
  SystemStart system_start;
  SequenceTracker sequence;
  std::size_t template_fields = 0;  ///< of all its templates together
};

/// All sessions, bounded in number and in the memory of their templates.
class SessionTable {
 public:
  SessionTable(const Decoder::Limits& limits, std::uint64_t seed)
      : limits_(limits), sessions_(limits.sessions, SessionKeyHash{seed}) {}

  /// The session of `key`, made if need be; the least recently used ones then give way.
  Session& open(const SessionKey& key, DecodeStatistics& statistics);

  /// Puts a well-formed definition in force, replacing a different one of the same number
  /// (RFC 7011 §8.1, RFC 3954 §9). A repetition of what is in force changes and counts nothing.
  /// `session` must be the one opened last: it is the only one sure to stay.
  void learn(Session& session, std::uint16_t template_id, TemplateDefinition definition,
             DecodeStatistics& statistics);
  void withdraw(Session& session, std::uint16_t template_id, DecodeStatistics& statistics);
  void withdraw_all(Session& session, bool options, DecodeStatistics& statistics);

 private:
  void forget(Session& session, const Template& old);

  Decoder::Limits limits_;
  LruTable<SessionKey, Session, SessionKeyHash> sessions_;
  std::size_t template_fields_ = 0;
};

}  // namespace noroshi
