#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace noroshi {

/// The streaming side of one compression library, so that the stream above needs to know only one
/// form. Nothing throws; memory is bounded whatever the data claims.
class Decompressor {
 public:
  enum class State {
    kMore,       ///< call again, with more input or more room
    kMemberEnd,  ///< one member or frame is complete and its checksum is right
    kDamaged,    ///< the data breaks its format or fails its checksum
    kTooLarge,   ///< the data demands more memory than we are willing to give
  };
  struct Step {
    std::size_t consumed = 0;
    std::size_t produced = 0;
    State state = State::kMore;
  };

  virtual ~Decompressor() = default;
  /// Reads the front of `input` and fills the front of `output`.
  virtual Step step(std::span<const std::byte> input, std::span<std::byte> output) = 0;
  /// Makes ready for another member of the same format.
  virtual void restart() = 0;
};

/// A format recognised by its first bytes, and how to read it.
struct CompressionFormat {
  /// `head` may be as short as the input is.
  bool (*recognises)(std::span<const std::byte> head);
  /// Null when the library has no memory to give.
  std::unique_ptr<Decompressor> (*create)();
};
/// The bytes that recognises() wants to see.
inline constexpr std::size_t kCompressionHead = 10;

/// gzip (RFC 1952), zstd (RFC 8878), bzip2 or xz; null when the bytes are none of them.
[[nodiscard]] const CompressionFormat* compression_of(std::span<const std::byte> head);

}  // namespace noroshi
