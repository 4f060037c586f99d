#include <fmt/format.h>

#include <array>

#include "record/compressed_stream.h"
#include "record/format.h"
#include "record/recording.h"

namespace noroshi {
namespace {

/// Asked in this order; the strictest magic first, the loosest text last.
constexpr std::array<const RecordingFormat*, 0> kFormats{};

}  // namespace

Result<std::unique_ptr<Recording>> open_recording(std::unique_ptr<ByteStream> stream,
                                                  const std::string& name,
                                                  const RecordingOptions& options) {
  auto plain = decompressed(std::move(stream));
  if (!plain) return tl::unexpected(in_context(name, plain.error()));
  Input input(std::move(*plain));
  const auto head = input.peek(kSniffLength);
  if (!head) return tl::unexpected(in_context(name, head.error()));
  if (head->empty()) return failure(ErrorCode::kTruncated, fmt::format("{}: is empty", name));
  for (const auto* format : kFormats) {
    if (!format->recognises(*head)) continue;
    auto recording = format->open(std::move(input), options);
    if (!recording) return tl::unexpected(in_context(name, recording.error()));
    return recording;
  }
  return failure(ErrorCode::kUnsupported,
                 fmt::format("{}: not a recording we know (pcap, pcapng, nfcapd, IPFIX file, Zeek "
                             "conn, Argus binetflow, Noroshi CSV or JSON)",
                             name));
}

Result<std::unique_ptr<Recording>> open_recording(const std::string& path,
                                                  const RecordingOptions& options) {
  return open_recording(TRY(open_stream(path)), path == "-" ? "standard input" : path, options);
}

}  // namespace noroshi
