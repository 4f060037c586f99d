#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "base/result.h"

namespace noroshi {

/// Hands on an answer that arrives in pieces, except for its last bytes until the end is seen. When
/// a question fails half-way, a ClickHouse server that has already said 200 writes the exception
/// behind the rows; without this it would be read as rows.
class AnswerTail {
 public:
  using Sink = std::function<Status(std::span<const std::byte>)>;

  /// `sink` outlives this.
  explicit AnswerTail(const Sink& sink) : sink_(sink) {}

  Status take(std::span<const std::byte> bytes);
  /// The answer has ended: hands on the rest, or returns the exception that it ends with.
  Status end();

 private:
  const Sink& sink_;
  std::vector<std::byte> held_;
};

}  // namespace noroshi
