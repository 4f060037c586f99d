#include "guard/guard.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <type_traits>
#include <utility>

#include "filter/print.h"
#include "guard/digest.h"
#include "guard/grant.h"
#include "guard/permission.h"
#include "guard/policy/policy_text.h"
#include "guard/subscriber_filter.h"

namespace noroshi {
namespace {

constexpr std::uint64_t kHour = 3'600'000;
constexpr std::uint64_t kDay = 24 * kHour;

/// Nobody can guess the next one, so that an entry of the audit is found by it alone.
std::string new_grant_id() {
  std::random_device device;
  return fmt::format("{:08x}{:08x}", device(), device());
}

FieldSet fields_of(const std::vector<Key>& keys) {
  FieldSet fields;
  for (const auto& key : keys) fields |= fields_of(key.element);
  return fields;
}

bool any_is_address(const std::vector<Key>& keys) {
  return std::ranges::any_of(keys, [](const Key& key) {
    return is_address(key.element) && key.element != Element::kExporter;
  });
}

/// What contacts are made of; they cannot be told apart without.
FieldSet fields_of_contacts() {
  FieldSet fields = fields_of_every_answer();
  for (const auto* word : {"addresses", "ports", "protocol", "tcp_flags", "reverse_tcp_flags"})
    fields |= *parse_fields(word);
  return fields;
}

Demand demand_of_groups(const std::vector<Key>& keys, std::string words) {
  Demand demand;
  demand.looks_at = fields_of(keys);
  demand.by_address = any_is_address(keys);
  demand.words = keys.empty() ? std::move(words) : fmt::format("{} by {}", words, to_string(keys));
  return demand;
}

/// The exporters it is of: sums know of nothing else to filter on.
Condition filter_of(const TrendSeriesQuestion& question) {
  if (question.exporters.empty()) return {Everything{}};
  return {AddressIn{AddressColumn::kExporter, question.exporters}};
}

/// A window widened to whole steps, so that a step is the same before and after it is rolled up.
TimeWindow whole_steps_around(const TimeWindow& window, std::uint64_t step) {
  const auto beyond = window.to % step;
  TimeWindow whole{window.from - window.from % step, window.to};
  if (beyond != 0)
    whole.to = window.to > UINT64_MAX - step ? UINT64_MAX : window.to - beyond + step;
  return whole;
}

/// What was narrowed of a window, in whole steps: none that is allowed in part alone.
TimeWindow whole_steps_within(TimeWindow narrowed, const TimeWindow& window, std::uint64_t step) {
  if (narrowed.from > window.from && narrowed.from % step != 0)
    narrowed.from = narrowed.from > UINT64_MAX - step ? UINT64_MAX
                                                      : narrowed.from - narrowed.from % step + step;
  if (narrowed.to < window.to) narrowed.to -= narrowed.to % step;
  return narrowed;
}

std::string moment(std::uint64_t milliseconds) {
  if (milliseconds == 0) return "the beginning";
  // Beyond year 9999, a time is not one that anybody meant.
  if (milliseconds > 253'402'300'799'999) return "the end";
  return to_rfc3339(from_unix_milliseconds(milliseconds));
}

bool is_everything(const Condition& filter) {
  return std::holds_alternative<Everything>(filter.node);
}

Condition both(Condition a, const Condition& b) {
  if (is_everything(b)) return a;
  if (is_everything(a)) return b;
  return Condition{AllOf{{std::move(a), b}}};
}

AuditEntry entry_of(std::string kind, const Access& access, const std::string& purpose) {
  AuditEntry entry;
  entry.kind = std::move(kind);
  entry.who = access.who.account;
  entry.purpose = purpose;
  entry.case_id = access.case_id;
  return entry;
}

std::string question_in_words(const Demand& demand, const Condition& filter,
                              const TimeWindow& window) {
  return fmt::format("{} where {} from {} to {}", demand.words,
                     is_everything(filter) ? "anything" : to_string(filter), moment(window.from),
                     moment(window.to));
}

}  // namespace

Guard::Guard(Config config, Dependencies dependencies)
    : dependencies_(std::move(dependencies)),
      config_(std::make_shared<const Config>(std::move(config))) {}

Result<std::unique_ptr<Guard>> Guard::open(Config config, Dependencies dependencies) {
  std::unique_ptr<Guard> guard(new Guard(std::move(config), std::move(dependencies)));
  TRY(guard->record_policy(guard->config_->policy));
  return guard;
}

Status Guard::replace(Config config) {
  TRY(record_policy(config.policy));
  const std::lock_guard lock(mutex_);
  config_ = std::make_shared<const Config>(std::move(config));
  return {};
}

Status Guard::record_policy(const Policy& policy) {
  AuditEntry entry;
  entry.kind = "policy";
  entry.who = "system:guard";
  entry.what = policy.source;
  entry.result = sha256(policy_as_json(policy)).to_hex();
  TRY(dependencies_.record(std::move(entry)));
  return {};
}

std::shared_ptr<const Guard::Config> Guard::config() const {
  const std::lock_guard lock(mutex_);
  return config_;
}

Person Guard::person_of(std::string_view account) const {
  return config()->policy.person_of(account);
}

std::shared_ptr<const Policy> Guard::policy() const {
  const auto now = config();
  return {now, &now->policy};
}

Result<CaseBounds> Guard::bounds_of(const std::string& case_id,
                                    const SubscriberFilter& subscribers) {
  if (dependencies_.cases == nullptr)
    return failure(ErrorCode::kNotFound, fmt::format("case {}: no cases are kept here", case_id));
  auto bounds = TRY(dependencies_.cases->bounds(case_id));
  bounds.filter = TRY(subscribers.narrowed(bounds.filter));
  return bounds;
}

Result<GrantTerms> Guard::decide(const Access& access, const Demand& asked, Condition& filter,
                                 TimeWindow& window) {
  const auto config = this->config();
  const SubscriberFilter subscribers(config->subscribers);
  const auto now = dependencies_.now();
  auto demand = asked;
  demand.looks_at |= fields_of(filter);
  demand.names_lines = subscribers.names_single_lines(filter);

  const auto refused = [&](const Refusal& refusal) -> Result<GrantTerms> {
    auto entry = entry_of("refused", access, access.purpose);
    entry.what = question_in_words(demand, subscribers.without_subscribers(filter), window);
    entry.details = {{"reason", std::string(refusal.reason)}};
    TRY(dependencies_.record(std::move(entry)));
    return tl::unexpected(refusal.error);
  };

  const auto permission = permission_for(config->policy, access, demand, now);
  if (!permission) return refused(permission.error());
  const auto& purpose = *permission->purpose;
  auto narrowed = subscribers.narrowed(filter);
  if (!narrowed) return refused({"subscriber-address", narrowed.error()});

  GrantTerms terms;
  auto within = window;
  if (purpose.retention_days > 0) {
    const auto until = to_unix_milliseconds(now);
    const auto oldest = until - std::min(until, purpose.retention_days * kDay);
    if (within.from < oldest) {
      within.from = oldest;
      terms.notes.push_back({fmt::format("目的 {} で遡れるのは{}日前まで: {} 以降を対象とした",
                                         purpose.name, purpose.retention_days, moment(oldest)),
                             fmt::format("the purpose {} reads {} days back: asked from {}",
                                         purpose.name, purpose.retention_days, moment(oldest))});
    }
  }
  if (!access.case_id.empty()) {
    const auto bounds = bounds_of(access.case_id, subscribers);
    if (!bounds) return refused({"case", bounds.error()});
    within.from = std::max(within.from, to_unix_milliseconds(bounds->from));
    within.to = std::min(within.to, to_unix_milliseconds(bounds->to));
    *narrowed = both(std::move(*narrowed), bounds->filter);
    terms.notes.push_back({fmt::format("案件 {} の範囲に限った", access.case_id),
                           fmt::format("within case {}", access.case_id)});
  }
  if (demand.step > 1) within = whole_steps_within(within, window, demand.step);
  if (within.from >= within.to)
    return refused(
        {"window",
         {ErrorCode::kPermission,
          fmt::format("nothing of that time may be read under the purpose '{}': it reads from {} "
                      "to {}",
                      purpose.name, moment(within.from), moment(within.to))}});
  // Contacts are of whole hours and have no filter: they are read as they are, or not at all.
  if (demand.table == GuardedTable::kContacts && (within != window || *narrowed != filter))
    return refused({"window",
                    {ErrorCode::kPermission,
                     fmt::format("the purpose '{}' does not reach over all contacts of that hour",
                                 purpose.name)}});
  // Nor can a case's filter narrow sums.
  if (demand.table == GuardedTable::kRollups && *narrowed != filter)
    return refused({"case",
                    {ErrorCode::kPermission,
                     fmt::format("trends are of all traffic, and case {} is not: ask noroshi flows "
                                 "series",
                                 access.case_id)}});
  filter = std::move(*narrowed);
  window = within;

  terms.id = new_grant_id();
  terms.who = access.who.account;
  terms.purpose = purpose.name;
  terms.case_id = access.case_id;
  terms.granularity = purpose.granularity;
  terms.suppress_below = purpose.suppress_below;
  terms.round_to = purpose.round_to;
  terms.hidden = ~permission->fields;
  if (const auto unseen = demand.shows & terms.hidden; unseen.any())
    terms.notes.push_back({fmt::format("見えない項目: {}", fmt::join(words_of(unseen), ", ")),
                           fmt::format("not shown: {}", fmt::join(words_of(unseen), ", "))});
  if (terms.suppresses())
    terms.notes.push_back({fmt::format("{}回線未満の集計は除いた", terms.suppress_below),
                           fmt::format("sums over fewer than {} subscriber lines are left out",
                                       terms.suppress_below)});
  if (terms.rounds())
    terms.notes.push_back({fmt::format("数値は{}単位に丸めた", terms.round_to),
                           fmt::format("counts are rounded to {}s", terms.round_to)});

  auto entry = entry_of(demand.leaves ? "export" : "read", access, purpose.name);
  entry.grant = terms.id;
  entry.what = question_in_words(demand, filter, window);
  entry.details = {{"granularity", std::string(name_of(purpose.granularity))}};
  if (const auto unseen = demand.shows & terms.hidden; unseen.any())
    entry.details.emplace_back("hidden", fmt::format("{}", fmt::join(words_of(unseen), ", ")));
  auto recorded = dependencies_.record(std::move(entry));
  if (!recorded)
    return tl::unexpected(
        in_context("the audit cannot be written, so nothing is read", recorded.error()));
  return terms;
}

template <typename Question>
Result<Granted<Question>> Guard::grant(const Access& access, const Demand& demand,
                                       Question question) {
  auto terms = TRY(decide(access, demand, question.filter, question.window));
  return Granted<Question>(std::move(question), std::move(terms));
}

Result<Granted<GroupQuestion>> Guard::permit(const Access& access, GroupQuestion question) {
  // Before the question is moved away.
  const auto demand = demand_of_groups(question.keys, "flows");
  return grant(access, demand, std::move(question));
}

Result<Granted<SeriesQuestion>> Guard::permit(const Access& access, SeriesQuestion question) {
  std::vector<Key> keys;
  if (question.split) keys.push_back(*question.split);
  const auto demand =
      demand_of_groups(keys, fmt::format("flows over time in steps of {} ms", question.step));
  return grant(access, demand, std::move(question));
}

Result<Granted<TrendSeriesQuestion>> Guard::permit(const Access& access,
                                                   TrendSeriesQuestion question) {
  TRY(check(question));
  question.window = whole_steps_around(question.window, question.step);
  Demand demand;
  demand.table = GuardedTable::kRollups;
  demand.looks_at = fields_of(question.split);
  demand.step = question.step;
  demand.words = fmt::format("trends in steps of {} ms", question.step);
  if (question.split != TrendSplit::kNone)
    demand.words += fmt::format(" by {}", name_of(question.split));
  auto filter = filter_of(question);
  auto terms = TRY(decide(access, demand, filter, question.window));
  return Granted<TrendSeriesQuestion>(std::move(question), std::move(terms));
}

Result<Granted<RowsQuestion>> Guard::permit(const Access& access, RowsQuestion question,
                                            RowsUse use) {
  Demand demand;
  demand.shows = every_field();
  demand.single_flows = true;
  demand.leaves = use == RowsUse::kExport;
  demand.words = demand.leaves ? "flows into a file" : "single flows";
  return grant(access, demand, std::move(question));
}

Result<Granted<ContactsQuestion>> Guard::permit(const Access& access, ContactsQuestion question) {
  Demand demand;
  demand.table = GuardedTable::kContacts;
  demand.looks_at = fields_of_contacts();
  demand.single_flows = true;
  demand.words = "contacts";
  Condition filter{Everything{}};
  TimeWindow window{question.hour * kHour, (question.hour + 1) * kHour};
  auto terms = TRY(decide(access, demand, filter, window));
  return Granted<ContactsQuestion>(question, std::move(terms));
}

Result<Granted<ClearRowsQuestion>> Guard::permit_search() {
  GrantTerms terms;
  terms.id = new_grant_id();
  terms.who = Person::system("guard").account;
  terms.purpose = "guard";
  AuditEntry entry;
  entry.kind = "read";
  entry.who = terms.who;
  entry.purpose = terms.purpose;
  entry.grant = terms.id;
  entry.what = "which rows hold subscribers' addresses in clear";
  entry.details = {{"granularity", std::string(name_of(terms.granularity))}};
  TRY(dependencies_.record(std::move(entry)));
  return Granted<ClearRowsQuestion>({config()->subscribers}, std::move(terms));
}

Status Guard::answered(const GrantTerms& terms, std::optional<std::uint64_t> rows,
                       const std::string& result) {
  AuditEntry entry;
  entry.kind = "answered";
  entry.who = terms.who;
  entry.purpose = terms.purpose;
  entry.grant = terms.id;
  entry.case_id = terms.case_id;
  entry.rows = rows;
  entry.result = result;
  TRY(dependencies_.record(std::move(entry)));
  return {};
}

Status Guard::failed(const GrantTerms& terms, const Error& error) {
  AuditEntry entry;
  entry.kind = "answered";
  entry.who = terms.who;
  entry.purpose = terms.purpose;
  entry.grant = terms.id;
  entry.case_id = terms.case_id;
  // The message may quote what was read; its kind says enough.
  entry.details = {{"failed", fmt::format("{}", static_cast<int>(error.code))}};
  TRY(dependencies_.record(std::move(entry)));
  return {};
}

}  // namespace noroshi
