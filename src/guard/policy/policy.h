#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bilingual.h"
#include "base/result.h"
#include "base/time.h"
#include "guard/person.h"
#include "guard/policy/fields.h"

namespace noroshi {

/// On what ground of law a purpose stands. Each purpose has one: an emergency is no reason for what
/// is done every day.
enum class LegalBasis : std::uint8_t {
  kLegitimateBusinessAct,  ///< 正当業務行為
  kAvertingPresentDanger,  ///< 緊急避難
  kConsent,                ///< 通信当事者の同意
  kStatute,                ///< 法令に基づく行為
};

/// How closely a purpose sees subscribers.
enum class Granularity : std::uint8_t {
  kCounts,      ///< sums alone: no flow by itself, nothing by address, no single line
  kPseudonyms,  ///< flows, subscribers under their pseudonyms
  kAddresses,   ///< the same, and pseudonyms may be revealed, one by one
};

/// What people may ask of the guard itself, to oversee it.
enum class OversightAct : std::uint8_t {
  kReadAudit,     ///< its entries
  kVerifyAudit,   ///< whether it is whole
  kStampAudit,    ///< a time stamp of it now
  kExportAudit,   ///< a bundle for another party
  kMakeReport,    ///< the month's page
  kSeeRetention,  ///< what is kept, what goes when, what was deleted
};
inline constexpr std::size_t kOversightActs = 6;
[[nodiscard]] std::string_view name_of(OversightAct act);
[[nodiscard]] const Bilingual& words_of(OversightAct act);

/// What is stored about subscribers' traffic.
enum class GuardedTable : std::uint8_t {
  kFlows,
  kContacts,
  kRollups,  ///< sums that are kept when the flows are gone; no address is in them
};

[[nodiscard]] std::string_view name_of(LegalBasis basis);
[[nodiscard]] const Bilingual& words_of(LegalBasis basis);
[[nodiscard]] std::string_view name_of(Granularity granularity);
[[nodiscard]] std::string_view name_of(GuardedTable table);

/// A class of data, with the columns that belong to it.
struct DataClass {
  std::string name;
  Bilingual meaning;
  FieldSet fields;
  friend bool operator==(const DataClass&, const DataClass&) = default;
};

struct Role {
  std::string name;
  Bilingual meaning;
  std::string default_purpose;  ///< empty: one must be stated
  friend bool operator==(const Role&, const Role&) = default;
};

/// A part of every day, to the minute; `from` after `to` goes over midnight.
struct TimeOfDay {
  std::chrono::minutes from{0};
  std::chrono::minutes to{0};

  [[nodiscard]] bool contains(std::chrono::minutes since_midnight) const;
  friend bool operator==(const TimeOfDay&, const TimeOfDay&) = default;
};
[[nodiscard]] std::string to_string(const TimeOfDay& time);

struct Purpose {
  std::string name;
  Bilingual title;
  LegalBasis basis = LegalBasis::kLegitimateBusinessAct;
  Bilingual basis_in_words;
  Bilingual necessity;
  Bilingual means;
  std::vector<std::string> roles;
  std::vector<GuardedTable> tables;
  FieldSet fields;  ///< with fields_of_every_answer()
  Granularity granularity = Granularity::kCounts;
  std::uint32_t retention_days = 0;    ///< how far back it reads; 0: as far as the tables go
  std::uint32_t approvals = 0;         ///< by other people, for each reveal; at most kMostApprovals
  std::vector<std::string> approvers;  ///< roles; empty: `roles`
  bool bulk_reveal = false;            ///< many pseudonyms in one request
  bool exports = false;                ///< flows may leave as files
  bool needs_case = false;
  std::optional<TimeOfDay> hours;    ///< none: at any time
  std::uint32_t suppress_below = 0;  ///< sums over fewer lines are left out; 0 and 1: none
  std::uint32_t round_to = 0;        ///< counts are rounded to multiples of this; 0 and 1: not

  static constexpr std::uint32_t kMostApprovals = 2;

  [[nodiscard]] bool reads(GuardedTable table) const;
  [[nodiscard]] bool may_reveal() const { return granularity == Granularity::kAddresses; }
  [[nodiscard]] bool suppresses() const { return suppress_below > 1; }
  [[nodiscard]] const std::vector<std::string>& approving_roles() const {
    return approvers.empty() ? roles : approvers;
  }
  friend bool operator==(const Purpose&, const Purpose&) = default;
};

/// Who may read what, for which purpose, how closely and for how long: policy.toml
/// (docs/reference/policy.md). A plain value.
struct Policy {
  std::string source;                  ///< the file it was read from, or "built-in policy"
  std::chrono::minutes utc_offset{0};  ///< in which times of day are meant
  std::string default_role;            ///< of accounts that no person has; empty: they may nothing
  std::string default_clearance;       ///< of the same
  std::vector<DataClass> classes;      ///< from open to closed; the last is that of reveals
  std::vector<Role> roles;
  std::vector<Purpose> purposes;
  std::vector<Person> persons;
  /// Roles that may, by OversightAct. Whoever owns the daemon's state may in any case.
  std::array<std::vector<std::string>, kOversightActs> overseers;

  [[nodiscard]] const std::vector<std::string>& overseers_of(OversightAct act) const {
    return overseers[static_cast<std::size_t>(act)];
  }
  [[nodiscard]] const Purpose* find_purpose(std::string_view name) const;
  [[nodiscard]] const Role* find_role(std::string_view name) const;
  /// Its place in `classes`, from 0; nothing when there is none of that name.
  [[nodiscard]] std::optional<std::size_t> class_number(std::string_view name) const;
  /// The highest class that any of these columns belongs to.
  [[nodiscard]] std::size_t class_of(const FieldSet& fields) const;

  /// Who has that account; else somebody of the default role. An empty default role gives a person
  /// without roles.
  [[nodiscard]] Person person_of(std::string_view account) const;
};

/// The day and the time of day of a moment, as the policy counts them.
[[nodiscard]] std::chrono::sys_days day_of(const Policy& policy, Timestamp moment);
[[nodiscard]] std::chrono::minutes minutes_of_day(const Policy& policy, Timestamp moment);

/// Reads and checks a policy. Unknown keys, unknown names and contradictions are one error, the
/// first of them, with file and line.
[[nodiscard]] Result<Policy> read_policy(const std::string& path);
[[nodiscard]] Result<Policy> parse_policy(std::string_view text, const std::string& name);

/// config/policy.toml as it was when the program was built.
[[nodiscard]] std::string_view built_in_policy_text();
[[nodiscard]] Policy built_in_policy();
/// The policy in force: the stated file, which must be there; else the usual one where it exists;
/// else the built-in one.
[[nodiscard]] Result<Policy> policy_in_force(const std::string& stated_path);
inline constexpr std::string_view kUsualPolicyPath = "/etc/noroshi/policy.toml";

}  // namespace noroshi
