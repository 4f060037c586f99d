#include "record/compressed_stream.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "record/decompressor.h"

namespace noroshi {
namespace {

constexpr int kMostLayers = 2;
constexpr std::size_t kChunk = std::size_t{64} << 10;

/// A stream whose first bytes were looked at: gives them again, then the rest.
class SniffedStream final : public ByteStream {
 public:
  explicit SniffedStream(std::unique_ptr<ByteStream> stream) : stream_(std::move(stream)) {}

  Status sniff() {
    while (length_ < head_.size()) {
      const auto got = TRY(stream_->read(std::span(head_).subspan(length_)));
      if (got == 0) break;
      length_ += got;
    }
    return {};
  }
  [[nodiscard]] std::span<const std::byte> head() const { return {head_.data(), length_}; }

  Result<std::size_t> read(std::span<std::byte> buffer) override {
    if (given_ == length_) return stream_->read(buffer);
    const auto length = std::min(buffer.size(), length_ - given_);
    std::memcpy(buffer.data(), head_.data() + given_, length);
    given_ += length;
    return length;
  }
  std::uint64_t consumed() const override { return stream_->consumed(); }
  std::uint64_t total() const override { return stream_->total(); }
  std::string_view damage() const override { return stream_->damage(); }

 private:
  std::unique_ptr<ByteStream> stream_;
  std::array<std::byte, kCompressionHead> head_{};
  std::size_t length_ = 0;
  std::size_t given_ = 0;
};

class DecompressedStream final : public ByteStream {
 public:
  DecompressedStream(std::unique_ptr<ByteStream> stream, const CompressionFormat& format)
      : stream_(std::move(stream)), format_(format), codec_(format.create()), buffer_(kChunk) {}

  Result<std::size_t> read(std::span<std::byte> output) override {
    if (output.empty()) return 0;
    while (!ended_) {
      if (!in_member_ && !TRY(find_next_member())) break;
      // The codec may hold output back although it has taken all input: so it is asked again before
      // more is read, and only silence from both sides means that more is needed.
      const auto step = codec_->step(pending(), output);
      begin_ += step.consumed;
      if (step.state == Decompressor::State::kMemberEnd) in_member_ = false;
      if (step.state == Decompressor::State::kDamaged) end_with("damaged_compression");
      if (step.state == Decompressor::State::kTooLarge) end_with("oversized_compression");
      if (step.produced > 0) return step.produced;
      if (step.consumed > 0 || !in_member_ || ended_) continue;
      if (!pending().empty())
        end_with("damaged_compression");  // it refuses to go on
      else if (!TRY(fill()))
        end_with("truncated_compression");
    }
    return 0;
  }
  std::uint64_t consumed() const override { return stream_->consumed(); }
  std::uint64_t total() const override { return stream_->total(); }
  std::string_view damage() const override {
    // A layer below that was cut short explains whatever this layer complains of.
    return stream_->damage().empty() ? damage_ : stream_->damage();
  }

 private:
  [[nodiscard]] std::span<const std::byte> pending() const {
    return std::span(buffer_).subspan(begin_, end_ - begin_);
  }

  /// Adds more input behind what is pending; false at the end of the stream below.
  Result<bool> fill() {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    const auto got = TRY(stream_->read(std::span(buffer_).subspan(end_)));
    end_ += got;
    return got > 0;
  }

  /// Skips padding and makes the codec ready for the member behind it; false when there is none.
  Result<bool> find_next_member() {
    while (true) {
      while (begin_ < end_ && buffer_[begin_] == std::byte{0} && !first_) ++begin_;
      if (end_ - begin_ >= kCompressionHead || !TRY(fill())) break;
    }
    if (pending().empty()) {
      ended_ = true;
      return false;
    }
    if (!format_.recognises(pending())) {
      end_with("garbage_after_compression");
      return false;
    }
    if (!first_) codec_->restart();
    first_ = false;
    in_member_ = true;
    return true;
  }

  void end_with(std::string_view damage) {
    damage_ = damage;
    ended_ = true;
  }

  std::unique_ptr<ByteStream> stream_;
  const CompressionFormat& format_;
  std::unique_ptr<Decompressor> codec_;
  std::vector<std::byte> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::string_view damage_;
  bool in_member_ = false;
  bool first_ = true;
  bool ended_ = false;
};

}  // namespace

Result<std::unique_ptr<ByteStream>> decompressed(std::unique_ptr<ByteStream> stream) {
  for (int layer = 0; layer <= kMostLayers; ++layer) {
    auto sniffed = std::make_unique<SniffedStream>(std::move(stream));
    TRY(sniffed->sniff());
    const auto* format = layer < kMostLayers ? compression_of(sniffed->head()) : nullptr;
    if (format == nullptr) return sniffed;
    stream = std::make_unique<DecompressedStream>(std::move(sniffed), *format);
  }
  return stream;
}

}  // namespace noroshi
