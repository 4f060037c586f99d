#include <fcntl.h>
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/open_audit.h"
#include "base/file.h"
#include "guard.h"
#include "guard/audit/kinds.h"
#include "guard/audit/line.h"
#include "guard_office.h"
#include "language.h"
#include "output.h"
#include "place_options.h"
#include "time_arguments.h"

// Door (out): an export of the audit, to a file. Guard: itself an entry of the audit; entries hold
// pseudonyms alone.

namespace noroshi {
namespace {

using Json = nlohmann::json;

struct Options {
  DeskPlace place;
  std::string language;
  bool json = false;
  std::string from;
  std::string to;
  AuditQuery query;
  std::string file;    // export
  std::string folder;  // verify
  std::string ca;
  std::string reason;  // begin
};

Result<AuditSpan> span_of(const Options& options) {
  AuditSpan span;
  if (!options.from.empty()) span.from = TRY(parse_moment(options.from));
  if (!options.to.empty()) span.to = TRY(parse_moment(options.to));
  return span;
}

std::string kinds_in_words() {
  std::string words;
  for (const auto& kind : audit_kinds())
    words += fmt::format("{}{}", words.empty() ? "" : ", ", kind.word);
  return words;
}

/// One entry for a person: number, time, who, what kind, and what there is of the rest.
std::string entry_line(std::string_view line, Language language) {
  const auto recorded = read_audit_line(line.substr(0, line.size() - 1));
  if (!recorded) return {};
  const auto& entry = recorded->entry;
  const auto* const kind = find_audit_kind(entry.kind);
  const auto words = kind == nullptr                   ? std::string_view(entry.kind)
                     : language == Language::kJapanese ? kind->japanese
                                                       : kind->english;
  auto text = fmt::format("{}  {}  {}  {}", recorded->sequence, to_rfc3339(recorded->moment.time),
                          entry.who.empty() ? "-" : entry.who, words);
  const auto add = [&](const char* japanese, const char* english, const std::string& value) {
    if (value.empty()) return;
    text += fmt::format("  {}={}", language == Language::kJapanese ? japanese : english, value);
  };
  add("目的", "purpose", entry.purpose);
  add("案件", "case", entry.case_id);
  add("許可", "grant", entry.grant);
  add("行数", "rows", entry.rows ? fmt::format("{}", *entry.rows) : "");
  if (!entry.what.empty()) text += "  " + entry.what;
  return text + "\n";
}

Exit list(const Options& options) {
  auto query = options.query;
  const auto span = span_of(options);
  if (!span) return tell({ErrorCode::kInvalidArgument, span.error().message});
  query.from = span->from;
  query.to = span->to;
  if (!query.kind.empty() && find_audit_kind(query.kind) == nullptr)
    return tell(
        {ErrorCode::kInvalidArgument,
         fmt::format("'{}' is not a kind of entry; there are {}", query.kind, kinds_in_words())});
  auto desk = open_audit_desk(options.place);
  if (!desk) return tell(desk.error());
  Output output;
  const auto language = language_of(options.language);
  std::string rest;  // pieces end anywhere
  const auto listed = (*desk)->list(query, [&](std::string_view piece) -> Status {
    rest += piece;
    std::size_t done = 0;
    for (auto end = rest.find('\n'); end != std::string::npos; end = rest.find('\n', done)) {
      const auto line = std::string_view(rest).substr(done, end + 1 - done);
      output.write(options.json ? std::string(line) : entry_line(line, language));
      done = end + 1;
    }
    rest.erase(0, done);
    if (output.is_open()) return {};
    return failure(ErrorCode::kIo, "nothing more can be written");
  });
  if (!listed && output.is_open()) return tell(listed.error());
  return output.exit();
}

/// What verification saw, for a person.
std::string words_of(const Json& seen, Language language) {
  const auto number = [&](const char* name) { return seen.at(name).get<std::uint64_t>(); };
  auto text = in_words(language, "エントリ {} 件、セグメント {} 個、最後のエントリは {}（{}）\n",
                       "{} entries in {} segments; the last is {} ({})\n", number("entries"),
                       number("segments"), seen.at("last").at("sequence").get<std::uint64_t>(),
                       seen.at("last").at("hash").get<std::string>());
  if (const auto& covered = seen.at("covered"); !covered.is_null())
    text += in_words(language, "タイムスタンプは {1} 時点でエントリ {0} までを証明しています\n",
                     "time stamps prove it up to entry {0}, at {1}\n",
                     covered.at("sequence").get<std::uint64_t>(),
                     covered.at("time").get<std::string>());
  else
    text += in_words(language, "有効なタイムスタンプはありません\n",
                     "no time stamp proves any of it\n");
  if (const auto unchecked = number("time_stamps_unchecked"); unchecked > 0)
    text += in_words(language,
                     "タイムスタンプ {} 個は未確認です。信頼する証明書（timestamp_ca または "
                     "--ca）を指定してください\n",
                     "{} time stamps were not checked: say whom to trust, with timestamp_ca or "
                     "--ca\n",
                     unchecked);
  for (const auto& finding : seen.at("findings")) {
    const auto place = finding.at("place").get<std::string>();
    text +=
        fmt::format("{}{}{}\n", place, place.empty() ? "" : ": ",
                    finding.at(language == Language::kJapanese ? "ja" : "en").get<std::string>());
  }
  if (const auto beyond = number("findings_beyond"); beyond > 0)
    text += in_words(language, "ほかに {} 件\n", "and {} more\n", beyond);
  return text + (seen.at("good").get<bool>()
                     ? in_words(language, "異常はありません\n", "whole\n")
                     : in_words(language, "異常があります\n",
                                "not whole, or not to be trusted as it stands\n"));
}

Exit verify(const Options& options) {
  auto seen = Result<std::string>(std::string());
  if (!options.folder.empty()) {
    seen = verify_audit_folder(options.folder, options.ca);
  } else {
    auto desk = open_audit_desk(options.place);
    if (!desk) return tell(desk.error());
    seen = (*desk)->verify();
  }
  if (!seen) return tell(seen.error());
  const auto document = Json::parse(*seen, nullptr, false);
  if (!document.is_object() || !document.contains("good"))
    return tell({ErrorCode::kMalformed, "the daemon's answer is not what was asked for"});
  Output output;
  output.write(options.json ? *seen + "\n" : words_of(document, language_of(options.language)));
  return document.at("good").get<bool>() ? output.exit() : Exit::kFailed;
}

Exit write_bundle(const Options& options) {
  const auto span = span_of(options);
  if (!span) return tell({ErrorCode::kInvalidArgument, span.error().message});
  auto desk = open_audit_desk(options.place);
  if (!desk) return tell(desk.error());
  const auto file = File::open(options.file, O_WRONLY | O_CREAT | O_EXCL, 0600);
  if (!file) return tell(file.error());
  std::uint64_t size = 0;
  auto written = (*desk)->write_bundle(*span, [&](std::string_view piece) -> Status {
    TRY(file->write_at(size, std::as_bytes(std::span(piece))));
    size += piece.size();
    return {};
  });
  if (written) written = file->sync();
  if (!written) {
    // Half a bundle proves nothing.
    static_cast<void>(std::remove(options.file.c_str()));
    return tell(written.error());
  }
  Output output;
  if (options.json)
    output.write(Json{{"file", options.file}, {"bytes", size}}.dump() + "\n");
  else
    output.write(in_words(
        language_of(options.language), "{}: {} オクテット。中の README.txt に検証方法があります\n",
        "{}: {} octets; its README.txt says how to verify it\n", options.file, size));
  return output.exit();
}

Exit stamp(const Options& options) {
  auto desk = open_audit_desk(options.place);
  if (!desk) return tell(desk.error());
  const auto stamped = (*desk)->stamp();
  if (!stamped) return tell(stamped.error());
  Output output;
  if (options.json) {
    output.write(*stamped + "\n");
    return output.exit();
  }
  const auto document = Json::parse(*stamped, nullptr, false);
  if (!document.is_object() || !document.contains("covers"))
    return tell({ErrorCode::kMalformed, "the daemon's answer is not what was asked for"});
  output.write(in_words(
      language_of(options.language),
      "{2}（{3}）に、エントリ {1} までのタイムスタンプをエントリ {0} に記録しました\n",
      "entry {0} holds a time stamp of entry {1} and all before it: {2}, by {3}\n",
      document.at("sequence").get<std::uint64_t>(), document.at("covers").get<std::uint64_t>(),
      document.at("time").get<std::string>(), document.at("authority").get<std::string>()));
  return output.exit();
}

Exit begin(const Options& options) {
  const auto begun = begin_audit_anew(options.place, options.reason);
  if (!begun) return tell(begun.error());
  Output output;
  output.write(in_words(language_of(options.language),
                        "{}: 新しい連鎖を開始しました。以前の連鎖は before-… にあります\n",
                        "{}: a new chain has begun; the old one stands in before-…\n", *begun));
  return output.exit();
}

void add_common_options(CLI::App& command, const std::shared_ptr<Options>& options) {
  add_config_option(command, options->place,
                    "the daemon's configuration, which names its socket and its state");
  add_language_option(command, options->language);
}

void add_span_options(CLI::App& command, const std::shared_ptr<Options>& options) {
  command.add_option("--from", options->from, "from this moment on")->type_name("TIME");
  command.add_option("--to", options->to, "up to this moment")->type_name("TIME");
}

void add_list(CLI::App& audit, Action& action) {
  auto* command = audit.add_subcommand("list", "Entries of the audit, the oldest first.");
  const auto options = std::make_shared<Options>();
  options->query.limit = 100;
  add_common_options(*command, options);
  add_span_options(*command, options);
  command
      ->add_option("--kind", options->query.kind, "of this kind alone: read, refused, revealed …")
      ->type_name("KIND");
  command->add_option("--who", options->query.who, "by this account alone")->type_name("ACCOUNT");
  command->add_option("--purpose", options->query.purpose, "for this purpose alone")
      ->type_name("PURPOSE");
  command->add_option("--case", options->query.case_id, "of this case alone")->type_name("CASE");
  command->add_option("--limit", options->query.limit, "the last so many of them; 0 is all")
      ->capture_default_str();
  command->add_flag("--json", options->json,
                    "as the audit itself has them, one JSON object a line");
  command->footer(
      "Examples:\n"
      "  noroshi guard audit list --kind refused --from 2026-11-01T00:00:00+09:00\n"
      "  noroshi guard audit list --who sato --limit 0 --json | jq .what\n"
      "\n"
      "Exit status: 0 done; 1 the audit could not be read; 2 misused.");
  command->callback([&action, options] { action = [options] { return list(*options); }; });
}

void add_verify(CLI::App& audit, Action& action) {
  auto* command = audit.add_subcommand(
      "verify",
      "Say whether the whole chain is what was written, and if not, what was done to it.");
  const auto options = std::make_shared<Options>();
  add_common_options(*command, options);
  auto* folder = command->add_option("--folder", options->folder,
                                     "another folder of segments: a copy, an unpacked export");
  folder->type_name("FOLDER");
  command->add_option("--ca", options->ca, "whom to trust for time stamps (PEM)")
      ->type_name("FILE")
      ->needs(folder);
  command->add_flag("--json", options->json, "as JSON");
  command->footer(
      "Examples:\n"
      "  noroshi guard audit verify\n"
      "  noroshi guard audit verify --folder ./noroshi-audit --ca tsa.pem --lang ja\n"
      "\n"
      "Exit status: 0 nothing is wrong; 1 something is, or the audit could not be read; 2 "
      "misused.");
  command->callback([&action, options] { action = [options] { return verify(*options); }; });
}

void add_export(CLI::App& audit, Action& action) {
  auto* command = audit.add_subcommand(
      "export", "Write a bundle that another party can verify without Noroshi.");
  const auto options = std::make_shared<Options>();
  add_common_options(*command, options);
  add_span_options(*command, options);
  command->add_option("FILE", options->file, "the bundle, a tar archive; must not be there yet")
      ->required();
  command->add_flag("--json", options->json, "as JSON");
  command->footer(
      "Examples:\n"
      "  noroshi guard audit export audit.tar\n"
      "  noroshi guard audit export --from 2026-11-01T00:00:00+09:00 --to "
      "2026-12-01T00:00:00+09:00 november.tar\n"
      "\n"
      "Goes on to the next time stamp behind the time asked for, so that all of it is covered. "
      "The\n"
      "export is itself an entry.\n"
      "Exit status: 0 done; 1 failed; 2 misused.");
  command->callback([&action, options] { action = [options] { return write_bundle(*options); }; });
}

void add_timestamp(CLI::App& audit, Action& action) {
  auto* command =
      audit.add_subcommand("timestamp", "Have the chain's head time-stamped now (RFC 3161).");
  const auto options = std::make_shared<Options>();
  add_common_options(*command, options);
  command->add_flag("--json", options->json, "as JSON");
  command->footer(
      "Examples:\n"
      "  noroshi guard audit timestamp\n"
      "\n"
      "Exit status: 0 done; 1 the authority gave none that is good; 2 none is configured.");
  command->callback([&action, options] { action = [options] { return stamp(*options); }; });
}

void add_begin(CLI::App& audit, Action& action) {
  auto* command = audit.add_subcommand(
      "begin", "After a chain was found broken: set it aside as it is, and begin a new one.");
  const auto options = std::make_shared<Options>();
  add_common_options(*command, options);
  command->add_option("--reason", options->reason, "what happened, in a sentence: it is recorded")
      ->required()
      ->type_name("TEXT");
  command->footer(
      "Examples:\n"
      "  noroshi guard audit begin --reason 'disk replaced on 2026-11-22, ticket 4711'\n"
      "\n"
      "The daemon must not run. The first entry of the new chain names the last one of the old.\n"
      "Exit status: 0 done; 1 failed; 2 misused, or the chain is whole.");
  command->callback([&action, options] { action = [options] { return begin(*options); }; });
}

}  // namespace

void add_guard_audit(CLI::App& guard, Action& action) {
  auto* audit =
      guard.add_subcommand("audit", "What was read, by whom and for what; and proof of it.");
  audit->require_subcommand(1);
  audit->footer(
      "Examples:\n"
      "  noroshi guard audit list --limit 20\n"
      "  noroshi guard audit verify --lang ja");
  add_list(*audit, action);
  add_verify(*audit, action);
  add_export(*audit, action);
  add_timestamp(*audit, action);
  add_begin(*audit, action);
}

}  // namespace noroshi
