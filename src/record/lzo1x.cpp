#include "record/lzo1x.h"

#include <cstdint>
#include <cstring>
#include <utility>

#include "base/byte_reader.h"

namespace noroshi {
namespace {

/// How many literals the last instruction copied decides what the next one means.
constexpr unsigned kNoLiterals = 0;
constexpr unsigned kLiteralRun = 4;  // four or more; one to three stand for themselves

class Block {
 public:
  Block(std::span<const std::byte> compressed, std::span<std::byte> output)
      : reader_(compressed), output_(output) {}

  [[nodiscard]] std::size_t written() const { return written_; }

  Status decompress() {
    TRY(read_opening());
    while (!ended_) {
      const unsigned instruction = reader_.read_u8();
      if (!reader_.ok()) break;
      TRY(run(instruction));
    }
    if (!reader_.ok()) return failure(ErrorCode::kTruncated, "LZO block ends early");
    if (!reader_.at_end())
      return failure(ErrorCode::kMalformed, "LZO block goes on behind its end");
    return {};
  }

 private:
  /// There is nothing to refer to yet, so a first byte above 17 is a run of literals.
  Status read_opening() {
    const auto rest = reader_.rest();
    if (rest.empty() || static_cast<unsigned>(rest[0]) <= 17) return {};
    const unsigned count = reader_.read_u8() - 17u;
    TRY(copy_literals(count));
    state_ = count < kLiteralRun ? count : kLiteralRun;
    return {};
  }

  Status run(unsigned instruction) {
    if (instruction >= 64) {
      const std::size_t distance =
          (std::size_t{reader_.read_u8()} << 3) + (instruction >> 2 & 7) + 1;
      return copy_match(distance, (instruction >> 5) + 1, instruction & 3);
    }
    if (instruction >= 32) {
      const auto length = read_length(instruction & 31, 31) + 2;
      const unsigned operand = reader_.read_u16_le();
      return copy_match((operand >> 2) + 1, length, operand & 3);
    }
    if (instruction >= 16) {
      const auto length = read_length(instruction & 7, 7) + 2;
      const unsigned operand = reader_.read_u16_le();
      const std::size_t distance = 16384 + ((instruction & 8) << 11) + (operand >> 2);
      if (distance == 16384) {
        ended_ = true;
        return {};
      }
      return copy_match(distance, length, operand & 3);
    }
    if (state_ == kNoLiterals) {
      TRY(copy_literals(read_length(instruction, 15) + 3));
      state_ = kLiteralRun;
      return {};
    }
    const std::size_t distance = (std::size_t{reader_.read_u8()} << 2) + (instruction >> 2) + 1;
    if (state_ == kLiteralRun) return copy_match(distance + 2048, 3, instruction & 3);
    return copy_match(distance, 2, instruction & 3);
  }

  /// A length too long for its bits is spelt out: each zero byte is worth 255, the first other byte
  /// itself. Bounded by the length of the block.
  std::size_t read_length(unsigned bits, std::size_t full) {
    if (bits != 0) return bits;
    std::size_t length = full;
    while (reader_.ok()) {
      const std::size_t byte = reader_.read_u8();
      if (byte != 0) return length + byte;
      length += 255;
    }
    return 0;
  }

  Status copy_match(std::size_t distance, std::size_t length, unsigned literals) {
    if (!reader_.ok()) return {};
    if (distance > written_)
      return failure(ErrorCode::kMalformed, "LZO block refers to bytes before its beginning");
    if (length > output_.size() - written_) return too_large();
    std::byte* target = output_.data() + written_;
    const std::byte* source = target - distance;
    if (distance >= length) {
      std::memcpy(target, source, length);
    } else {
      // The source runs into what is being written: a repeated pattern.
      for (std::size_t i = 0; i < length; ++i) target[i] = source[i];
    }
    written_ += length;
    state_ = literals;
    return copy_literals(literals);
  }

  Status copy_literals(std::size_t count) {
    const auto bytes = reader_.read_bytes(count);
    if (count > output_.size() - written_) return too_large();
    if (!bytes.empty()) std::memcpy(output_.data() + written_, bytes.data(), bytes.size());
    written_ += bytes.size();
    return {};
  }

  static Status too_large() {
    return failure(ErrorCode::kLimit, "LZO block holds more than its reader allows");
  }

  ByteReader reader_;
  std::span<std::byte> output_;
  std::size_t written_ = 0;
  unsigned state_ = kNoLiterals;
  bool ended_ = false;
};

}  // namespace

Lzo1xOutcome lzo1x_decompress(std::span<const std::byte> compressed, std::span<std::byte> output) {
  Block block(compressed, output);
  auto status = block.decompress();
  return {.written = block.written(), .status = std::move(status)};
}

}  // namespace noroshi
