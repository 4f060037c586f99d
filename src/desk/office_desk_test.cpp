#include "desk/office_desk.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "guard/office_for_test.h"

namespace noroshi {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;

class DeskOfOffice : public OfficeOfTest {
 protected:
  DeskOfOffice()
      : desk_({*office_,
               [](const std::string& account) {
                 return FilingKeeper::Filer{account, account == "root"};
               },
               [this] {
                 CollectionState state;
                 state.missing = office_->filing().missing({});
                 state.collecting = state.missing.empty();
                 const auto filed = office_->filing().in_force();
                 state.mode = filed ? filed->filing.mode : std::nullopt;
                 return state;
               },
               [this] { return now_; }}) {}

  Json answer(const std::string& account, std::string_view verb,
              const Json& body = Json::object()) {
    const auto answer = desk_.answer(verb, body.dump(), account);
    EXPECT_TRUE(answer) << verb << ": " << answer.error().message;
    return answer ? Json::parse(*answer) : Json();
  }
  Error refusal(const std::string& account, std::string_view verb,
                const Json& body = Json::object()) {
    const auto answer = desk_.answer(verb, body.dump(), account);
    EXPECT_FALSE(answer) << *answer;
    return answer ? Error() : answer.error();
  }
  [[nodiscard]] Json opening(bool hold = false) const {
    return {{"title", "a bot"},
            {"from", to_unix_milliseconds(now_ - std::chrono::hours(2))},
            {"to", to_unix_milliseconds(now_)},
            {"filter", "dst port 23"},
            {"hold", hold}};
  }

  OfficeDesk desk_;
};

TEST_F(DeskOfOffice, FilesShowsAndWithdraws) {
  EXPECT_TRUE(answer("dan", "file/show").at("filing").is_null());
  const Json body = {{"text", print_filing(filing())}};
  EXPECT_EQ(refusal("dan", "file", body).code, ErrorCode::kPermission);
  const auto filed = answer("cleo", "file", body);
  EXPECT_EQ(filed.at("filing").at("filed_by"), "cleo");
  EXPECT_EQ(filed.at("filing").at("answers").at("purpose"), "notices");
  EXPECT_EQ(filed.at("mode"), "operation");
  EXPECT_EQ(filed.at("acts_allowed"), true);
  EXPECT_EQ(filed.at("collecting"), true);
  EXPECT_EQ(refusal("dan", "file/withdraw", {{"reason", "no more"}}).code, ErrorCode::kPermission);
  const auto withdrawn = answer("root", "file/withdraw", {{"reason", "no more"}});
  EXPECT_TRUE(withdrawn.at("filing").is_null());
  EXPECT_EQ(withdrawn.at("missing").at(0).at("code"), "withdrawn");
  EXPECT_EQ(withdrawn.at("acts_allowed"), false);
}

TEST_F(DeskOfOffice, SaysATrialForWhatItIs) {
  auto trial = filing();
  trial.mode = Filing::Mode::kTrial;
  const auto filed = answer("root", "file", {{"text", print_filing(trial)}});
  EXPECT_EQ(filed.at("mode_in_words").at("en"), "trial: observes and judges, acts are off");
  EXPECT_EQ(filed.at("acts_allowed"), false);
}

TEST_F(DeskOfOffice, SaysWhatAFilingDoesNotCover) {
  ASSERT_TRUE(desk_.answer("file", Json{{"text", demo_filing()}}.dump(), "root"));
  const auto loopback = answer("dan", "file/allows", {{"listening", {"127.0.0.1", "::1"}}});
  EXPECT_TRUE(loopback.at("missing").empty());
  const auto beyond = answer("dan", "file/allows", {{"listening", {"127.0.0.1", "192.0.2.1"}}});
  EXPECT_EQ(beyond.at("missing").at(0).at("code"), "demo_beyond_loopback");
}

TEST_F(DeskOfOffice, OpensListsAndClosesCasesForThoseWhoWorkOnThem) {
  auto closed = *policy_;
  closed.default_role = closed.default_clearance = "";
  policy_ = std::make_shared<const Policy>(closed);
  EXPECT_EQ(refusal("nobody", "case/open", opening()).code, ErrorCode::kPermission);
  EXPECT_EQ(refusal("nobody", "case/list").code, ErrorCode::kPermission);
  EXPECT_EQ(answer("cleo", "case/open", opening(true)).at("id"), "C1");
  EXPECT_EQ(office_->cases().holds()->size(), 1u);
  const auto listed = answer("dan", "case/list").at("cases");
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed.at(0).at("filter"), "dst port = 23");
  EXPECT_TRUE(answer("dan", "case/show", {{"id", "C1"}}).at("closed").is_null());
  EXPECT_EQ(answer("dan", "case/close", {{"id", "C1"}}).at("closed_by"), "Dan");
  EXPECT_TRUE(office_->cases().holds()->empty());
}

