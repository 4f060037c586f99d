#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "learn/evaluation.h"
#include "learn/model_files.h"
#include "learn/report.h"

namespace noroshi {
namespace {

constexpr std::uint64_t kDay = 86'400'000;

/// Two networks, two days, so many seeds, three families that attack: what a model can learn is
/// that company, and each family has besides a size of packets of its own.
ExampleSet examples(std::uint64_t seeds) {
  ExampleSet set;
  std::mt19937_64 random(7);
  std::normal_distribution<float> noise(0, 1);
  for (std::uint64_t seed = 1; seed <= seeds; ++seed)
    for (const char* network : {"a", "b"})
      for (std::uint64_t day = 20'000; day < 20'002; ++day) {
        DayOfNetwork made{.network = network,
                          .seed = seed,
                          .source = "simulated",
                          .begin = day * kDay,
                          .end = (day + 1) * kDay,
                          .sampling = 100};
        for (std::uint32_t index = 0; index < 330; ++index) {
          EndpointDay server;
          server.server.address = IpAddress::from_v4(0xc612'0000 + index);
          const bool positive = index % 11 == 0;
          server.role = positive ? ServerRole::kCommand : ServerRole::kOrdinary;
          if (positive)
            server.family = made.text(std::string("family-") + std::to_string(index % 3));
          server.bots = 6;
          server.seen = index % 110 != 0;
          for (auto& value : server.features) value = noise(random);
          const auto set_feature = [&](ServerFeature feature, float value) {
            server.features[static_cast<std::size_t>(feature)] = value;
          };
          set_feature(ServerFeature::kServiceWeight, 0);
          set_feature(ServerFeature::kWeighed, -6.9F);
          set_feature(ServerFeature::kAttackersLift, noise(random) + (positive ? 3.0F : 0.0F));
          set_feature(ServerFeature::kBytesPerPacketUp,
                      positive ? 100.0F + static_cast<float>(server.family) : noise(random));
          server.baselines.fill(noise(random));
          if (positive) server.groups = {2, 2};
          made.servers.push_back(server);
        }
        set.days.push_back(std::move(made));
      }
  return set;
}

TEST(Folds, HaveNothingInCommonThatTheProtocolLeavesOut) {
  const auto set = examples(4);
  for (const auto protocol :
       {HoldOut::kTime, HoldOut::kLeaveFamilyOut, HoldOut::kLeaveNetworkOut}) {
    int folds = 0;
    const auto done = for_each_fold(set, protocol, [&](Fold&& fold, double) -> Status {
      ++folds;
      for (const auto* known : {&fold.training, &fold.calibration})
        for (const auto& row : *known) {
          EXPECT_NE(row.day->seed, fold.seed);
          if (protocol == HoldOut::kLeaveFamilyOut) {
            EXPECT_NE(row.day->family_of(*row.server), fold.left_out);
          } else if (protocol == HoldOut::kLeaveNetworkOut) {
            EXPECT_NE(row.day->network, fold.left_out);
          } else {
            EXPECT_LE(row.day->end, fold.test.front().day->begin);
          }
        }
      for (const auto& row : fold.test) EXPECT_EQ(row.day->seed, fold.seed);
      EXPECT_FALSE(fold.training.empty());
      EXPECT_FALSE(fold.calibration.empty());
      return {};
    });
    ASSERT_TRUE(done.has_value()) << done.error().message;
    const int parts = protocol == HoldOut::kTime ? 1 : protocol == HoldOut::kLeaveFamilyOut ? 3 : 2;
    EXPECT_EQ(folds, 4 * parts);
  }
}

TEST(Folds, NeedThreeSeeds) {
  const auto refused =
      for_each_fold(examples(2), HoldOut::kTime, [](Fold&&, double) -> Status { return {}; });
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
}

TEST(Evaluation, FindsWhatCanBeLearntAndCountsTheUnseenAsMissed) {
  const auto set = examples(3);
  const auto evaluation = evaluate(set, {.protocol = HoldOut::kTime});
  ASSERT_TRUE(evaluation.has_value()) << evaluation.error().message;
  const auto sum = by_sampling(*evaluation).at(100);
  EXPECT_EQ(sum.model.recall[0].all, 3u * 2 * 30);
  EXPECT_EQ(sum.unseen, 3u * 2 * 3);
  EXPECT_GT(sum.model.recall[0].share(), 0.7);
  EXPECT_LE(sum.model.recall[0].found, sum.model.recall[0].all - sum.unseen);
  EXPECT_LT(sum.calibration_error / static_cast<double>(sum.calibrated), 0.03);
  const auto& chance = sum.baselines[0];
  EXPECT_LT(chance.average_precision / static_cast<double>(chance.folds), 0.4);
}

TEST(Evaluation, ShuffledLabelsGiveChance) {
  const auto set = examples(3);
  const auto evaluation = evaluate(set, {.protocol = HoldOut::kTime, .ablations = true});
  ASSERT_TRUE(evaluation.has_value()) << evaluation.error().message;
  const auto area = [&](const char* name) {
    const auto& ranking = evaluation->ablations.at(name).at(100);
    return ranking.roc_area / static_cast<double>(ranking.folds);
  };
  // Unseen servers lie below all others, whatever is learnt: a tenth of those to be found.
  EXPECT_NEAR(area("shuffled"), 0.5 - 0.05, 0.1);
  EXPECT_GT(area("nothing"), 0.85);
}

TEST(Report, HoldsEverySeedAndEscapesWhatItQuotes) {
  auto set = examples(3);
  for (auto& day : set.days)
    if (day.network == "b") day.network = "<b>";
  const auto evaluation = evaluate(set, {.protocol = HoldOut::kLeaveNetworkOut}).value();
  const auto head = head_of(set);
  const auto markdown = report_markdown(evaluation, head);
  for (const char* seed : {"| 1 |", "| 2 |", "| 3 |"})
    EXPECT_NE(markdown.find(seed), std::string::npos);
  const auto html = report_html(evaluation, head);
  EXPECT_EQ(html.find("<b>"), std::string::npos);
  EXPECT_NE(html.find("<svg"), std::string::npos);
  EXPECT_EQ(html.find("http"), std::string::npos) << "needs no other file";
  EXPECT_NE(report_json(evaluation, head).find("\"average_precision\""), std::string::npos);
}

TEST(ModelFiles, AreTheSameOctetsAgainAndAreReadBack) {
  const auto set = examples(3);
  const TrainingOrder order{};
  const auto learnt = learnt_from_all(set, order).value();
  const ModelOrigin origin{.sources = sources_of(set), .licences = {}, .command = "train"};
  const auto files = model_files(learnt, origin).value();
  const auto again = model_files(learnt_from_all(set, order).value(), origin).value();
  EXPECT_EQ(files.booster, again.booster);
  EXPECT_EQ(files.description, again.description);
  EXPECT_EQ(files.card, again.card);
  EXPECT_EQ(files.card_json, again.card_json);

  const auto model = ServerModel::parse(files.description, files.booster);
  ASSERT_TRUE(model.has_value()) << model.error().message;
  const auto rows = rows_of(set);
  const auto before = log_ratios_of(learnt.model, rows).value();
  const auto after = log_ratios_of(*model, rows).value();
  for (std::size_t index = 0; index < rows.size(); ++index)
    EXPECT_NEAR(before[index], after[index], 1e-4);
  EXPECT_EQ(ServerModel::parse("{}", files.booster).error().code, ErrorCode::kMalformed);
}

TEST(ModelFiles, OfAServiceThatIsSuppressedSayLess) {
  const auto learnt = learnt_from_all(examples(3), TrainingOrder{}).value();
  ServerFeatures features{};
  const auto& description = learnt.model.description();
  const double usual = log_ratio_of(0, features, description);
  features[static_cast<std::size_t>(ServerFeature::kServiceWeight)] = 2;
  EXPECT_NEAR(usual - log_ratio_of(0, features, description), ServerModel::kHardService, 1e-9);
}

}  // namespace
}  // namespace noroshi
