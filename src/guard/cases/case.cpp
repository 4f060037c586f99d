#include "guard/cases/case.h"

#include <fmt/format.h>

#include <charconv>

#include "guard/cases/sealed_text.h"

namespace noroshi {

std::string Case::id() const { return id_of('C', number); }

std::string id_of(char letter, std::uint64_t number) { return fmt::format("{}{}", letter, number); }

Result<std::uint64_t> parse_id(char letter, std::string_view text) {
  std::uint64_t number = 0;
  const auto wrong = [&] {
    return failure(ErrorCode::kInvalidArgument,
                   fmt::format("'{}' is not of the form {}12", text, letter));
  };
  if (text.size() < 2 || text.size() > 19 || text.front() != letter) return wrong();
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data() + 1, end, number);
  if (error != std::errc() || rest != end || number == 0) return wrong();
  return number;
}

Digest digest_of(const Case& opened) {
  SealedText text;
  text.add(opened.number);
  text.add(opened.title);
  text.add(opened.opened_by);
  text.add(to_unix_milliseconds(opened.from));
  text.add(to_unix_milliseconds(opened.to));
  text.add(opened.filter);
  text.add(opened.hold ? 1U : 0U);
  return text.digest();
}

}  // namespace noroshi