TEST_F(DeskOfOffice, RevealsOnceToWhoAskedAfterAnotherApproved) {
  answer("cleo", "case/open", opening());
  const Json asking = {{"case", "C1"},
                       {"purpose", "notices"},
                       {"reason", "the line calls it"},
                       {"pseudonyms", {"~198.51.100.7"}}};
  EXPECT_EQ(refusal("dan", "reveal/ask", asking).code, ErrorCode::kPermission);
  const auto asked = answer("ann", "reveal/ask", asking);
  EXPECT_EQ(asked.at("state"), "waiting");
  EXPECT_EQ(refusal("ann-too", "reveal/approve", {{"id", "R1"}}).code, ErrorCode::kPermission);
  EXPECT_EQ(refusal("ann", "reveal/show", {{"id", "R1"}}).code, ErrorCode::kPermission);
  EXPECT_EQ(answer("bob", "reveal/approve", {{"id", "R1"}}).at("state"), "approved");
  EXPECT_EQ(refusal("bob", "reveal/show", {{"id", "R1"}}).code, ErrorCode::kPermission);
  const auto shown = answer("ann", "reveal/show", {{"id", "R1"}});
  EXPECT_EQ(shown.at("case"), "C1");
  EXPECT_EQ(shown.at("revealed").at(0).at("address"), "198.51.100.7");
  EXPECT_THAT(refusal("ann", "reveal/show", {{"id", "R1"}}).message, HasSubstr("it is shown once"));
  const auto listed = answer("dan", "reveal/list").at("requests");
  EXPECT_EQ(listed.at(0).at("state"), "shown");
  EXPECT_THAT(listed.dump(), ::testing::Not(HasSubstr("\"198.51.100.7")));
}

TEST_F(DeskOfOffice, RejectsWithAReason) {
  answer("cleo", "case/open", opening());
  answer("ann", "reveal/ask",
         {{"case", "C1"},
          {"purpose", "notices"},
          {"reason", "the line calls it"},
          {"pseudonyms", {"~198.51.100.7"}}});
  EXPECT_EQ(refusal("bob", "reveal/reject", {{"id", "R1"}}).code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(answer("bob", "reveal/reject", {{"id", "R1"}, {"reason", "too early"}}).at("state"),
            "rejected");
}

TEST_F(DeskOfOffice, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(refusal("root", "file/guess").code, ErrorCode::kNotFound);
  EXPECT_EQ(refusal("root", "file", {{"texts", ""}}).code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(refusal("root", "file", {{"text", 7}}).code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(refusal("root", "file", Json::array()).code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(refusal("cleo", "case/open", {{"title", "a bot"}}).code, ErrorCode::kInvalidArgument);
  auto early = opening();
  early["from"] = -1;
  EXPECT_EQ(refusal("cleo", "case/open", early).code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(refusal("ann", "reveal/ask", {{"case", "C1"}, {"pseudonyms", "~198.51.100.7"}}).code,
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(refusal("ann", "reveal/ask", {{"case", "C1"}, {"pseudonyms", {"198.51"}}}).code,
            ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace noroshi
