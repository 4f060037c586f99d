#include "guard/filing/form.h"

#include <fmt/format.h>

#include "guard/filing/questions.h"

namespace noroshi {
namespace {

/// A list on one line, for showing.
std::string on_one_line(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 3)
    text.replace(at, 1, " / ");
  return text;
}

}  // namespace

std::optional<Filing> FilingForm::ask(Filing draft) const {
  const auto& write = dependencies_.write;
  write(words("空行は今の答えのまま、- は答えを消します。途中でやめても答えは残ります。\n",
              "An empty line keeps the answer there is, - empties it. You may leave off at any "
              "time: answers are kept.\n"));
  const auto questions = filing_questions();
  for (std::size_t at = 0; at < questions.size(); ++at) {
    const auto& question = questions[at];
    write(fmt::format("\n[{}/{}] {}\n        {}\n        {} {}\n", at + 1, questions.size(),
                      question.question.in(language_), question.why.in(language_),
                      words("例:", "For example:"), question.example.in(language_)));
    while (true) {
      const auto before = question.get(draft);
      const auto answer = read_answer(question.several, before);
      if (!answer) return std::nullopt;
      const auto status = question.put(draft, *answer);
      if (status && (question.optional || !question.get(draft).empty())) break;
      if (!status)
        write(fmt::format("  {}\n", status.error().message));
      else
        write(words("  この答えは必要です。\n", "  This one is needed.\n"));
      static_cast<void>(question.put(draft, before));
    }
    dependencies_.keep(draft);
  }
  write_summary(draft);
  write(words("この内容で届け出ますか [y/N] ", "File this [y/N]? "));
  const auto answer = dependencies_.read_line();
  if (answer && (*answer == "y" || *answer == "yes" || *answer == "はい")) return draft;
  return std::nullopt;
}

std::optional<std::string> FilingForm::read_answer(bool several, std::string_view before) const {
  if (!before.empty())
    dependencies_.write(fmt::format("  [{}]\n", on_one_line(std::string(before))));
  std::string answer;
  while (true) {
    dependencies_.write("> ");
    const auto line = dependencies_.read_line();
    if (!line) return std::nullopt;
    if (line->empty()) return answer.empty() ? std::string(before) : answer;
    if (answer.empty() && *line == "-") return "";
    if (!several) return *line;
    answer += *line + '\n';
  }
}

void FilingForm::write_summary(const Filing& filing) const {
  dependencies_.write("\n");
  for (const auto& question : filing_questions()) {
    const auto answer = question.get(filing);
    if (!answer.empty())
      dependencies_.write(fmt::format("  {}: {}\n", question.key, on_one_line(answer)));
  }
}

}  // namespace noroshi
