#include "guard/filing/filing.h"

#include <gmock/gmock.h>

#include "guard/filing/check.h"
#include "guard/filing/filing_for_test.h"
#include "guard/filing/form.h"
#include "guard/filing/questions.h"

namespace noroshi {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> codes_of(const std::vector<FilingFault>& faults) {
  std::vector<std::string> codes;
  for (const auto& fault : faults) {
    codes.emplace_back(fault.code);
    EXPECT_FALSE(fault.text.en.empty());
    EXPECT_FALSE(fault.text.ja.empty());
  }
  return codes;
}

TEST(Filing, IsReadBackAsItWasPrinted) {
  auto filing = whole_filing();
  filing.necessity = "a \"quoted\" \\ word\nand a second line\tand \x01";
  filing.stop_when = {3, std::nullopt, 100'000};
  const auto again = parse_filing(print_filing(filing), "filing.toml");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(*again, filing);
}

TEST(Filing, NamesTheLineOfAKeyThatDoesNotExist) {
  const auto filing = parse_filing("purpose = \"x\"\nnecesity = \"y\"\n", "filing.toml");
  ASSERT_FALSE(filing);
  EXPECT_THAT(filing.error().message, HasSubstr("filing.toml:2: necesity"));
}

TEST(Filing, RefusesMomentsThatMove) {
  for (const auto* text : {"now", "now+2h", "-2h", "tomorrow", ""})
    EXPECT_FALSE(parse_filing_moment(text)) << text;
  EXPECT_EQ(to_rfc3339(parse_filing_moment("2026-12-01T00:00+09:00").value()),
            "2026-11-30T15:00:00.000Z");
}

TEST(Filing, RefusesTextsWithoutEnd) {
  EXPECT_FALSE(parse_filing("means = \"" + std::string(kMostFilingText + 1, 'x') + "\"", "f"));
  EXPECT_FALSE(parse_filing(std::string(kMostFilingOctets + 1, '#'), "f"));
  EXPECT_FALSE(parse_filing("[stop_when]\nunused_days = 0\n", "f"));
}

TEST(Filing, AllowsActsInOperationAlone) {
  auto filing = whole_filing();
  filing.mode = Filing::Mode::kTrial;
  EXPECT_FALSE(filing.acts_allowed());
  filing.mode = std::nullopt;
  EXPECT_FALSE(filing.acts_allowed());
  filing.mode = Filing::Mode::kOperation;
  EXPECT_TRUE(filing.acts_allowed());
}

TEST(FilingTemplate, IsAnEmptyFilingWithEveryQuestion) {
  const auto filing = parse_filing(filing_template(), "template");
  ASSERT_TRUE(filing) << filing.error().message;
  EXPECT_EQ(*filing, Filing());
  for (const auto& question : filing_questions()) {
    EXPECT_THAT(filing_template(), HasSubstr(question.question.ja));
    EXPECT_THAT(filing_template(), HasSubstr(question.why.en));
  }
}

TEST(DemoFiling, IsATrialOnLoopback) {
  const auto filing = parse_filing(demo_filing(), "demo");
  ASSERT_TRUE(filing) << filing.error().message;
  EXPECT_FALSE(filing->acts_allowed());
  const auto address = [](const char* text) { return IpAddress::parse(text).value(); };
  EXPECT_THAT(beyond_loopback({address("127.0.0.1"), address("127.9.9.9"), address("::1")}),
              IsEmpty());
  EXPECT_THAT(codes_of(beyond_loopback({address("127.0.0.1"), address("::"), address("0.0.0.0"),
                                        address("192.0.2.1"), address("~127.0.0.1")})),
              ElementsAre("demo_beyond_loopback", "demo_beyond_loopback", "demo_beyond_loopback",
                          "demo_beyond_loopback"));
}

TEST(FilingFaults, AreNoneOfAWholeFiling) {
  EXPECT_THAT(codes_of(faults_of(whole_filing(), rules_for_test(), kFilingNow)), IsEmpty());
}

TEST(FilingFaults, NameEveryAnswerThatIsMissing) {
  EXPECT_THAT(codes_of(faults_of(Filing(), rules_for_test(), kFilingNow)),
              ElementsAre("purpose_missing", "purpose_in_words_missing", "necessity_missing",
                          "means_missing", "checking_missing", "stop_criteria_missing",
                          "responsible_missing", "mode_missing", "from_missing", "until_missing"));
  auto blank = whole_filing();
  blank.means = " \n\t";
  EXPECT_THAT(codes_of(faults_of(blank, rules_for_test(), kFilingNow)),
              ElementsAre("means_missing"));
}

TEST(FilingFaults, HoldAFilingAgainstThePolicyAndTheClock) {
  const auto rules = rules_for_test();
  const auto codes = [&](const Filing& filing, Timestamp now) {
    return codes_of(faults_of(filing, rules, now));
  };
  auto filing = whole_filing();
  filing.purpose = "curiosity";
  EXPECT_THAT(codes(filing, kFilingNow), ElementsAre("purpose_unknown"));
  filing = whole_filing();
  filing.responsible = "nobody";
  EXPECT_THAT(codes(filing, kFilingNow), ElementsAre("responsible_unknown"));
  filing.responsible = "uncleared";
  EXPECT_THAT(codes(filing, kFilingNow), ElementsAre("clearance_missing"));
  filing.responsible = "expired";
  EXPECT_THAT(codes(filing, kFilingNow), ElementsAre("clearance_expired"));
  filing = whole_filing();
  EXPECT_THAT(codes(filing, *filing.from - std::chrono::milliseconds(1)),
              ElementsAre("period_not_begun"));
  EXPECT_THAT(codes(filing, *filing.from), IsEmpty());
  EXPECT_THAT(codes(filing, *filing.until - std::chrono::milliseconds(1)), IsEmpty());
  EXPECT_THAT(codes(filing, *filing.until), ElementsAre("period_over"));
  std::swap(filing.from, filing.until);
  EXPECT_THAT(codes(filing, kFilingNow), ElementsAre("period_empty"));
}

TEST(StopCriteria, AreReachedJustBeyondWhatWasFiled) {
  auto filing = whole_filing();
  filing.stop_when = {2, 30, 1000};
  const auto filed = kFilingNow;
  const auto reached = [&](const FilingMeasures& measures, Timestamp now) {
    const auto fault = stop_reached(filing, filed, measures, now);
    return fault ? std::string(fault->code) : std::string();
  };
  const auto later = filed + std::chrono::days(30);
  EXPECT_EQ(reached({1000, 2, std::nullopt}, later), "");
  EXPECT_EQ(reached({1001, 2, std::nullopt}, filed), "most_flows_a_second");
  EXPECT_EQ(reached({0, 3, std::nullopt}, filed), "most_reveals_a_day");
  EXPECT_EQ(reached({}, later + std::chrono::milliseconds(1)), "unused_days");
  EXPECT_EQ(reached({0, 0, filed + std::chrono::days(1)}, later + std::chrono::milliseconds(1)),
            "");
  filing.stop_when = {};
  EXPECT_EQ(reached({1e9, 1000, std::nullopt}, filed + std::chrono::days(3650)), "");
}

/// A person who types these lines.
class Typist {
 public:
  explicit Typist(std::vector<std::string> lines) : lines_(std::move(lines)) {}

  FilingForm::Dependencies dependencies() {
    return {[this](std::string_view text) { seen += text; },
            [this]() -> std::optional<std::string> {
              if (at_ == lines_.size()) return std::nullopt;
              return lines_[at_++];
            },
            [this](const Filing& draft) { kept = draft; }};
  }

  std::string seen;
  Filing kept;

 private:
  std::vector<std::string> lines_;
  std::size_t at_ = 0;
};

const std::vector<std::string> kAnswers{
    "c2-detection", "words", "necessity",  "means",      "checking", "one", "two", "",
    "hanako",       "trial", "2026-11-01", "2027-01-01", "",         "30",  ""};

TEST(FilingForm, MakesAFilingOfTheAnswers) {
  auto lines = kAnswers;
  lines.emplace_back("y");
  Typist typist(lines);
  const auto filing = FilingForm(Language::kEnglish, typist.dependencies()).ask({});
  ASSERT_TRUE(filing);
  EXPECT_EQ(filing->stop_criteria, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(filing->stop_when.unused_days, 30U);
  EXPECT_FALSE(filing->stop_when.most_reveals_a_day);
  EXPECT_THAT(codes_of(faults_of(*filing, rules_for_test(), kFilingNow)), IsEmpty());
  EXPECT_EQ(typist.kept, *filing);
}

TEST(FilingForm, FilesNothingThatIsNotConfirmed) {
  auto lines = kAnswers;
  lines.emplace_back("");
  Typist typist(lines);
  EXPECT_FALSE(FilingForm(Language::kJapanese, typist.dependencies()).ask({}));
  EXPECT_THAT(typist.seen, HasSubstr("届け出ますか"));
}

TEST(FilingForm, KeepsTheAnswersOfAPersonWhoLeavesOff) {
  Typist first({"c2-detection", "words"});
  EXPECT_FALSE(FilingForm(Language::kEnglish, first.dependencies()).ask({}));
  EXPECT_EQ(first.kept.purpose_in_words, "words");
  std::vector<std::string> lines(kAnswers.begin() + 2, kAnswers.end());
  lines.insert(lines.begin(), {"", ""});
  lines.emplace_back("yes");
  Typist second(lines);
  const auto filing = FilingForm(Language::kEnglish, second.dependencies()).ask(first.kept);
  ASSERT_TRUE(filing);
  EXPECT_EQ(filing->purpose, "c2-detection");
  EXPECT_THAT(second.seen, HasSubstr("[words]"));
}

TEST(FilingForm, ExplainsWhatCannotBeAndAsksAgain) {
  std::vector<std::string> lines{"", "-"};
  lines.insert(lines.end(), kAnswers.begin(), kAnswers.end());
  const auto mode = std::ranges::find(lines, "trial");
  lines.insert(mode, "perhaps");
  lines.emplace_back("y");
  Typist typist(lines);
  EXPECT_TRUE(FilingForm(Language::kEnglish, typist.dependencies()).ask({}));
  EXPECT_THAT(typist.seen, HasSubstr("This one is needed"));
  EXPECT_THAT(typist.seen, HasSubstr("'perhaps' is neither trial nor operation"));
}

}  // namespace
}  // namespace noroshi
