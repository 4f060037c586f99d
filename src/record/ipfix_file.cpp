#include "record/ipfix_file.h"

#include <algorithm>

#include "base/byte_reader.h"
#include "decode/decoder.h"

namespace noroshi {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::uint16_t kVersion = 10;
constexpr std::size_t kHeader = 16;
constexpr std::size_t kSetHeader = 4;
constexpr std::size_t kLargestMessage = 65'535;
/// Looked at in one go for the next message: so much that even the largest fits, and its follower.
constexpr std::size_t kSearch = std::size_t{1} << 20;

std::uint16_t u16(Bytes bytes, std::size_t at) {
  return load_big_endian<std::uint16_t>(bytes.data() + at);
}

/// Version, a possible length and a possible first set: far from what chance brings forth.
bool is_message_header(Bytes bytes) {
  if (bytes.size() < kHeader || u16(bytes, 0) != kVersion || u16(bytes, 2) < kHeader) return false;
  const std::size_t rest = u16(bytes, 2) - kHeader;
  if (rest < kSetHeader) return rest == 0;
  if (bytes.size() < kHeader + kSetHeader) return true;  // the file ends here
  const auto set = u16(bytes, kHeader);
  const std::size_t length = u16(bytes, kHeader + 2);
  return (set == 2 || set == 3 || set >= 256) && length >= kSetHeader && length <= rest;
}

/// The sets of a whole message add up to its length.
bool sets_fill(Bytes message) {
  auto rest = message.subspan(kHeader);
  while (rest.size() >= kSetHeader) {
    const std::size_t length = u16(rest, 2);
    if (length < kSetHeader || length > rest.size()) return false;
    rest = rest.subspan(length);
  }
  return rest.empty();
}

/// A whole message at the front of `bytes` whose length is borne out: by its sets, or by what comes
/// behind it, which is another message or the end.
bool is_message(Bytes bytes) {
  if (!is_message_header(bytes)) return false;
  const std::size_t length = u16(bytes, 2);
  if (length > bytes.size()) return false;
  return length == bytes.size() || sets_fill(bytes.first(length)) ||
         is_message_header(bytes.subspan(length));
}

bool recognises_ipfix(Bytes head) {
  if (!is_message_header(head)) return false;
  return u16(head, 2) > head.size() || is_message(head);
}

Decoder::Config decoder_config(const RecordingOptions& options) {
  Decoder::Config config;
  config.transport = Transport::kConnection;
  config.default_sampling_rate = options.default_sampling_rate;
  return config;
}

class IpfixFile final : public Recording {
 public:
  IpfixFile(Input input, const RecordingOptions& options)
      : input_(std::move(input)), decoder_(decoder_config(options)) {}

  std::string format() const override { return "ipfix file"; }

  Result<bool> read(FlowBatch& batch) override {
    batch.clear();
    while (batch.size() < kRowsPerRead) {
      const auto message = TRY(next_message());
      if (message.empty()) break;
      ByteReader reader(message);
      reader.skip(4);
      const Timestamp exported{std::chrono::seconds(reader.read_u32())};
      decoder_.decode(
          {.exporter = {}, .exporter_port = {}, .received = exported, .payload = message}, batch);
    }
    statistics_.decode = decoder_.statistics();
    return !batch.empty();
  }

  const RecordingStatistics& statistics() const override { return statistics_; }
  std::uint64_t consumed() const override { return input_.consumed(); }
  std::uint64_t total() const override { return input_.total(); }

 private:
  /// The next message, empty at the end of the file.
  Result<Bytes> next_message() {
    while (true) {
      // Enough to see the header behind the largest message.
      const auto bytes = TRY(input_.peek(kLargestMessage + kHeader + kSetHeader));
      if (bytes.empty()) return bytes;
      if (is_message(bytes)) return input_.take(u16(bytes, 2));
      if (is_message_header(bytes) && u16(bytes, 2) > bytes.size()) {
        // Cut short; but a length that was damaged looks the same, and messages may follow it.
        const auto next = find_message(bytes);
        if (next == bytes.size()) {
          statistics_.count_damage("truncated_message");
          return input_.take(bytes.size());
        }
      }
      statistics_.count_damage("malformed_message");
      TRY(skip_to_message());
    }
  }

  Status skip_to_message() {
    while (true) {
      const auto bytes = TRY(input_.peek(kSearch));
      const auto next = find_message(bytes);
      // A message may begin near the end of what was looked at: look at that part again.
      const bool again = next == bytes.size() && bytes.size() == kSearch;
      const auto skipped = again ? bytes.size() - kLargestMessage - kHeader - kSetHeader : next;
      statistics_.count_damage("skipped_bytes", skipped);
      TRY(input_.take(skipped));
      if (!again) return {};
    }
  }

  /// Where the next message begins, beyond the first byte; else the end of `bytes`.
  static std::size_t find_message(Bytes bytes) {
    for (std::size_t at = 1; at + kHeader <= bytes.size(); ++at)
      if (is_message(bytes.subspan(at))) return at;
    return bytes.size();
  }

  Input input_;
  Decoder decoder_;
  RecordingStatistics statistics_;
};

Result<std::unique_ptr<Recording>> open_ipfix(Input input, const RecordingOptions& options) {
  return std::make_unique<IpfixFile>(std::move(input), options);
}

}  // namespace

const RecordingFormat kIpfixFile{recognises_ipfix, open_ipfix};

}  // namespace noroshi
