#pragma once

#include <cstddef>
#include <cstdint>

#include "decode/decoder.h"
#include "decode/export_time.h"
#include "decode/interface_table.h"
#include "decode/lru_table.h"
#include "decode/sampling.h"
#include "decode/saved_session.h"
#include "decode/sequence.h"
#include "decode/template/definition.h"
#include "decode/template/program.h"

namespace noroshi {

/// True for a number and a definition that a template may have: it defines records of 1 to 65,535
/// octets.
[[nodiscard]] bool acceptable(std::uint16_t template_id, const TemplateDefinition& definition);

/// A template in force.
struct Template {
  TemplateDefinition definition;
  Program program;           ///< empty for options templates, which are read record by record
  std::uint64_t announced;   ///< last, ms since 1970
  bool provisional = false;  ///< from before a restart, not yet confirmed by its exporter

  Template(TemplateDefinition defined, std::uint64_t announced_at)
      : definition(std::move(defined)),
        program(definition.is_options ? Program() : compile(definition)),
        announced(announced_at) {}
};

/// What is remembered of one exporter session.
struct Session {
  explicit Session(const Decoder::Limits& limits)
      : templates(limits.templates_per_session),
        sampling(limits.samplers_per_session),
        interfaces(limits.interfaces_per_session) {}

  LruTable<std::uint16_t, Template> templates;
  SamplingTable sampling;
  InterfaceTable interfaces;
  SystemStart system_start;
  SequenceTracker sequence;
  std::size_t template_fields = 0;  ///< of all its templates together
};

/// All sessions, bounded in number and in the memory of their templates and names.
class SessionTable {
 public:
  SessionTable(const Decoder::Limits& limits, std::uint64_t seed)
      : limits_(limits), sessions_(limits.sessions, SessionKeyHash{seed}) {}

  /// The session of `key`, made if need be; the least recently used ones then give way.
  Session& open(const SessionKey& key, DecodeStatistics& statistics);

  /// Puts a well-formed definition in force, replacing a different one of the same number
  /// (RFC 7011 §8.1, RFC 3954 §9). A repetition of what is in force confirms it and counts nothing.
  /// `session` must be the one opened last: it is the only one sure to stay. `announced` is in ms
  /// since 1970.
  Template& learn(Session& session, std::uint16_t template_id, TemplateDefinition definition,
                  std::uint64_t announced, DecodeStatistics& statistics);
  void withdraw(Session& session, std::uint16_t template_id, DecodeStatistics& statistics);
  void withdraw_all(Session& session, bool options, DecodeStatistics& statistics);

  /// Counts the interfaces that `session`, the one opened last, has named since it had `before` of
  /// them. Where all sessions together have named too many, those unused the longest lose their
  /// names, and nothing else: no flow depends on them.
  void settle_interfaces(const Session& session, std::size_t before, DecodeStatistics& statistics);

  /// Forgets a template that has been provisional for too long.
  void expire(Session& session, std::uint16_t template_id);

  /// As in Decoder.
  [[nodiscard]] std::vector<SessionReport> reports() const;
  [[nodiscard]] std::vector<SavedSession> save() const;
  void restore(const SavedSession& saved, std::uint64_t not_before);

 private:
  void forget(Session& session, const Template& old);
  void evict_oldest(DecodeStatistics& statistics);

  Decoder::Limits limits_;
  LruTable<SessionKey, Session, SessionKeyHash> sessions_;
  std::size_t template_fields_ = 0;
  std::size_t interfaces_ = 0;
};

}  // namespace noroshi
