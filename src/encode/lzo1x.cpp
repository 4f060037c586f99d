#include "encode/lzo1x.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "base/byte_order.h"

namespace noroshi {
namespace {

constexpr std::size_t kShortestMatch = 4;
constexpr std::size_t kNearReach = 2048;      // two-byte instructions, up to eight bytes long
constexpr std::size_t kMiddleReach = 16'384;  // three-byte instructions
constexpr std::size_t kFarReach = 49'151;     // three-byte instructions with fewer length bits
constexpr unsigned kHashBits = 14;

class Compressor {
 public:
  explicit Compressor(std::span<const std::byte> input)
      : input_(input), latest_(std::size_t{1} << kHashBits, kNever) {
    output_.reserve(input.size() / 2 + 64);
  }

  std::vector<std::byte> compress() {
    std::size_t position = 0;
    while (position + kShortestMatch <= input_.size()) {
      const auto match = find_match(position);
      if (match.length < kShortestMatch) {
        ++position;
        continue;
      }
      write_literals(position);
      write_match(match);
      position += match.length;
      unwritten_ = position;
    }
    write_literals(input_.size());
    write(0x11);  // a far match of distance 16384 is the end
    write(0);
    write(0);
    return std::move(output_);
  }

 private:
  static constexpr std::uint32_t kNever = 0xffffffff;
  struct Match {
    std::size_t distance = 0;
    std::size_t length = 0;
  };

  Match find_match(std::size_t position) {
    const auto word = load_little_endian<std::uint32_t>(input_.data() + position);
    auto& slot = latest_[word * 2654435761u >> (32 - kHashBits)];
    const std::size_t candidate = slot;
    slot = static_cast<std::uint32_t>(position);
    if (candidate == kNever || position - candidate > kFarReach) return {};
    Match match{.distance = position - candidate, .length = 0};
    while (position + match.length < input_.size() &&
           input_[candidate + match.length] == input_[position + match.length])
      ++match.length;
    return match;
  }

  void write(std::size_t byte) { output_.push_back(static_cast<std::byte>(byte)); }

  /// The part of a length that does not fit its bits: 255 for each zero byte, then the rest.
  void write_long(std::size_t length) {
    for (; length > 255; length -= 255) write(0);
    write(length);
  }

  /// Everything between the last match and `end`, in the cheapest form that its place allows.
  void write_literals(std::size_t end) {
    const auto literals = input_.subspan(unwritten_, end - unwritten_);
    const auto count = literals.size();
    if (count == 0) return;
    if (output_.empty() && count <= 238) {
      write(17 + count);
    } else if (count <= 3) {
      // In the two low bits of the match before, which sit in its last byte but one.
      output_[output_.size() - 2] |= static_cast<std::byte>(count);
    } else if (count <= 18) {
      write(count - 3);
    } else {
      write(0);
      write_long(count - 18);
    }
    output_.insert(output_.end(), literals.begin(), literals.end());
    unwritten_ = end;
  }

  void write_match(const Match& match) {
    if (match.distance <= kNearReach && match.length <= 8) {
      const auto distance = match.distance - 1;
      write((match.length - 1) << 5 | (distance & 7) << 2);
      write(distance >> 3);
      return;
    }
    const bool far = match.distance > kMiddleReach;
    const auto distance = far ? match.distance - kMiddleReach : match.distance - 1;
    const std::size_t most = far ? 7 : 31;
    const auto opcode = far ? 16 | (distance >> 14) << 3 : 32;
    const auto length = match.length - 2;
    write(opcode | (length <= most ? length : 0));
    if (length > most) write_long(length - most);
    write((distance & 0x3f) << 2);
    write((distance & 0x3fff) >> 6);
  }

  std::span<const std::byte> input_;
  std::vector<std::uint32_t> latest_;  // where each hash of four bytes was seen last
  std::vector<std::byte> output_;
  std::size_t unwritten_ = 0;
};

}  // namespace

std::vector<std::byte> lzo1x_compress(std::span<const std::byte> input) {
  return Compressor(input).compress();
}

}  // namespace noroshi
