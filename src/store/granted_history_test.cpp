// What a grant does not allow is not in the answer: the SQL of suppression, rounding and hidden
// columns on a real engine, against the same counted row by row here.

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "filter/evaluate.h"
#include "guard/random_policies_for_test.h"
#include "store/embedded/engine_for_test.h"
#include "store/history.h"

namespace noroshi {
namespace {

using for_test::GuardForTest;
using for_test::WithEngine;
using testing::IsEmpty;

constexpr std::uint64_t kHour = 3'600'000;
constexpr std::uint64_t kStart = 498'000 * kHour;

/// A line's pseudonym: IPv4, or one of several devices of an IPv6 line, global or unique local.
IpAddress line(std::uint32_t number, std::uint32_t device) {
  if (number % 3 == 0) return IpAddress::from_v4(0xc6336400 + number).marked();
  auto bytes = IpAddress::parse(number % 3 == 1 ? "2001:db8:100::" : "fd00:db8:100::")->bytes();
  bytes[7] = static_cast<std::byte>(number);
  bytes[15] = static_cast<std::byte>(device);
  return IpAddress::from_bytes(bytes).marked();
}

/// Traffic between lines and servers, few lines on most ports.
FlowBatch traffic(std::size_t count) {
  std::mt19937_64 random(11);
  const auto below = [&](std::uint64_t limit) {
    return static_cast<std::uint32_t>(random() % limit);
  };
  FlowBatch rows(count);
  rows.append(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto port = below(9);
    const auto inside = line(below(1 + port * 2), below(3));
    const auto outside = IpAddress::from_v4(0xcb007100 + below(20));
    const auto kind = below(10);
    rows.mutable_source_address()[i] = kind == 0 ? outside : inside;
    rows.mutable_destination_address()[i] = kind == 1 ? line(below(40), 0) : outside;
    rows.mutable_destination_port()[i] = static_cast<std::uint16_t>(port);
    rows.mutable_source_port()[i] = static_cast<std::uint16_t>(below(60'000));
    rows.mutable_protocol()[i] = 6;
    rows.mutable_packets()[i] = 1 + below(50);
    rows.mutable_bytes()[i] = rows.packets()[i] * 60;
    rows.mutable_last()[i] = kStart + below(kHour);
    rows.mutable_first()[i] = rows.last()[i] - below(1000);
    rows.mutable_received()[i] = rows.last()[i];
    rows.mutable_sampling_rate()[i] = 1;
    rows.mutable_exporter()[i] = IpAddress::from_v4(0xc0000201);
    rows.mutable_next_hop()[i] = outside;
  }
  return rows;
}

/// The line of an address as suppression counts it; nothing for what is no pseudonym.
std::string line_of(const IpAddress& address) {
  if (!address.is_pseudonym()) return {};
  const auto text = address.to_string();
  if (address.is_of_v4()) return text;
  std::string key;
  for (std::size_t at = 0; at < 8; ++at)
    key += static_cast<char>(std::to_integer<unsigned char>(address.bytes()[at]));
  return key;
}

struct Group {
  std::set<std::string> lines;
  std::uint64_t flows = 0;
  std::uint64_t bytes = 0;
};

Policy suppressing(std::uint32_t below, std::uint32_t round_to) {
  auto policy = GuardForTest::permissive();
  auto& purpose = policy.purposes.front();
  purpose.granularity = Granularity::kCounts;
  purpose.suppress_below = below;
  purpose.round_to = round_to;
  return policy;
}

class GrantedHistory : public WithEngine {
 protected:
  void SetUp() override {
    WithEngine::SetUp();
    if (IsSkipped()) return;
    history_ = open_history();
    const auto inserted = history_->insert(0, 1, rows_);
    ASSERT_TRUE(inserted) << inserted.error().message;
  }

  /// Groups by destination port, and by the minute where `step` is not 0.
  [[nodiscard]] std::map<std::pair<std::uint64_t, std::uint64_t>, Group> groups(
      std::uint64_t step) const {
    std::map<std::pair<std::uint64_t, std::uint64_t>, Group> groups;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      auto& group =
          groups[{step == 0 ? 0 : rows_.last()[i] / step * step, rows_.destination_port()[i]}];
      for (const auto& address : {rows_.source_address()[i], rows_.destination_address()[i]})
        if (const auto key = line_of(address); !key.empty()) group.lines.insert(key);
      ++group.flows;
      group.bytes += rows_.bytes()[i];
    }
    return groups;
  }

  FlowBatch rows_ = traffic(3'000);
  std::unique_ptr<History> history_;
};

TEST_F(GrantedHistory, LeavesOutGroupsOfTooFewLines) {
  for (const std::uint32_t below : {2u, 5u, 9u, 12u, 100u}) {
    GuardForTest guard(suppressing(below, 0));
    GroupQuestion question;
    question.keys = {{.element = Element::kDestinationPort}};
    question.limit = 0;
    const auto answer = history_->ask(guard.grant(question));
    ASSERT_TRUE(answer) << answer.error().message;
    std::map<std::uint64_t, std::uint64_t> expected;
    std::uint64_t total = 0;
    for (const auto& [key, group] : groups(0)) {
      if (group.lines.size() < below) continue;
      expected[key.second] = group.bytes;
      total += group.bytes;
    }
    std::map<std::uint64_t, std::uint64_t> found;
    for (const auto& row : answer->rows)
      found[std::get<std::uint64_t>(row.key[0])] = row.tally.bytes;
    EXPECT_EQ(found, expected) << below;
    EXPECT_EQ(answer->total.bytes, total) << below;
    EXPECT_EQ(answer->groups, expected.size());
  }
}

TEST_F(GrantedHistory, LeavesOutATotalOfTooFewLines) {
  std::set<std::string> all;
  for (const auto& [key, group] : groups(0)) all.insert(group.lines.begin(), group.lines.end());
  const auto lines = static_cast<std::uint32_t>(all.size());
  GuardForTest enough(suppressing(lines, 0));
  const auto whole = history_->ask(enough.grant(GroupQuestion{}));
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_EQ(whole->total.flows, rows_.size());
  GuardForTest too_few(suppressing(lines + 1, 0));
  const auto answer = history_->ask(too_few.grant(GroupQuestion{}));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_THAT(answer->rows, IsEmpty());
  EXPECT_EQ(answer->total.flows, 0u);
}

TEST_F(GrantedHistory, LeavesOutStepsOfTooFewLines) {
  GuardForTest guard(suppressing(7, 0));
  SeriesQuestion question;
  question.step = 600'000;
  question.split = Key{.element = Element::kDestinationPort};
  question.limit = 100;
  const auto answer = history_->ask(guard.grant(question));
  ASSERT_TRUE(answer) << answer.error().message;
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t> expected;
  for (const auto& [key, group] : groups(question.step))
    if (group.lines.size() >= 7) expected[key] = group.flows;
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t> found;
  for (const auto& row : answer->rows) {
    ASSERT_EQ(row.key.size(), 2u);
    found[{std::get<std::uint64_t>(row.key[0]), std::get<std::uint64_t>(row.key[1])}] =
        row.tally.flows;
  }
  EXPECT_EQ(found, expected);
  EXPECT_FALSE(expected.empty());
  EXPECT_LT(expected.size(), groups(question.step).size());
}

TEST_F(GrantedHistory, RoundsWhatItCounts) {
  GuardForTest guard(suppressing(0, 100));
  GroupQuestion question;
  question.keys = {{.element = Element::kDestinationPort}};
  question.limit = 0;
  const auto answer = history_->ask(guard.grant(question));
  ASSERT_TRUE(answer) << answer.error().message;
  const auto exact = groups(0);
  ASSERT_EQ(answer->rows.size(), exact.size());
  for (const auto& row : answer->rows) {
    const auto& group = exact.at({0, std::get<std::uint64_t>(row.key[0])});
    EXPECT_EQ(row.tally.flows, (group.flows + 50) / 100 * 100);
    EXPECT_EQ(row.tally.bytes, (group.bytes + 50) / 100 * 100);
    EXPECT_EQ(row.tally.packets % 100, 0u);
    EXPECT_EQ(static_cast<std::uint64_t>(row.tally.estimated_bytes) % 100, 0u);
    EXPECT_EQ(row.tally.first % 60'000, 0u);
    EXPECT_EQ(row.tally.last % 60'000, 0u);
  }
  EXPECT_EQ(answer->total.flows % 100, 0u);
}

TEST_F(GrantedHistory, ReadsNoColumnThatIsHidden) {
  auto policy = GuardForTest::permissive();
  policy.purposes.front().fields =
      fields_of_every_answer() | *parse_fields("ports") | *parse_fields("exporters");
  GuardForTest guard(policy);
  std::size_t count = 0;
  const auto done = history_->read(guard.grant(RowsQuestion{}), [&](const FlowBatch& read) {
    count += read.size();
    for (std::size_t i = 0; i < read.size(); ++i) {
      EXPECT_TRUE(read.source_address()[i].is_none());
      EXPECT_TRUE(read.destination_address()[i].is_none());
      EXPECT_TRUE(read.next_hop()[i].is_none());
      EXPECT_EQ(read.protocol()[i], 0u);
      EXPECT_EQ(read.exporter()[i], IpAddress::from_v4(0xc0000201));
      EXPECT_GT(read.packets()[i], 0u);
      EXPECT_GE(read.first()[i], kStart - 1000);
    }
    return Status{};
  });
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(count, rows_.size());
}

TEST_F(GrantedHistory, ACaseBoundsRowsByAColumnThatIsHidden) {
  auto policy = GuardForTest::permissive();
  policy.purposes.front().fields = fields_of_every_answer();
  const CaseBounds of_port_3{Timestamp{},
                             from_unix_milliseconds(kStart + kHour),
                             {NumberIs{Number::kDestinationPort, Comparison::kEqual, 3}}};
  GuardForTest guard(policy, {}, of_port_3);
  auto access = GuardForTest::access();
  access.case_id = "C1";
  auto granted = guard.guard().permit(access, RowsQuestion{}, RowsUse::kShow);
  ASSERT_TRUE(granted) << granted.error().message;
  std::size_t count = 0;
  const auto done = history_->read(std::move(*granted), [&](const FlowBatch& read) {
    count += read.size();
    EXPECT_TRUE(std::ranges::all_of(read.destination_port(), [](auto port) { return port == 0; }));
    return Status{};
  });
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(count, static_cast<std::size_t>(std::ranges::count(rows_.destination_port(), 3)));
}

/// The rows that a policy lets somebody see of what was asked, worked out from the policy and not
/// from the narrowed question.
std::vector<std::size_t> rows_within(const FlowBatch& clear, const Condition& filter,
                                     const TimeWindow& window, const Purpose& purpose,
                                     const CaseBounds* scope) {
  Evaluator asked(filter);
  const auto meant = asked.evaluate(clear);
  Evaluator of_case(scope == nullptr ? Condition{Everything{}} : scope->filter);
  const auto in_case = of_case.evaluate(clear);
  const auto oldest = purpose.retention_days == 0
                          ? 0
                          : for_test::kRandomNow - purpose.retention_days * for_test::kRandomDay;
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < clear.size(); ++i) {
    const auto last = clear.last()[i];
    const auto in = [last](const TimeWindow& time) { return last >= time.from && last < time.to; };
    if (meant[i] != 0 && in_case[i] != 0 && in(window) && last >= oldest &&
        (scope == nullptr || in(for_test::window_of(*scope))))
      rows.push_back(i);
  }
  return rows;
}

std::uint64_t value_of(const FlowBatch& rows, std::size_t row, Element element) {
  switch (element) {
    case Element::kDestinationPort:
      return rows.destination_port()[row];
    case Element::kProtocol:
      return rows.protocol()[row];
    case Element::kVlan:
      return rows.vlan()[row];
    default:
      return rows.source_as()[row];
  }
}

class AnyPolicy : public WithEngine {
 protected:
  /// Drawn and stored once, in the first case of a property.
  void store_rows() {
    if (history_ != nullptr) return;
    history_ = open_history();
    clear_ = for_test::drawn_rows(300);
    stored_ = for_test::pseudonymised(clear_, subscribers_);
    std::map<std::uint64_t, FlowBatch> hours;
    for (std::size_t i = 0; i < stored_.size(); ++i)
      hours[History::hour_of(stored_.last()[i])].append_row(stored_, i);
    BatchId batch = 0;
    for (const auto& [hour, rows] : hours)
      RC_ASSERT(history_->insert(0, ++batch, rows).has_value());
  }

  std::vector<Prefix> subscribers_{*Prefix::parse("198.51.100.0/24"),
                                   *Prefix::parse("2001:db8:100::/40")};
  std::unique_ptr<History> history_;
  FlowBatch clear_;
  FlowBatch stored_;
};

TEST_F(AnyPolicy, GivesSumsOfNoMoreThanItAllows) {
  std::size_t answered = 0;
  rc::check([&] {
    store_rows();
    const auto policy = for_test::drawn_policy();
    const auto scope = for_test::drawn_case();
    GuardForTest guard(policy, subscribers_, scope);
    const Access access{policy.person_of("p"),
                        std::vector<std::string>{"x", "y", "z"}[for_test::drawn(3)],
                        for_test::drawn_true(2) ? "C1" : ""};
    GroupQuestion question;
    question.filter = for_test::drawn_filter(1);
    question.window = for_test::drawn_window();
    const auto element =
        std::vector<Element>{Element::kDestinationPort, Element::kProtocol, Element::kVlan,
                             Element::kSourceAs}[for_test::drawn(4)];
    question.keys = {{.element = element}};
    question.limit = 0;
    auto granted = guard.guard().permit(access, question);
    if (!granted) return;
    ++answered;
    const auto& purpose = *policy.find_purpose(granted->terms().purpose);
    std::map<std::uint64_t, Group> allowed;
    for (const auto row : rows_within(clear_, question.filter, question.window, purpose,
                                      access.case_id.empty() ? nullptr : &scope)) {
      auto& group = allowed[value_of(clear_, row, element)];
      for (const auto& address :
           {stored_.source_address()[row], stored_.destination_address()[row]})
        if (const auto key = line_of(address); !key.empty()) group.lines.insert(key);
      ++group.flows;
      group.bytes += clear_.bytes()[row];
    }
    if (purpose.suppresses())
      std::erase_if(allowed, [&](const auto& each) {
        return each.second.lines.size() < purpose.suppress_below;
      });
    const auto answer = history_->ask(std::move(*granted));
    if (!answer) RC_FAIL(answer.error().message);
    RC_ASSERT(answer->rows.size() == allowed.size());
    const auto unit = std::max<std::uint64_t>(purpose.round_to, 1);
    for (const auto& row : answer->rows) {
      const auto& group = allowed.at(std::get<std::uint64_t>(row.key[0]));
      RC_ASSERT(row.tally.flows == (group.flows + unit / 2) / unit * unit);
      RC_ASSERT(row.tally.bytes == (group.bytes + unit / 2) / unit * unit);
    }
  });
  EXPECT_GT(answered, 0u);
}

TEST_F(AnyPolicy, GivesNoRowsAndNoColumnsBeyondWhatItAllows) {
  std::size_t answered = 0;
  rc::check([&] {
    store_rows();
    const auto policy = for_test::drawn_policy();
    const auto scope = for_test::drawn_case();
    GuardForTest guard(policy, subscribers_, scope);
    const Access access{policy.person_of("p"),
                        std::vector<std::string>{"x", "y", "z"}[for_test::drawn(3)],
                        for_test::drawn_true(2) ? "C1" : ""};
    const RowsQuestion question{for_test::drawn_filter(1), for_test::drawn_window(), 0};
    auto granted = guard.guard().permit(access, question, RowsUse::kShow);
    if (!granted) return;
    ++answered;
    const auto hidden = granted->terms().hidden;
    const auto& purpose = *policy.find_purpose(granted->terms().purpose);
    RC_ASSERT((~purpose.fields & ~hidden).none());
    const auto allowed = rows_within(clear_, question.filter, question.window, purpose,
                                     access.case_id.empty() ? nullptr : &scope);
    std::multiset<std::uint64_t> expected;
    for (const auto row : allowed) expected.insert(clear_.last()[row]);
    std::multiset<std::uint64_t> found;
    const auto done = history_->read(std::move(*granted), [&](const FlowBatch& read) {
      found.insert(read.last().begin(), read.last().end());
      std::size_t field = 0;
      read.for_each_field([&](std::string_view, const auto& values) {
        const auto bytes = std::as_bytes(values);
        if (hidden.test(field++))
          RC_ASSERT(
              std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte{0}; }));
      });
      return Status{};
    });
    if (!done) RC_FAIL(done.error().message);
    RC_ASSERT(found == expected);
  });
  EXPECT_GT(answered, 0u);
}

}  // namespace
}  // namespace noroshi
