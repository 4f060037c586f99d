// Whatever the policy and whatever is asked: what a Guard permits is within what the policy allows,
// on the narrowed question, and on the rows that it finds.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "filter/evaluate.h"
#include "filter/print.h"
#include "guard/grant.h"
#include "guard/guard_for_test.h"
#include "guard/random_policies_for_test.h"
#include "guard/subscriber_filter.h"

namespace noroshi {
namespace {

using for_test::drawn;
using for_test::drawn_true;
using for_test::GuardForTest;
using for_test::kRandomDay;
using for_test::kRandomNow;

/// What the policy says of a person and a purpose, worked out again from what the words mean.
struct Allowed {
  const Purpose* purpose = nullptr;
  FieldSet fields;
};

std::optional<Allowed> allowed_by(const Policy& policy, const Access& access,
                                  const std::string& purpose_used) {
  const auto* purpose = policy.find_purpose(purpose_used);
  if (purpose == nullptr) return std::nullopt;
  const bool has_role = std::ranges::any_of(access.who.roles, [&](const std::string& role) {
    return std::ranges::find(purpose->roles, role) != purpose->roles.end();
  });
  if (!has_role || (purpose->needs_case && access.case_id.empty())) return std::nullopt;
  if (purpose->hours && !purpose->hours->contains(std::chrono::minutes(0))) return std::nullopt;
  Allowed allowed{purpose, {}};
  const auto today = day_of(policy, from_unix_milliseconds(kRandomNow));
  std::size_t reached = 0;
  for (const auto& clearance : access.who.clearances)
    if (*clearance.last_day >= today)
      reached = std::max(reached, *policy.class_number(clearance.data_class) + 1);
  for (std::size_t at = 0; at < reached; ++at) allowed.fields |= policy.classes[at].fields;
  if (reached == 0) return std::nullopt;
  allowed.fields &= purpose->fields;
  return allowed;
}

/// A guard of a random policy, somebody who asks, and perhaps a case.
struct World {
  Policy policy = for_test::drawn_policy();
  std::vector<Prefix> subscribers = for_test::drawn_subscribers();
  CaseBounds scope = for_test::drawn_case();
  GuardForTest guard{policy, subscribers, scope};
  Access access{policy.person_of("p"), std::vector<std::string>{"x", "y", "z", ""}[drawn(4)],
                drawn_true(2) ? "C1" : ""};

