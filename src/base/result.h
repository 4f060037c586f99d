#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace noroshi {

/// What kind of thing went wrong. Callers branch on this; people read the message.
enum class ErrorCode {
  kInvalidArgument,  ///< a person asked for something that cannot be
  kNotFound,
  kPermission,
  kIo,           ///< the operating system refused, after opening
  kTruncated,    ///< the input ends before it should
  kMalformed,    ///< the input breaks its own format
  kUnsupported,  ///< well formed, but a form we do not read
  kLimit,        ///< larger than we are willing to hold
  kUnavailable,  ///< a peer is away or refuses for now: nothing happened, trying later may help
  kUnclear,      ///< a peer may or may not have done what was asked: ask it before trying again
};

/// An expected failure: what was attempted, what was found, and what would help.
struct Error {
  ErrorCode code = ErrorCode::kIo;
  std::string message;
};

template <typename T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

/// `return failure(ErrorCode::kNotFound, "…");` from any function returning a Result.
[[nodiscard]] inline tl::unexpected<Error> failure(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}

/// The same error, saying first what was being done: "flows.pcap: not a capture file".
[[nodiscard]] inline Error in_context(std::string_view context, Error error) {
  error.message.insert(0, std::string(context) + ": ");
  return error;
}

}  // namespace noroshi

/// The value of a Result, or an early return of its error from the enclosing function. The only
/// control-flow macro in the house. A statement expression, which g++ and clang both have.
#define TRY(expression) NOROSHI_TRY(NOROSHI_JOIN(noroshi_result_, __COUNTER__), expression)

#define NOROSHI_JOIN(left, right) NOROSHI_JOIN_(left, right)
#define NOROSHI_JOIN_(left, right) left##right
#define NOROSHI_TRY(result, expression)                                    \
  __extension__({                                                          \
    auto&& result = (expression);                                          \
    if (!result) [[unlikely]]                                              \
      return ::tl::unexpected(std::move(result).error());                  \
    ::noroshi::internal::value_of(std::forward<decltype(result)>(result)); \
  })

namespace noroshi::internal {

template <typename T>
T value_of(tl::expected<T, Error>&& result) {
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

template <typename T>
T value_of(tl::expected<T, Error>& result) {
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace noroshi::internal
