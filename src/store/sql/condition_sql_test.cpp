#include "store/sql/condition_sql.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/byte_reader.h"
#include "filter/conditions_for_test.h"
#include "filter/evaluate.h"
#include "store/embedded/engine_for_test.h"
#include "store/flow_columns.h"

namespace noroshi {

void showValue(const Condition& condition, std::ostream& out) { out << to_sql(condition).text(); }

namespace {

class Conditions : public for_test::WithEngine {
 protected:
  void SetUp() override {
    WithEngine::SetUp();
    if (!IsSkipped()) history_ = open_history();
  }

  void store(FlowBatch rows) {
    rows_ = std::move(rows);
    const auto inserted = history_->insert(0, 1, rows_);
    ASSERT_TRUE(inserted) << inserted.error().message;
  }

  /// The numbers of the rows for which SQL says yes.
  [[nodiscard]] Result<std::vector<std::uint32_t>> stored(const Condition& condition) {
    Statement sql;
    sql << "SELECT number FROM noroshi.flows WHERE " << to_sql(condition) << " ORDER BY number";
    const auto answer = TRY(engine().ask(sql.text()));
    ByteReader reader(answer);
    std::vector<std::uint32_t> numbers;
    while (!reader.at_end()) numbers.push_back(reader.read_u32_le());
    return numbers;
  }

  [[nodiscard]] std::vector<std::uint32_t> evaluated(const Condition& condition) const {
    Evaluator evaluator(condition);
    const auto passed = evaluator.evaluate(rows_);
    std::vector<std::uint32_t> numbers;
    for (std::uint32_t row = 0; row < passed.size(); ++row)
      if (passed[row] != 0) numbers.push_back(row);
    return numbers;
  }

  std::unique_ptr<History> history_;
  FlowBatch rows_;
};

/// Rows with the values that the conditions ask for, in one hour.
FlowBatch rows_of_one_hour() {
  FlowBatch rows;
  for (std::uint64_t seed = 0; seed < 40; ++seed)
    append_all(rows, for_test::batches()(rc::Random(seed)).value());
  for (auto& last : rows.mutable_last()) last %= 3'600'000;
  return rows;
}

TEST_F(Conditions, HoldInSqlForTheRowsForWhichTheyEvaluate) {
  store(rows_of_one_hour());
  std::size_t held = 0;
  EXPECT_TRUE(rc::check([&] {
    const auto condition = *for_test::conditions();
    const auto numbers = stored(condition);
    if (!numbers) RC_FAIL(numbers.error().message);
    RC_ASSERT(*numbers == evaluated(condition));
    held += numbers->size();
  }));
  EXPECT_GT(held, 100u);
}

TEST_F(Conditions, AsLargeAsAFilterMayBeAreAnswered) {
  store(rows_of_one_hour());
  Condition deep{NumberIs{Number::kProtocol, Comparison::kEqual, 6}};
  for (std::size_t level = 2; level < Condition::kDeepest; ++level) {
    if (level % 2 == 0)
      deep = Condition{NoneOf{{deep}}};
    else
      deep = Condition{AllOf{{deep, Condition{FamilyIs{}}}}};
  }
  AnyOf wide;
  for (std::uint64_t i = 0; i + 1 < Condition::kMostNodes; ++i)
    wide.parts.push_back({NumberIs{Number::kBytes, Comparison::kEqual, i}});
  AddressIn many{AddressColumn::kSource, {}};
  for (std::uint32_t i = 0; i < 20'000; ++i)
    many.prefixes.push_back(Prefix::parse(IpAddress::from_v4(0xc0000200 + i).to_string()).value());
  for (const auto& condition : {deep, Condition{wide}, Condition{many}}) {
    const auto numbers = stored(condition);
    ASSERT_TRUE(numbers) << numbers.error().message.substr(0, 300);
    EXPECT_EQ(*numbers, evaluated(condition));
  }
}

TEST(ConditionSql, IsMadeOfConstantsNumbersAndHexadecimalDigits) {
  const auto text = [](const Condition& condition) {
    return std::string(to_sql(condition).text());
  };
  EXPECT_EQ(text({NumberIs{Number::kDestinationPort, Comparison::kEqual, 23}}),
            "((destination_port = 23))");
  EXPECT_EQ(text({AddressIn{AddressColumn::kSource, {Prefix::parse("192.0.2.1").value()}}}),
            "((source_address IN (toFixedString(unhex('00000000000000000000ffffc0000201'), 16))))");
  EXPECT_EQ(text({AnyOf{}}), "((0))");
  EXPECT_EQ(text({NumberIn{Number::kProtocol, {}}}), "(0)");
}

}  // namespace
}  // namespace noroshi
