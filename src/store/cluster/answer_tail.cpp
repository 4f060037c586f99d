#include "store/cluster/answer_tail.h"

#include <string_view>

#include "store/exception.h"

namespace noroshi {
namespace {

/// No exception is longer: servers cut the statement that they quote.
constexpr std::size_t kLongestException = 16 << 10;

/// Where an exception begins in the text, by the two marks that every release writes; npos where
/// none does.
std::size_t find_exception(std::string_view text) {
  constexpr std::string_view kMark = "Code: ";
  for (auto at = text.find(kMark); at != text.npos; at = text.find(kMark, at + 1))
    if (text.substr(at, 64).find("DB::") != text.npos) return at;
  return text.npos;
}

}  // namespace

Status AnswerTail::take(std::span<const std::byte> bytes) {
  held_.insert(held_.end(), bytes.begin(), bytes.end());
  if (held_.size() < 4 * kLongestException) return {};
  const auto count = held_.size() - kLongestException;
  TRY(sink_(std::span(held_).first(count)));
  held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(count));
  return {};
}

Status AnswerTail::end() {
  const std::string_view text(reinterpret_cast<const char*>(held_.data()), held_.size());
  const auto tail = text.substr(text.size() - std::min(text.size(), kLongestException));
  if (const auto at = find_exception(tail); at != tail.npos)
    return tl::unexpected(error_of_exception(tail.substr(at)));
  if (held_.empty()) return {};
  return sink_(held_);
}

}  // namespace noroshi
