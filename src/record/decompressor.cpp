#include "record/decompressor.h"

#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>

namespace noroshi {
namespace {

using namespace std::string_view_literals;
using Bytes = std::span<const std::byte>;
using State = Decompressor::State;

// The libraries were made before const and std::byte: these two functions hold every cast.
template <typename T>
T* input_pointer(Bytes bytes) {
  return reinterpret_cast<T*>(const_cast<std::byte*>(bytes.data()));
}
template <typename T>
T* output_pointer(std::span<std::byte> bytes) {
  return reinterpret_cast<T*>(bytes.data());
}

bool begins_with(Bytes head, std::string_view magic) {
  return head.size() >= magic.size() && std::memcmp(head.data(), magic.data(), magic.size()) == 0;
}

unsigned clamped(std::size_t size) {
  return static_cast<unsigned>(
      std::min<std::size_t>(size, std::numeric_limits<unsigned>::max() / 2));
}

class Gzip final : public Decompressor {
 public:
  Gzip() {
    // 16 + 15: gzip framing only, with the largest window the format has (32 KiB).
    usable_ = ::inflateInit2(&stream_, 16 + 15) == Z_OK;
  }
  ~Gzip() override { ::inflateEnd(&stream_); }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  Step step(Bytes input, std::span<std::byte> output) override {
    if (!usable_) return {.state = State::kTooLarge};
    stream_.next_in = input_pointer<Bytef>(input);
    stream_.avail_in = clamped(input.size());
    stream_.next_out = output_pointer<Bytef>(output);
    stream_.avail_out = clamped(output.size());
    const auto given = stream_.avail_in;
    const auto room = stream_.avail_out;
    const int code = ::inflate(&stream_, Z_NO_FLUSH);
    Step step{.consumed = given - stream_.avail_in, .produced = room - stream_.avail_out};
    if (code == Z_STREAM_END) step.state = State::kMemberEnd;
    if (code == Z_MEM_ERROR) step.state = State::kTooLarge;
    if (code == Z_DATA_ERROR || code == Z_NEED_DICT || code == Z_STREAM_ERROR)
      step.state = State::kDamaged;
    return step;
  }
  void restart() override { usable_ = ::inflateReset(&stream_) == Z_OK; }

 private:
  z_stream stream_{};
  bool usable_ = false;
};

class Zstandard final : public Decompressor {
 public:
  // A frame may ask for up to 2^41 bytes of window; 128 MiB is what `zstd --long` writes at most.
  static constexpr int kLargestWindowLog = 27;

  Zstandard() : stream_(::ZSTD_createDStream()) {
    if (stream_ != nullptr)
      ::ZSTD_DCtx_setParameter(stream_, ZSTD_d_windowLogMax, kLargestWindowLog);
  }
  ~Zstandard() override { ::ZSTD_freeDStream(stream_); }
  Zstandard(const Zstandard&) = delete;
  Zstandard& operator=(const Zstandard&) = delete;

  Step step(Bytes input, std::span<std::byte> output) override {
    if (stream_ == nullptr) return {.state = State::kTooLarge};
    ZSTD_inBuffer in{input.data(), input.size(), 0};
    ZSTD_outBuffer out{output.data(), output.size(), 0};
    const auto code = ::ZSTD_decompressStream(stream_, &out, &in);
    Step step{.consumed = in.pos, .produced = out.pos};
    if (code == 0) step.state = State::kMemberEnd;
    // The library gives no public names to its errors before 1.5.5 other than by text.
    if (::ZSTD_isError(code) != 0) {
      const std::string_view reason = ::ZSTD_getErrorName(code);
      step.state =
          reason.find("memory") != std::string_view::npos ? State::kTooLarge : State::kDamaged;
    }
    return step;
  }
  void restart() override { ::ZSTD_DCtx_reset(stream_, ZSTD_reset_session_only); }

 private:
  ZSTD_DStream* stream_;
};

class Bzip2 final : public Decompressor {
 public:
  Bzip2() { open(); }
  ~Bzip2() override { ::BZ2_bzDecompressEnd(&stream_); }
  Bzip2(const Bzip2&) = delete;
  Bzip2& operator=(const Bzip2&) = delete;

