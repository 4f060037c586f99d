#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "record/recording.h"

namespace noroshi {

/// One kind of recording: how to recognise it, and how to read it. Each reader's header declares
/// one of these; open.cpp lists them all in the order they are asked.
struct RecordingFormat {
  /// Looks at the first bytes (up to kSniffLength, fewer in short files); consumes nothing.
  bool (*recognises)(std::span<const std::byte> head);
  /// The recording keeps the Input for as long as it lives.
  Result<std::unique_ptr<Recording>> (*open)(Input input, const RecordingOptions& options);
};
inline constexpr std::size_t kSniffLength = 65'536;

}  // namespace noroshi
