#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bilingual.h"
#include "base/result.h"
#include "question/question.h"
#include "question/trend.h"

namespace noroshi {

// Questions and answers as JSON: how they travel between a command and the daemon. Filters travel
// as text in the filter language with nothing local in it; numbers are exact. Whatever arrives is
// checked: an unknown member, a wrong type or a value out of bounds is kInvalidArgument.

[[nodiscard]] std::string to_json(const std::vector<GroupQuestion>& questions);
[[nodiscard]] std::string to_json(const SeriesQuestion& question);
[[nodiscard]] std::string to_json(const TrendSeriesQuestion& question);
[[nodiscard]] std::string to_json(const RowsQuestion& question);
[[nodiscard]] std::string to_json(const std::vector<Answer>& answers);
[[nodiscard]] std::string error_to_json(const Error& error);
/// ASCII without line breaks; empty for none.
[[nodiscard]] std::string to_json(const std::vector<Bilingual>& notes);

[[nodiscard]] Result<std::vector<GroupQuestion>> group_questions_from_json(std::string_view text);
[[nodiscard]] Result<SeriesQuestion> series_question_from_json(std::string_view text);
[[nodiscard]] Result<TrendSeriesQuestion> trend_question_from_json(std::string_view text);
[[nodiscard]] Result<RowsQuestion> rows_question_from_json(std::string_view text);
[[nodiscard]] Result<std::vector<Answer>> answers_from_json(std::string_view text);
/// What to_json(notes) wrote; nothing of anything else.
[[nodiscard]] std::vector<Bilingual> notes_from_json(std::string_view text);
/// What error_to_json wrote; anything else becomes an Error that quotes it.
[[nodiscard]] Error error_from_json(std::string_view text);

/// Questions a request may hold.
inline constexpr std::size_t kMostQuestions = 64;

}  // namespace noroshi