  Step step(Bytes input, std::span<std::byte> output) override {
    if (!usable_) return {.state = State::kTooLarge};
    stream_.next_in = input_pointer<char>(input);
    stream_.avail_in = clamped(input.size());
    stream_.next_out = output_pointer<char>(output);
    stream_.avail_out = clamped(output.size());
    const auto given = stream_.avail_in;
    const auto room = stream_.avail_out;
    const int code = ::BZ2_bzDecompress(&stream_);
    Step step{.consumed = given - stream_.avail_in, .produced = room - stream_.avail_out};
    if (code == BZ_STREAM_END) step.state = State::kMemberEnd;
    if (code == BZ_MEM_ERROR) step.state = State::kTooLarge;
    if (code == BZ_DATA_ERROR || code == BZ_DATA_ERROR_MAGIC || code == BZ_PARAM_ERROR ||
        code == BZ_SEQUENCE_ERROR)
      step.state = State::kDamaged;
    return step;
  }
  void restart() override {
    ::BZ2_bzDecompressEnd(&stream_);
    open();
  }

 private:
  void open() {
    stream_ = {};
    usable_ = ::BZ2_bzDecompressInit(&stream_, 0, 0) == BZ_OK;
  }

  bz_stream stream_{};
  bool usable_ = false;
};

class Xz final : public Decompressor {
 public:
  // What `xz -9` needs to decompress is 65 MiB.
  static constexpr std::uint64_t kMemoryLimit = std::uint64_t{256} << 20;

  Xz() { restart(); }
  ~Xz() override { ::lzma_end(&stream_); }
  Xz(const Xz&) = delete;
  Xz& operator=(const Xz&) = delete;

  Step step(Bytes input, std::span<std::byte> output) override {
    if (!usable_) return {.state = State::kTooLarge};
    stream_.next_in = input_pointer<const std::uint8_t>(input);
    stream_.avail_in = input.size();
    stream_.next_out = output_pointer<std::uint8_t>(output);
    stream_.avail_out = output.size();
    const auto code = ::lzma_code(&stream_, LZMA_RUN);
    Step step{.consumed = input.size() - stream_.avail_in,
              .produced = output.size() - stream_.avail_out};
    if (code == LZMA_STREAM_END)
      step.state = State::kMemberEnd;
    else if (code == LZMA_MEM_ERROR || code == LZMA_MEMLIMIT_ERROR)
      step.state = State::kTooLarge;
    else if (code != LZMA_OK && code != LZMA_BUF_ERROR)
      step.state = State::kDamaged;
    return step;
  }
  void restart() override { usable_ = ::lzma_stream_decoder(&stream_, kMemoryLimit, 0) == LZMA_OK; }

 private:
  lzma_stream stream_ = LZMA_STREAM_INIT;
  bool usable_ = false;
};

template <typename Codec>
std::unique_ptr<Decompressor> create() {
  return std::make_unique<Codec>();
}

bool is_gzip(Bytes head) { return begins_with(head, "\x1f\x8b\x08"sv); }

bool is_zstandard(Bytes head) {
  if (begins_with(head, "\x28\xb5\x2f\xfd"sv)) return true;
  // A skippable frame (RFC 8878 §3.1.2) may come first.
  return head.size() >= 4 && (static_cast<unsigned>(head[0]) & 0xf0) == 0x50 &&
         begins_with(head.subspan(1), "\x2a\x4d\x18"sv);
}

bool is_bzip2(Bytes head) {
  if (head.size() < kCompressionHead || !begins_with(head, "BZh"sv)) return false;
  const auto level = static_cast<char>(head[3]);
  return level >= '1' && level <= '9' &&
         (begins_with(head.subspan(4), "\x31\x41\x59\x26\x53\x59"sv) ||
          begins_with(head.subspan(4), "\x17\x72\x45\x38\x50\x90"sv));
}

bool is_xz(Bytes head) { return begins_with(head, "\xfd\x37zXZ\0"sv); }

constexpr std::array kFormats{
    CompressionFormat{is_gzip, create<Gzip>},
    CompressionFormat{is_zstandard, create<Zstandard>},
    CompressionFormat{is_bzip2, create<Bzip2>},
    CompressionFormat{is_xz, create<Xz>},
};

}  // namespace

const CompressionFormat* compression_of(std::span<const std::byte> head) {
  const auto* found = std::find_if(kFormats.begin(), kFormats.end(),
                                   [&](const auto& format) { return format.recognises(head); });
  return found == kFormats.end() ? nullptr : found;
}

}  // namespace noroshi
