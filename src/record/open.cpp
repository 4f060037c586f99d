#include <fmt/format.h>

#include <array>

#include "record/binetflow.h"
#include "record/capture.h"
#include "record/compressed_stream.h"
#include "record/flow_csv.h"
#include "record/flow_json.h"
#include "record/format.h"
#include "record/ipfix_file.h"
#include "record/nfcapd.h"
#include "record/recording.h"
#include "record/zeek.h"

namespace noroshi {
namespace {

/// Asked in this order; the strictest magic first, the loosest text last.
constexpr std::array kFormats{
    &kPcap,     &kPcapng,    &kNfcapd,  &kIpfixFile, &kZeekTsv,
    &kZeekJson, &kBinetflow, &kFlowCsv, &kFlowJson,
};

/// Adds what the stream below says of its own end (a gzip file cut short) to the damage that the
/// reader counts, so that no reader needs to ask.
class StreamedRecording final : public Recording {
 public:
  /// `stream` is the one that `recording` reads from and owns.
  StreamedRecording(std::unique_ptr<Recording> recording, const ByteStream& stream)
      : recording_(std::move(recording)), stream_(stream) {}

  std::string format() const override { return recording_->format(); }
  Result<bool> read(FlowBatch& batch) override {
    const bool more = TRY(recording_->read(batch));
    if (more || ended_damaged_ || stream_.damage().empty()) return more;
    ended_damaged_ = true;
    final_statistics_ = recording_->statistics();
    final_statistics_.count_damage(stream_.damage());
    return more;
  }
  const RecordingStatistics& statistics() const override {
    return ended_damaged_ ? final_statistics_ : recording_->statistics();
  }
  std::uint64_t consumed() const override { return recording_->consumed(); }
  std::uint64_t total() const override { return recording_->total(); }

 private:
  std::unique_ptr<Recording> recording_;
  const ByteStream& stream_;
  RecordingStatistics final_statistics_;
  bool ended_damaged_ = false;
};

}  // namespace

Result<std::unique_ptr<Recording>> open_recording(std::unique_ptr<ByteStream> stream,
                                                  const std::string& name,
                                                  const RecordingOptions& options) {
  auto plain = decompressed(std::move(stream));
  if (!plain) return tl::unexpected(in_context(name, plain.error()));
  const ByteStream& bytes = **plain;
  Input input(std::move(*plain));
  const auto head = input.peek(kSniffLength);
  if (!head) return tl::unexpected(in_context(name, head.error()));
  if (head->empty() && !bytes.damage().empty())
    return failure(ErrorCode::kTruncated,
                   fmt::format("{}: nothing of it can be decompressed ({})", name, bytes.damage()));
  if (head->empty()) return failure(ErrorCode::kTruncated, fmt::format("{}: is empty", name));
  for (const auto* format : kFormats) {
    if (!format->recognises(*head)) continue;
    auto recording = format->open(std::move(input), options);
    if (!recording) return tl::unexpected(in_context(name, recording.error()));
    return std::make_unique<StreamedRecording>(std::move(*recording), bytes);
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
