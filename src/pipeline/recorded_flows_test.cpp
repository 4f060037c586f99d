#include "pipeline/recorded_flows.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "filter/parse.h"
#include "record/flow_csv.h"

namespace noroshi {
namespace {

/// A recording of flows by destination port, one second apart, the latest first.
class RecordedFlowsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    file_ = (std::filesystem::path(::testing::TempDir()) /
             (std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()) +
              std::to_string(::testing::UnitTest::GetInstance()->random_seed()) + ".csv"))
                .string();
    FlowBatch batch(3);
    batch.append(3);
    for (std::size_t row = 0; row < 3; ++row) {
      batch.mutable_first()[row] = 9'000 - row * 1'000;
      batch.mutable_last()[row] = 9'500 - row * 1'000;
      batch.mutable_source_address()[row] = IpAddress::from_v4(0xc0000201);
      batch.mutable_destination_address()[row] = IpAddress::from_v4(0xc6336401);
      batch.mutable_destination_port()[row] = static_cast<std::uint16_t>(80 + row);
      batch.mutable_protocol()[row] = 6;
      batch.mutable_packets()[row] = 1;
      batch.mutable_bytes()[row] = 100 + row;
    }
    batch.mutable_kind()[2] = static_cast<std::uint8_t>(FlowKind::kEvent);
    std::string text;
    write_csv_header(text);
    write_csv(batch, text);
    std::ofstream(file_, std::ios::binary) << text;
  }
  void TearDown() override { std::filesystem::remove(file_); }

  [[nodiscard]] static Condition filter(std::string_view text) {
    return parse_filter(text, {}, Timestamp()).value();
  }
  [[nodiscard]] RecordedFlows flows(RecordedFlows::Dependencies dependencies = {}) const {
    return RecordedFlows({.files = {file_}}, std::move(dependencies));
  }

  std::string file_;
};

TEST_F(RecordedFlowsTest, AnswersQuestionsOfDifferentRowsInOnePass) {
  int opened = 0;
  auto recorded =
      flows({.enrich = {}, .on_read = {}, .on_end = [&](const std::string&, const Recording&) {
               ++opened;
             }});
  std::vector<GroupQuestion> questions(3);
  questions[1].filter = filter("dst port 80");
  questions[2].window = {.from = 0, .to = 9'000};
  const auto answers = recorded.ask(questions);
  ASSERT_TRUE(answers.has_value());
  EXPECT_EQ((*answers)[0].total.flows, 2u);  // an event is no traffic
  EXPECT_EQ((*answers)[1].total.bytes, 100u);
  EXPECT_EQ((*answers)[2].total.bytes, 101u);
  EXPECT_EQ(opened, 1);
}

TEST_F(RecordedFlowsTest, ListsRowsByTimeAndEventsToo) {
  auto recorded = flows();
  std::vector<std::uint16_t> ports;
  const auto read = recorded.read({}, [&](const FlowBatch& batch) -> Status {
    for (const auto port : batch.destination_port()) ports.push_back(port);
    return {};
  });
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(ports, (std::vector<std::uint16_t>{82, 81, 80}));
}

TEST_F(RecordedFlowsTest, EnrichmentComesBeforeTheFilter) {
  auto recorded = flows({.enrich =
                             [](FlowBatch& batch) {
                               for (auto& as : batch.mutable_source_as()) as = 64'500;
                             },
                         .on_read = {},
                         .on_end = {}});
  SeriesQuestion question;
  question.filter = filter("src as 64500");
  const auto answer = recorded.ask(question);
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->total.flows, 2u);
}

TEST_F(RecordedFlowsTest, AFileThatIsMissingIsNamedAndTheOthersAnswer) {
  RecordedFlows recorded({.files = {file_ + ".missing", file_}}, {});
  const auto answers = recorded.ask(std::vector<GroupQuestion>(1));
  ASSERT_TRUE(answers.has_value());
  EXPECT_EQ((*answers)[0].total.flows, 2u);
  ASSERT_EQ(recorded.failures().size(), 1u);
  EXPECT_NE(recorded.failures()[0].message.find(".missing"), std::string::npos);
}

TEST_F(RecordedFlowsTest, ASeriesWithoutAStepIsRefused) {
  auto recorded = flows();
  SeriesQuestion question;
  question.step = 0;
  const auto answer = recorded.ask(question);
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace noroshi
