#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "desk/case_json.h"
#include "guard.h"
#include "guard/pseudonym/pseudonym_keeper.h"
#include "guard_office.h"
#include "time_arguments.h"

namespace noroshi {
namespace {

using Json = nlohmann::json;

struct Options {
  OfficeOptions office;
  std::string id;
  std::string case_id;
  std::string purpose;
  std::string reason;
  std::string at;
  std::vector<std::string> pseudonyms;
};

Bilingual words_of_state(const std::string& state) {
  if (state == "waiting") return {"承認待ち", "waiting for approvals"};
  if (state == "approved") return {"承認済み", "approved"};
  if (state == "rejected") return {"却下", "rejected"};
  if (state == "expired") return {"期限切れ", "expired"};
  if (state == "shown") return {"開示済み", "shown"};
  return {state, state};
}

std::string words_of(const Json& request, Language language) {
  const auto text = [&](const char* name) { return request.at(name).get<std::string>(); };
  auto words = fmt::format("{}  {}\n", text("id"), words_of_state(text("state")).in(language));
  words += in_words(language, "  申請 {}、{}（期限 {}）\n", "  asked {} by {}, expires {}\n",
                    text("asked"), text("asked_by"), text("expires"));
  words += in_words(language, "  案件 {}、目的 {}\n", "  for case {} under {}\n", text("case"),
                    text("purpose"));
  words += in_words(language, "  理由 {}\n", "  because {}\n", text("reason"));
  words += in_words(language, "  承認 {}/{}\n", "  {} of {} approvals\n",
                    request.at("approvals").get<unsigned>(),
                    request.at("approvals_needed").get<unsigned>());
  for (const auto& decision : request.at("decisions")) {
    const bool approves = decision.at("approves").get<bool>();
    words += in_words(
        language, "  {2} {1}: {0} {3}\n", "  {0} by {1} on {2} {3}\n",
        approves ? in_words(language, "承認", "approved") : in_words(language, "却下", "rejected"),
        decision.at("person").get<std::string>(), decision.at("decided").get<std::string>(),
        decision.at("reason").get<std::string>());
  }
  words += in_words(language, "  {} に観測された仮名:", "  pseudonyms seen at {}:", text("moment"));
  for (const auto& pseudonym : request.at("pseudonyms"))
    words += " " + pseudonym.get<std::string>();
  return words + "\n";
}

std::string words_of_list(const Json& document, Language language) {
  std::string words;
  for (const auto& request : document.at("requests")) words += words_of(request, language);
  return words.empty() ? in_words(language, "申請はありません\n", "there is no request\n") : words;
}

std::string words_of_answer(const Json& answer, Language language) {
  auto words = in_words(language, "申請 {}、案件 {}、{} の時点。再度は表示されません\n",
                        "request {} for case {}, as of {}; it is not shown again\n",
                        answer.at("id").get<std::string>(), answer.at("case").get<std::string>(),
                        answer.at("moment").get<std::string>());
  for (const auto& one : answer.at("revealed"))
    words += fmt::format("{}  {}\n", one.at("pseudonym").get<std::string>(),
                         one.at("address").get<std::string>());
  return words;
}

Result<RevealBook::Asking> asking_of(const Options& options) {
  RevealBook::Asking asking;
  asking.case_id = options.case_id;
  asking.purpose = options.purpose;
  asking.reason = options.reason;
  if (!options.at.empty()) asking.moment = TRY(parse_moment(options.at));
  for (const auto& pseudonym : options.pseudonyms)
    asking.pseudonyms.push_back(TRY(IpAddress::parse(pseudonym)));
  return asking;
}

Exit ask(const Options& options) {
  if (options.case_id.empty() || options.reason.empty() || options.pseudonyms.empty())
    return tell({ErrorCode::kInvalidArgument,
                 "a request needs --case, --reason and at least one pseudonym (~198.51.100.7)"});
  const auto asking = asking_of(options);
  if (!asking) return tell({ErrorCode::kInvalidArgument, asking.error().message});
  return print_office(options.office, ask_office(options.office, "reveal/ask", to_json(*asking)),
                      words_of);
}

Exit act(const Options& options, std::string_view verb,
         std::string (*words)(const Json&, Language)) {
  Json body = {{"id", options.id}};
  if (verb == "reveal/reject") body["reason"] = options.reason;
  return print_office(
      options.office,
      ask_office(options.office, verb, body.dump(-1, ' ', false, Json::error_handler_t::replace)),
      words);
}

}  // namespace

void add_guard_reveal(CLI::App& guard, Action& action) {
  const auto options = std::make_shared<Options>();
  auto* reveal = guard.add_subcommand(
      "reveal",
      "Ask whose pseudonyms these are, for a case; others approve, the answer is shown once.");
  reveal->require_subcommand(0, 1);
  reveal->add_option("PSEUDONYM", options->pseudonyms, "~198.51.100.7, as flows show it");
  reveal->add_option("--case", options->case_id, "The case it is asked for")->type_name("ID");
  reveal->add_option("--reason", options->reason, "Why it must be known")->type_name("TEXT");
  reveal
      ->add_option("--purpose", options->purpose,
                   "A purpose of the policy that reveals [the default one of your role]")
      ->type_name("NAME");
  reveal
      ->add_option("--at", options->at,
                   "When they were seen, as keys change [now, or the end of the case's window]")
      ->type_name("TIME");
  add_office_options(*reveal, options->office);
  reveal->footer(
      "Examples:\n"
      "  noroshi guard reveal --case C1 --purpose notices --reason 'calls 203.0.113.9' "
      "'~198.51.100.7'\n"
      "  noroshi guard reveal list\n"
      "  noroshi guard reveal approve R1\n"
      "  noroshi guard reveal show R1\n"
      "\n"
      "A request expires after 72 hours. More than 5 pseudonyms at once, or 20 a day, need a "
      "purpose\n"
      "for bulk. Every step is in the audit, refusals too.\n"
      "Exit status: 0 done; 1 not permitted, or nobody to ask; 2 misused.");
  reveal->callback([&action, options, reveal] {
    if (reveal->get_subcommands().empty()) action = [options] { return ask(*options); };
  });

  auto& listing =
      add_office_verb(*reveal, "list", "List requests, the newest first.", options->office);
  listing.footer(
      "Examples:\n"
      "  noroshi guard reveal list\n"
      "  noroshi guard reveal list --json | jq '.requests[] | select(.state == \"waiting\").id'\n"
      "\n"
      "Exit status: 0 done; 1 not permitted, or nobody to ask; 2 misused.");
  listing.callback([&action, options] {
    action = [options] {
      return print_office(options->office, ask_office(options->office, "reveal/list", "{}"),
                          words_of_list);
    };
  });

  auto& showing = add_office_verb(
      *reveal, "show", "Show whose they are: once, to whoever asked, when it is approved.",
      options->office);
  showing.add_option("ID", options->id, "R1")->required();
  showing.footer(
      "Examples:\n"
      "  noroshi guard reveal show R1\n"
      "\n"
      "It is kept nowhere: write down what the case needs.\n"
      "Exit status: 0 shown; 1 not permitted, not approved, or shown before; 2 misused.");
  showing.callback([&action, options] {
    action = [options] {
      forbid_dumps();
      return act(*options, "reveal/show", words_of_answer);
    };
  });

  auto& approval =
      add_office_verb(*reveal, "approve", "Approve what somebody else asked.", options->office);
  approval.add_option("ID", options->id, "R1")->required();
  approval.footer(
      "Examples:\n"
      "  noroshi guard reveal approve R1\n"
      "\n"
      "Exit status: 0 done; 1 not permitted, or there is none; 2 misused.");
  approval.callback([&action, options] {
    action = [options] { return act(*options, "reveal/approve", words_of); };
  });

  auto& rejection =
      add_office_verb(*reveal, "reject", "Reject what somebody else asked.", options->office);
  rejection.add_option("ID", options->id, "R1")->required();
  rejection.add_option("--reason", options->reason, "Why not")->required()->type_name("TEXT");
  rejection.footer(
      "Examples:\n"
      "  noroshi guard reveal reject R1 --reason 'the verdict is not confirmed'\n"
      "\n"
      "Exit status: 0 done; 1 not permitted, or there is none; 2 misused.");
  rejection.callback([&action, options] {
    action = [options] { return act(*options, "reveal/reject", words_of); };
  });
}

}  // namespace noroshi
