#include "desk/docket_desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>
#include <utility>

#include "desk/docket_json.h"
#include "desk/recipe_file.h"
#include "guard/permission.h"

// Route /desk/c2/judge: judges a window of stored contacts. Guard: purpose, grant, audit.
// Route /desk/c2/list: verdicts. Guard: purpose, audit; a verdict names no client.
// Route /desk/c2/show: a verdict and its life. Guard: purpose, audit; a verdict names no client.
// Route /desk/c2/confirm: an analyst's word. Guard: purpose and role; on the audit.
// Route /desk/c2/refute: an analyst's word. Guard: purpose and role; on the audit.
// Route /desk/c2/watch: an analyst's word. Guard: purpose and role; on the audit.
// Route /desk/c2/undo: takes an analyst's word back. Guard: purpose and role; on the audit.
// Route /desk/c2/infected: infected lines, as pseudonyms. Guard: purpose, grant, audit.
// Route /desk/c2/recipe/run: another carrier's thresholds on our contacts. Guard: purpose, grant,
// audit.

namespace noroshi {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 9> kVerbs = {
    "judge", "list", "show", "confirm", "refute", "watch", "undo", "infected", "recipe/run"};
constexpr std::size_t kMostReason = 4000;       // octets
constexpr std::size_t kMostRecipe = 1'000'000;  // octets
constexpr std::size_t kWindowsShown = 8;

tl::unexpected<Error> no_request(std::string why) {
  return failure(ErrorCode::kInvalidArgument, "c2: " + std::move(why));
}

}  // namespace

/// All that any verb takes; each looks at its own.
struct DocketDesk::Request {
  std::string server;
  std::string reason;
  std::string recipe;
  std::uint64_t from = 0;  // hours
  std::uint64_t to = 0;
  std::uint64_t limit = 0;
  Docket::Selection selection;

  static Result<Request> read(const std::string& body) {
    const auto json = Json::parse(body, nullptr, false);
    if (!json.is_object()) return no_request("a JSON object is needed");
    Request request;
    for (const auto& [key, value] : json.items()) TRY(request.take(key, value));
    request.selection.most = request.limit;
    return request;
  }

 private:
  Status take(const std::string& key, const Json& value) {
    const std::pair<const char*, std::string*> texts[] = {
        {"server", &server}, {"reason", &reason}, {"recipe", &recipe}};
    for (const auto& [name, member] : texts) {
      if (key != name) continue;
      if (!value.is_string()) return no_request(key + " is a text");
      *member = value.get<std::string>();
      return {};
    }
    const std::pair<const char*, std::uint64_t*> numbers[] = {
        {"from", &from}, {"to", &to}, {"limit", &limit}};
    for (const auto& [name, member] : numbers) {
      if (key != name) continue;
      if (!value.is_number_unsigned()) return no_request(key + " is a whole number");
      *member = value.get<std::uint64_t>();
      return {};
    }
    if (key != "tiers" && key != "states") return no_request("there is no member " + key);
    if (!value.is_array()) return no_request(key + " is a list");
    for (const auto& each : value) {
      const auto word = each.is_string() ? each.get<std::string>() : std::string();
      TRY(key == "tiers" ? add_tier(word) : add_state(word));
    }
    return {};
  }

  Status add_tier(const std::string& word) {
    for (const auto tier : {Tier::kA, Tier::kB, Tier::kC})
      if (word == to_string(tier)) {
        selection.tiers.push_back(tier);
        return {};
      }
    return no_request(fmt::format("'{}' is no tier: A, B or C", word));
  }

  Status add_state(const std::string& word) {
    const auto state = parse_docket_state(word);
    if (!state)
      return no_request(
          fmt::format("'{}' is no state: new, strengthened, weakened, silent, expired, confirmed, "
                      "refuted or watched",
                      word));
    selection.states.push_back(*state);
    return {};
  }
};

bool DocketDesk::knows(std::string_view verb) {
  return std::ranges::find(kVerbs, verb) != kVerbs.end();
}