  [[nodiscard]] bool in_case() const { return !access.case_id.empty(); }
};

bool within(const TimeWindow& inner, const TimeWindow& outer) {
  return inner.from >= outer.from && inner.to <= outer.to;
}

void check_terms(const World& world, const GrantTerms& terms, const Condition& asked_filter,
                 const TimeWindow& asked_window, const Condition& filter,
                 const TimeWindow& window) {
  const auto allowed = allowed_by(world.policy, world.access, terms.purpose);
  RC_ASSERT(allowed.has_value());
  RC_ASSERT(world.access.purpose.empty() || world.access.purpose == terms.purpose);
  RC_ASSERT(((fields_of(asked_filter) & ~allowed->fields).none()));
  RC_ASSERT(terms.hidden == ~allowed->fields);
  RC_ASSERT(terms.suppress_below == allowed->purpose->suppress_below);
  RC_ASSERT(terms.round_to == allowed->purpose->round_to);
  RC_ASSERT(terms.granularity == allowed->purpose->granularity);
  RC_ASSERT(within(window, asked_window));
  if (world.in_case()) RC_ASSERT(within(window, for_test::window_of(world.scope)));
  if (const auto days = allowed->purpose->retention_days; days > 0)
    RC_ASSERT(window.from >= kRandomNow - days * kRandomDay);

  // What it finds among stored rows is what was asked of them in clear, within the case.
  const auto clear = for_test::drawn_rows(40);
  const auto stored = for_test::pseudonymised(clear, world.subscribers);
  Evaluator narrowed(filter);
  Evaluator asked(asked_filter);
  Evaluator of_case(world.scope.filter);
  const auto found = narrowed.evaluate(stored);
  const auto meant = asked.evaluate(clear);
  const auto in_case = of_case.evaluate(clear);
  for (std::size_t i = 0; i < clear.size(); ++i) {
    const bool expected = meant[i] != 0 && (!world.in_case() || in_case[i] != 0);
    RC_ASSERT((found[i] != 0) == expected);
  }
  // A read is written down before it is permitted, and names nobody.
  const auto entry = world.guard.audit().back();
  RC_ASSERT(entry.grant == terms.id);
  RC_ASSERT(entry.who == "p");
}

/// A refusal is written down too, and no subscriber's address with it.
void check_refusal(const World& world, const Condition& filter) {
  const auto entry = world.guard.audit().back();
  RC_ASSERT(entry.kind == "refused");
  RC_ASSERT(entry.grant.empty());
  const SubscriberFilter subscribers(world.subscribers);
  RC_ASSERT(subscribers.narrowed(subscribers.without_subscribers(filter)).has_value());
}

RC_GTEST_PROP(GrantProperty, GroupsAreWithinThePolicy, ()) {
  World world;
  GroupQuestion question;
  question.filter = for_test::drawn_filter();
  question.window = for_test::drawn_window();
  question.keys = for_test::drawn_keys();
  const auto granted = world.guard.guard().permit(world.access, question);
  if (!granted) return check_refusal(world, question.filter);
  RC_TAG("granted");
  const auto& narrowed = granted->question();
  check_terms(world, granted->terms(), question.filter, question.window, narrowed.filter,
              narrowed.window);
  RC_ASSERT(narrowed.keys == question.keys);
  for (const auto& key : narrowed.keys) {
    RC_ASSERT((fields_of(key.element) & granted->terms().hidden).none());
    if (granted->terms().granularity == Granularity::kCounts)
      RC_ASSERT(!is_address(key.element) || key.element == Element::kExporter);
  }
}

RC_GTEST_PROP(GrantProperty, SeriesAreWithinThePolicy, ()) {
  World world;
  SeriesQuestion question;
  question.filter = for_test::drawn_filter();
  question.window = for_test::drawn_window();
  if (const auto keys = for_test::drawn_keys(); !keys.empty()) question.split = keys.front();
  const auto granted = world.guard.guard().permit(world.access, question);
  if (!granted) return check_refusal(world, question.filter);
  const auto& narrowed = granted->question();
  check_terms(world, granted->terms(), question.filter, question.window, narrowed.filter,
              narrowed.window);
  if (narrowed.split) {
    RC_ASSERT((fields_of(narrowed.split->element) & granted->terms().hidden).none());
    if (granted->terms().granularity == Granularity::kCounts)
      RC_ASSERT(!is_address(narrowed.split->element) ||
                narrowed.split->element == Element::kExporter);
  }
}

RC_GTEST_PROP(GrantProperty, RowsAreWithinThePolicy, ()) {
  World world;
  RowsQuestion question{for_test::drawn_filter(), for_test::drawn_window(), 0};
  const auto use = drawn_true(2) ? RowsUse::kExport : RowsUse::kShow;
  const auto granted = world.guard.guard().permit(world.access, question, use);
  if (!granted) return check_refusal(world, question.filter);
  const auto& narrowed = granted->question();
  check_terms(world, granted->terms(), question.filter, question.window, narrowed.filter,
              narrowed.window);
  RC_ASSERT(granted->terms().granularity != Granularity::kCounts);
  RC_ASSERT(use == RowsUse::kShow || world.policy.find_purpose(granted->terms().purpose)->exports);
  RC_ASSERT(world.guard.audit().back().kind == (use == RowsUse::kExport ? "export" : "read"));
}

RC_GTEST_PROP(GrantProperty, TrendsAreWithinThePolicy, ()) {
  World world;
  TrendSeriesQuestion question;
  question.split =
      static_cast<TrendSplit>(drawn(static_cast<std::uint64_t>(TrendSplit::kExporter) + 1));
  question.window = for_test::drawn_window();
  question.step = 60'000 * (1 + drawn(3'000));
  if (drawn_true(2)) question.exporters = {for_test::drawn_prefix()};
  const auto granted = world.guard.guard().permit(world.access, question);
  if (!granted) {
    RC_ASSERT(world.guard.audit().back().kind == "refused");
    return;
  }
  RC_TAG("granted");
  const auto& narrowed = granted->question();
  const auto& terms = granted->terms();
  const auto allowed = allowed_by(world.policy, world.access, terms.purpose);
  RC_ASSERT(allowed.has_value());
  RC_ASSERT(allowed->purpose->reads(GuardedTable::kRollups));
  RC_ASSERT(!allowed->purpose->suppresses());
  RC_ASSERT((fields_of(narrowed.split) & ~allowed->fields).none());
  if (!narrowed.exporters.empty()) RC_ASSERT((*parse_fields("exporter") & ~allowed->fields).none());
  RC_ASSERT(terms.round_to == allowed->purpose->round_to);
  RC_ASSERT(narrowed.exporters == question.exporters);
  // Whole steps of what was asked for, and none of which a part is out of bounds.
  const auto& window = narrowed.window;
  RC_ASSERT(window.from < window.to);
  RC_ASSERT(window.from % question.step == 0);
  RC_ASSERT(window.to % question.step == 0 || window.to == UINT64_MAX);
  RC_ASSERT(window.from + question.step > question.window.from);
  RC_ASSERT(window.to == UINT64_MAX || window.to - question.step < question.window.to);
  if (const auto days = allowed->purpose->retention_days; days > 0)
    RC_ASSERT(window.from >= kRandomNow - days * kRandomDay);
  if (world.in_case()) {
    RC_ASSERT(world.scope.filter == Condition{Everything{}});
    RC_ASSERT(for_test::window_of(world.scope).from <= window.from);
    RC_ASSERT(for_test::window_of(world.scope).to >= window.to);
  }
}

RC_GTEST_PROP(GrantProperty, ContactsAreReadWholeOrNotAtAll, ()) {
  World world;
  const ContactsQuestion question{(kRandomNow - drawn(8 * kRandomDay)) / 3'600'000};
  const auto granted = world.guard.guard().permit(world.access, question);
  if (!granted) return;
  const auto& terms = granted->terms();
  const auto allowed = allowed_by(world.policy, world.access, terms.purpose);
  RC_ASSERT(allowed.has_value());
  RC_ASSERT(allowed->purpose->reads(GuardedTable::kContacts));
  RC_ASSERT(allowed->purpose->granularity != Granularity::kCounts);
  RC_ASSERT((*parse_fields("addresses") & ~allowed->fields).none());
  if (const auto days = allowed->purpose->retention_days; days > 0)
    RC_ASSERT(question.hour * 3'600'000 >= kRandomNow - days * kRandomDay);
  if (world.in_case()) {
    RC_ASSERT(world.scope.filter == Condition{Everything{}});
    RC_ASSERT(for_test::window_of(world.scope).from <= question.hour * 3'600'000);
    RC_ASSERT(for_test::window_of(world.scope).to >= (question.hour + 1) * 3'600'000);
  }
}

}  // namespace
}  // namespace noroshi
