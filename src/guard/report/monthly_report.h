#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bilingual.h"
#include "base/time.h"
#include "guard/audit/verify.h"
#include "guard/filing/check.h"
#include "guard/filing/keeper.h"
#include "guard/report/month.h"

namespace noroshi {

/// What one person did under one purpose.
struct ReportedReads {
  std::string purpose;
  std::string account;
  std::uint64_t reads = 0;       ///< permitted, exports among them
  std::uint64_t exports = 0;     ///< of those, such as left as files
  std::uint64_t rows = 0;        ///< that they brought
  std::uint64_t failed = 0;      ///< permitted, but the answer failed
  std::uint64_t unanswered = 0;  ///< permitted, and nothing is said of an answer
};

/// Reads and acts refused alike.
struct ReportedRefusals {
  std::string account;
  std::string purpose;
  std::string reason;  ///< of the audit's entry
  std::string act;     ///< empty for reads
  std::uint64_t times = 0;
};

/// A request to reveal, by what became of it in the month.
struct ReportedReveal {
  std::string request;
  std::string case_id;
  std::string purpose;
  std::string asked_by;
  std::uint64_t pseudonyms = 0;
  std::optional<Timestamp> asked;  ///< in this month
  std::vector<std::string> approved_by;
  std::vector<std::string> rejected_by;
  std::optional<Timestamp> shown;
};

/// Something that happened once: who, when, what.
struct ReportedEvent {
  Timestamp time;
  std::string account;
  std::string kind;  ///< of the audit
  std::string act;   ///< where the kind has several
  std::string purpose;
  std::string case_id;
  std::string what;
  std::optional<std::uint64_t> rows;
  std::string result;  ///< SHA-256, hexadecimal
};

struct ReportedDeletions {
  std::string table;
  std::string why;
  std::uint64_t partitions = 0;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  std::uint64_t failed = 0;
  std::uint64_t unknown = 0;
};

/// Data that went although a case held it.
struct ReportedBreach {
  Timestamp time;
  std::string table;
  Timestamp from;
  Timestamp to;
  std::vector<std::string> cases;
  std::uint64_t rows = 0;
};

struct ReportedTimeStamp {
  Timestamp time;
  std::string authority;
  std::uint64_t covers = 0;
};

/// What the audit says of one month, and how things stand when the report is made. What was too
/// much for a list is counted in `left_out`, by the list's name.
struct MonthlyReport {
  ReportMonth month;
  Timestamp made;
  std::string made_by;  ///< account
  std::string node;

  std::vector<ReportedReads> reads;
  std::vector<ReportedRefusals> refusals;
  std::vector<ReportedReveal> reveals;
  std::vector<ReportedEvent> cases;
  std::vector<ReportedEvent> exports;
  std::vector<ReportedEvent> keys;
  std::vector<ReportedEvent> policies;
  std::vector<ReportedEvent> filings;    ///< made, withdrawn; and collection stopped
  std::vector<ReportedEvent> incidents;  ///< of the audit: recovered, begun again
  std::vector<ReportedDeletions> deletions;
  std::vector<ReportedBreach> breaches;
  std::map<std::string, std::uint64_t> left_out;

  std::uint64_t entries = 0;  ///< of the audit in this month, from `first_entry` to `last_entry`
  std::uint64_t first_entry = 0;
  std::uint64_t last_entry = 0;
  std::uint64_t time_stamps = 0;                     ///< in this month
  std::optional<ReportedTimeStamp> last_time_stamp;  ///< up to now

  // As it is now.
  AuditVerification verification;
  std::optional<FilingKeeper::InForce> filing;
  FilingMeasures measures;
  bool flows_a_second_known = false;  ///< only what collects can measure it
};

/// Who people are, and what purposes are called: the policy's words.
struct ReportNames {
  std::map<std::string, std::string, std::less<>> persons;  ///< name by account
  std::map<std::string, Bilingual, std::less<>> purposes;   ///< title by name
  std::map<std::string, Bilingual, std::less<>> bases;      ///< legal basis, by purpose
};

}  // namespace noroshi