Result<Access> DocketDesk::permitted(const Access& access, const std::string& what) {
  const auto policy = dependencies_.guard.policy();
  Demand demand;
  demand.table = GuardedTable::kContacts;
  demand.looks_at = fields_of_every_answer();
  demand.single_flows = true;
  demand.words = what;
  AuditEntry entry;
  entry.who = access.who.account;
  entry.case_id = access.case_id;
  entry.what = what;
  const auto permission = permission_for(*policy, access, demand, dependencies_.now());
  if (!permission) {
    entry.kind = "refused";
    entry.purpose = access.purpose;
    entry.details = {{"reason", std::string(permission.error().reason)}};
    TRY(dependencies_.record(std::move(entry)));
    return tl::unexpected(permission.error().error);
  }
  entry.kind = "verdict";
  entry.purpose = permission->purpose->name;
  entry.details = {{"act", "asked"}};
  TRY(dependencies_.record(std::move(entry)));
  auto chosen = access;
  chosen.purpose = permission->purpose->name;
  return chosen;
}

Result<JudgedWindow> DocketDesk::judged(const Access& access, std::uint64_t from, std::uint64_t to,
                                        const Progress& progress) {
  const std::unique_lock lock(judging_, std::try_to_lock);
  if (!lock.owns_lock())
    return failure(ErrorCode::kUnavailable,
                   "another judgement is under way: try again when it is "
                   "done");
  const auto this_hour = to_unix_milliseconds(dependencies_.now()) / 3'600'000;
  if (from >= to || to > this_hour)
    return no_request("the window to judge is of whole hours that have ended");
  WindowOrder order;
  order.from = from;
  order.to = to;
  order.local = dependencies_.local();
  order.on_progress = progress;
  // Whoever is on the docket is looked for: not to be found is to be silent.
  for (const auto& server : TRY(dependencies_.docket.servers())) order.followed.insert(server);
  const auto warnings = dependencies_.warnings();
  order.knowledge.warnings = warnings.get();
  order.knowledge.model = dependencies_.model.get();
  const auto read = TRY(dependencies_.contacts(access));
  return judge_window(order,
                      [&](std::uint64_t hour,
                          const std::function<Status(std::span<const Contact>)>& sink) -> Status {
                        if (stopping_)
                          return failure(ErrorCode::kUnavailable, "stopping: nothing was judged");
                        return read(hour, sink);
                      });
}

Result<std::string> DocketDesk::judge(const Access& access, std::uint64_t from, std::uint64_t to,
                                      const Progress& progress) {
  auto window = TRY(judged(access, from, to, progress));
  // A server inside is a subscriber's, or our own: it is found among the infected, and is not told
  // to anybody as a server.
  const bool inside_known = window.local.ground != LocalSide::Ground::kUnknown;
  std::erase_if(window.judgement.verdicts, [&](const Verdict& verdict) {
    const auto& address = verdict.server.address;
    return address.is_pseudonym() || (inside_known && window.local.contains(address));
  });
  const auto recipe = own_recipe();
  const auto hours = to - from;
  const Docket::Window taken{.from = from_unix_milliseconds(from * 3'600'000),
                             .to = from_unix_milliseconds(to * 3'600'000),
                             .made = dependencies_.now(),
                             .by = access.who.account,
                             .recipe = recipe.id,
                             .whole = window.statistics.hours_without_contacts * 4 <= hours,
                             .summary = summary_to_json(window)};
  // On record first: what is on the docket is never without an entry that says how it came there.
  AuditEntry entry;
  entry.kind = "verdict";
  entry.who = access.who.account;
  entry.purpose = access.purpose;
  entry.case_id = access.case_id;
  entry.what = fmt::format("judged {} to {}", to_rfc3339(taken.from), to_rfc3339(taken.to));
  entry.rows = window.judgement.verdicts.size();
  entry.details = {{"act", "judged"}, {"recipe", recipe.id}};
  TRY(dependencies_.record(std::move(entry)));
  const auto outcome = TRY(dependencies_.docket.take(taken, window.judgement.verdicts));
  return to_json(window, outcome, recipe.id);
}

Status DocketDesk::record(std::string_view act, const Access& access, const DocketEntry& before,
                          const DocketChange& change) {
  AuditEntry entry;
  entry.kind = "verdict";
  entry.who = access.who.account;
  entry.purpose = access.purpose;
  entry.case_id = access.case_id;
  entry.what = before.server.to_string();
  entry.details = {{"act", std::string(act)},
                   {"from", std::string(to_string(change.from))},
                   {"to", std::string(to_string(change.to))},
                   {"reason", change.reason}};
  return dependencies_.record(std::move(entry));
}

