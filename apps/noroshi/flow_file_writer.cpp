#include "flow_file_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/time.h"
#include "encode/ipfix.h"
#include "encode/nfcapd.h"
#include "record/flow_csv.h"
#include "record/flow_json.h"
#include "whole_file.h"

namespace noroshi {
namespace {

/// The writer keeps its file in memory until the end, some tens of bytes a flow.
constexpr std::uint64_t kMostNfcapdRows = 50'000'000;

class NfcapdFile final : public FlowFileWriter {
 public:
  NfcapdFile(WholeFile file, NfcapdWriter writer)
      : file_(std::move(file)), writer_(std::move(writer)) {}

  Status add(const FlowBatch& batch) override {
    rows_ += batch.size();
    if (rows_ > kMostNfcapdRows)
      return failure(ErrorCode::kLimit,
                     fmt::format("an nfcapd file holds at most {} flows here; export several "
                                 "stretches of time with --from and --to",
                                 kMostNfcapdRows));
    writer_.add(batch);
    return {};
  }
  Status finish() override {
    TRY(file_.write(writer_.finish()));
    return file_.finish();
  }

 private:
  WholeFile file_;
  NfcapdWriter writer_;
  std::uint64_t rows_ = 0;
};

class IpfixFile final : public FlowFileWriter {
 public:
  explicit IpfixFile(WholeFile file) : file_(std::move(file)), encoder_(IpfixEncoder::Config{}) {}

  Status add(const FlowBatch& batch) override {
    // The messages say that they were exported when the latest of their flows had ended, as an
    // exporter would have: never in the future of those who read them.
    for (const auto last : batch.last()) exported_ = std::max(exported_, last);
    return write(encoder_.encode(batch, from_unix_milliseconds(exported_)));
  }
  Status finish() override {
    TRY(write(encoder_.encode(FlowBatch(), from_unix_milliseconds(exported_))));
    return file_.finish();
  }
  std::uint64_t skipped() const override { return encoder_.statistics().skipped; }

 private:
  /// RFC 5655 §5: an IPFIX file is its messages, one after another.
  Status write(const Datagrams& messages) {
    for (const auto& message : messages) TRY(file_.write(message));
    return {};
  }

  WholeFile file_;
  IpfixEncoder encoder_;
  std::uint64_t exported_ = 0;
};

class TextFile final : public FlowFileWriter {
 public:
  using WriteBatch = void (*)(const FlowBatch& batch, std::string& out);
  TextFile(WholeFile file, std::string header, WriteBatch write_batch)
      : file_(std::move(file)), text_(std::move(header)), write_batch_(write_batch) {}

  Status add(const FlowBatch& batch) override {
    write_batch_(batch, text_);
    return flush();
  }
  Status finish() override {
    TRY(flush());
    return file_.finish();
  }

 private:
  Status flush() {
    TRY(file_.write(std::as_bytes(std::span(text_))));
    text_.clear();
    return {};
  }

  WholeFile file_;
  std::string text_;
  WriteBatch write_batch_;
};

}  // namespace

Result<std::unique_ptr<FlowFileWriter>> create_flow_file(const std::string& path,
                                                         const std::string& format, bool replace) {
  auto file = TRY(WholeFile::create(
      path, replace ? WholeFile::Existing::kReplace : WholeFile::Existing::kRefuse));
  if (format == "nfcapd") {
    NfcapdWriter::Config config;
    config.created =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    auto writer = TRY(NfcapdWriter::create(std::move(config)));
    return std::make_unique<NfcapdFile>(std::move(file), std::move(writer));
  }
  if (format == "ipfix") return std::make_unique<IpfixFile>(std::move(file));
  if (format == "json")
    return std::make_unique<TextFile>(std::move(file), std::string(), write_json_lines);
  std::string header;
  write_csv_header(header);
  return std::make_unique<TextFile>(std::move(file), std::move(header), write_csv);
}

}  // namespace noroshi
