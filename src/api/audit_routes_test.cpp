#include "api/audit_routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/check.h"
#include "desk/account.h"

namespace noroshi {
namespace {

using ::testing::HasSubstr;

/// Says what it was asked.
class Scribe final : public AuditDesk {
 public:
  explicit Scribe(std::string who) : who_(std::move(who)) {}
  Status list(const AuditQuery& query, const PieceSink& sink) override {
    if (query.kind == "none") return {};
    return sink("list of " + query.kind + " for " + who_ + "\n");
  }
  Result<std::string> verify() override { return "{\"good\":true}"; }
  Status write_bundle(const AuditSpan&, const PieceSink& sink) override { return sink("tar"); }
  Result<std::string> stamp() override {
    return failure(ErrorCode::kUnavailable, "the authority is away");
  }

 private:
  std::string who_;
};

HttpResponse ask(const std::string& what, const std::string& body, bool known = true) {
  const AuditRoutes routes([](const std::string& who) { return std::make_unique<Scribe>(who); });
  HttpRequest request;
  request.method = "POST";
  request.path = "/desk/guard/audit/" + what;
  request.body = body;
  if (known) request.peer = ::geteuid();
  return routes.answer(request);
}

std::string streamed(const HttpResponse& response) {
  std::string text;
  CHECK(response.stream([&](std::string_view piece) {
    text += piece;
    return true;
  }));
  return text;
}

TEST(AuditRoutes, AskInTheNameOfWhomTheKernelNames) {
  EXPECT_EQ(streamed(ask("list", R"({"kind":"read"})")),
            "list of read for " + own_account() + "\n");
  EXPECT_EQ(ask("list", "{}", false).status, 403);
}

TEST(AuditRoutes, AnswerEachInItsForm) {
  EXPECT_EQ(ask("verify", "{}").body, "{\"good\":true}");
  const auto bundle = ask("export", "{}");
  EXPECT_EQ(bundle.content_type, "application/x-tar");
  EXPECT_EQ(streamed(bundle), "tar");
  const auto stamped = ask("timestamp", "{}");
  EXPECT_EQ(stamped.status, 503);
  EXPECT_THAT(stamped.body, HasSubstr("the authority is away"));
}

TEST(AuditRoutes, RefuseWhatTheyDoNotKnow) {
  EXPECT_EQ(ask("guess", "{}").status, 404);
  EXPECT_EQ(ask("list", R"({"kinds":"read"})").status, 400);
  EXPECT_EQ(ask("list", R"({"from":"yesterday"})").status, 400);
  EXPECT_EQ(ask("list", R"({"from":99999999999999999})").status, 400);
  EXPECT_EQ(ask("list", R"({"limit":100001})").status, 413);
  EXPECT_EQ(ask("list", "[]").status, 400);
  EXPECT_EQ(ask("export", "{").status, 400);
}

}  // namespace
}  // namespace noroshi
