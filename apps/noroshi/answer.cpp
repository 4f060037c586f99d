#include "answer.h"

#include "output.h"

namespace noroshi {

Exit print_answer(const Result<std::string>& answer, bool json, Language language,
                  const TextOf& text_of) {
  if (!answer) return tell(answer.error());
  Output output;
  if (json) {
    output.write(answer->ends_with('\n') ? *answer : *answer + "\n");
    return output.exit();
  }
  const auto parsed = nlohmann::json::parse(*answer, nullptr, false);
  if (!parsed.is_object())
    return tell({ErrorCode::kMalformed, "the daemon's answer is not what was asked for"});
  output.write(text_of(parsed, Words(language)));
  return output.exit();
}

Exit tell(const Error& error) {
  complain(error.message);
  return error.code == ErrorCode::kInvalidArgument ? Exit::kMisused : Exit::kFailed;
}

}  // namespace noroshi