Result<std::string> DocketDesk::say(const Access& access, std::string_view verb,
                                    const Request& request) {
  const auto name = TRY(parse_server(request.server));
  if (verb != "undo" && request.reason.find_first_not_of(" \t\r\n") == std::string::npos)
    return no_request("a reason is needed: whoever reads the list later wants to know why");
  if (request.reason.size() > kMostReason)
    return no_request(fmt::format("a reason has at most {} octets", kMostReason));
  const auto on_record = [&](const DocketEntry& before, const DocketChange& change) {
    return record(verb, access, before, change);
  };
  const auto& who = access.who.name;
  const auto now = dependencies_.now();
  if (verb == "undo")
    return to_json_line(TRY(dependencies_.docket.undo(name, who, request.reason, now, on_record)));
  const auto kind = parse_word(verb);
  if (!kind) return no_request("nothing of that can be said");
  return to_json_line(
      TRY(dependencies_.docket.say(name, {*kind, who, request.reason, now}, on_record)));
}

Result<std::string> DocketDesk::run_recipe(const Access& access, const Request& request,
                                           const Progress& progress) {
  if (request.recipe.size() > kMostRecipe)
    return failure(ErrorCode::kLimit, fmt::format("a recipe has at most {} octets", kMostRecipe));
  const auto theirs = TRY(parse_recipe(request.recipe, "recipe"));
  auto window = TRY(judged(access, request.from, request.to, progress));
  auto& verdicts = window.judgement.verdicts;
  std::vector<std::pair<double, Tier>> ours;
  for (const auto& verdict : verdicts) ours.emplace_back(verdict.probability, verdict.tier);
  std::vector<std::size_t> order;
  for (std::size_t at = 0; at < verdicts.size(); ++at) {
    judge_by(theirs.recipe, verdicts[at]);
    order.push_back(at);
  }
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    return std::tuple(verdicts[a].tier, -verdicts[a].probability) <
           std::tuple(verdicts[b].tier, -verdicts[b].probability);
  });
  auto servers = Json::array();
  for (const auto at : order) {
    if (request.limit > 0 && servers.size() >= request.limit) break;
    const auto& verdict = verdicts[at];
    auto codes = Json::array();
    for (const auto& evidence : verdict.evidence) codes.push_back(evidence.code);
    servers.push_back(
        {{"server", verdict.server.to_string()},
         {"tier", to_string(verdict.tier)},
         {"probability", verdict.probability},
         {"clients", verdict.clients},
         {"evidence", std::move(codes)},
         {"ours", {{"tier", to_string(ours[at].second)}, {"probability", ours[at].first}}}});
  }
  auto notes = Json::array();
  for (const auto& note : theirs.notes) notes.push_back({{"ja", note.ja}, {"en", note.en}});
  const auto shown = servers.size();
  return Json{{"recipe", theirs.id},
              {"own_recipe", own_recipe().id},
              {"notes", std::move(notes)},
              {"servers", std::move(servers)},
              {"more", verdicts.size() - shown}}
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<std::string> DocketDesk::answer(std::string_view verb, const std::string& body,
                                       const Asker& asker, const Progress& progress) {
  if (!knows(verb)) return failure(ErrorCode::kNotFound, "there is nothing at this address");
  const auto request = TRY(Request::read(body));
  const auto what = request.server.empty() ? fmt::format("c2 {}", verb)
                                           : fmt::format("c2 {} {}", verb, request.server);
  const auto chosen = TRY(permitted(
      {dependencies_.guard.person_of(asker.account), asker.purpose, asker.case_id}, what));
  auto& docket = dependencies_.docket;
  if (verb == "judge") return judge(chosen, request.from, request.to, progress);
  if (verb == "list")
    return to_json(TRY(docket.list(request.selection)), TRY(docket.windows(kWindowsShown)));
  if (verb == "show")
    return to_json(TRY(docket.find(TRY(parse_server(request.server)))),
                   TRY(docket.windows(kWindowsShown)));
  if (verb == "infected")
    return infected_to_json(TRY(judged(chosen, request.from, request.to, progress)), request.limit);
  if (verb == "recipe/run") return run_recipe(chosen, request, progress);
  return say(chosen, verb, request);
}

}  // namespace noroshi
