#include "scenario_views.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <utility>

#include "flow_file_writer.h"
#include "simulate/exporter.h"
#include "whole_file.h"

namespace noroshi {
namespace {

using simulate::ExportProtocol;
using std::chrono::seconds;

/// Splits rows that are in order at the ends of stretches of `length`, and hands out each part with
/// the beginning of its stretch.
template <typename Visitor>
Status for_each_stretch(const FlowBatch& rows, std::chrono::milliseconds length, Visitor&& visit) {
  const auto of = [&](std::size_t row) {
    return rows.received()[row] / static_cast<std::uint64_t>(length.count());
  };
  const auto begins = [&](std::uint64_t stretch) {
    return from_unix_milliseconds(stretch * static_cast<std::uint64_t>(length.count()));
  };
  if (rows.empty()) return {};
  if (of(0) == of(rows.size() - 1)) return visit(begins(of(0)), rows);
  FlowBatch part(rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (!part.empty() && of(row) != of(row - 1)) {
      TRY(visit(begins(of(row - 1)), part));
      part.clear();
    }
    part.append_row(rows, row);
  }
  return visit(begins(of(rows.size() - 1)), part);
}

/// One file of flows after another, each named for the beginning of its stretch, in UTC.
class RotatingFiles final : public ViewWriter {
 public:
  RotatingFiles(const simulate::Plan& plan, const simulate::ViewPlan& view, bool replace)
      : view_(view), start_(plan.start), replace_(replace) {}
  static Result<std::unique_ptr<ViewWriter>> create(const simulate::Plan& plan,
                                                    const simulate::ViewPlan& view,
                                                    const Target& target) {
    auto writer = std::make_unique<RotatingFiles>(plan, view, target.replace);
    writer->path_ = (std::filesystem::path(target.folder) / view.name).string();
    std::error_code failed;
    std::filesystem::create_directories(writer->path_, failed);
    if (failed)
      return failure(ErrorCode::kIo,
                     fmt::format("{}: cannot be made: {}", writer->path_, failed.message()));
    return writer;
  }

  Status finish() override { return close(); }

 private:
  Status put(const FlowBatch& rows) override {
    if (view_.rotate == seconds(0)) return put_into(start_, rows);
    return for_each_stretch(rows, view_.rotate, [this](Timestamp begins, const FlowBatch& part) {
      return put_into(begins, part);
    });
  }

  Status put_into(Timestamp begins, const FlowBatch& rows) {
    if (file_ && begins != begins_) TRY(close());
    if (!file_) {
      begins_ = begins;
      const auto stamp =
          fmt::format("{:%Y%m%d%H%M}", std::chrono::floor<std::chrono::seconds>(begins));
      const auto name =
          view_.format == "nfcapd" ? "nfcapd." + stamp : fmt::format("{}.{}", stamp, view_.format);
      file_ = TRY(
          create_flow_file((std::filesystem::path(path_) / name).string(), view_.format, replace_));
    }
    return file_->add(rows);
  }

  Status close() {
    if (!file_) return {};
    TRY(file_->finish());
    written_.skipped += file_->skipped();
    ++written_.files;
    file_.reset();
    return {};
  }

  const simulate::ViewPlan& view_;
  Timestamp start_;
  bool replace_;
  Timestamp begins_;
  std::unique_ptr<FlowFileWriter> file_;
};

/// What the routers send, second by second, into a capture or to a collector.
class ExportDatagrams final : public ViewWriter {
 public:
  ExportDatagrams(ExportProtocol protocol, const simulate::Plan& plan) : protocol_(protocol) {
    simulate::Scenario scenario;
    scenario.start = plan.start;
    encoder_ = simulate::make_encoder(protocol, scenario);
  }
  static Result<std::unique_ptr<ViewWriter>> create(ExportProtocol protocol,
                                                    const simulate::Plan& plan,
                                                    const simulate::ViewPlan& view,
                                                    const Target& target) {
    auto writer = std::make_unique<ExportDatagrams>(protocol, plan);
    if (!target.send.empty()) {
      writer->path_ = target.send;
      writer->sender_.emplace(TRY(DatagramSender::open(target.send, target.sender)));
      return writer;
    }
    writer->path_ = (std::filesystem::path(target.folder) / (view.name + ".pcap")).string();
    writer->capture_.emplace(
        TRY(WholeFile::create(writer->path_, target.replace ? WholeFile::Existing::kReplace
                                                            : WholeFile::Existing::kRefuse)));
    TRY(writer->capture_->write(PcapEncoder::file_header()));
    return writer;
  }

  Status finish() override {
    written_.skipped = encoder_->statistics().skipped;
    if (!capture_) return {};
    written_.files = 1;
    return capture_->finish();
  }

 private:
  Status put(const FlowBatch& rows) override {
    return for_each_stretch(
        rows, seconds(1), [this](Timestamp begins, const FlowBatch& part) -> Status {
          const auto now = begins + seconds(1);
          PcapEncoder::Microseconds time = now;
          for (const auto& datagram : encoder_->encode(part, now)) {
            if (capture_)
              TRY(capture_->write(pcap_.packet(simulate::route_of(protocol_), time, datagram)));
            if (sender_) TRY(sender_->send(datagram));
            ++written_.datagrams;
            time += std::chrono::microseconds(2);
          }
          return {};
        });
  }

  ExportProtocol protocol_;
  std::unique_ptr<Encoder> encoder_;
  PcapEncoder pcap_;
  std::optional<WholeFile> capture_;
  std::optional<DatagramSender> sender_;
};

}  // namespace

Status ViewWriter::add(const FlowBatch& rows) {
  written_.rows += rows.size();
  for (const auto packets : rows.packets()) written_.packets += packets;
  for (const auto bytes : rows.bytes()) written_.bytes += bytes;
  return put(rows);
}

Result<std::unique_ptr<ViewWriter>> ViewWriter::create(const simulate::Plan& plan,
                                                       const simulate::ViewPlan& view,
                                                       const Target& target) {
  static constexpr std::string_view kDatagrams[simulate::kExportProtocols] = {
      "netflow5", "netflow9", "ipfix-udp", "sflow"};
  for (std::size_t i = 0; i < simulate::kExportProtocols; ++i)
    if (view.format == kDatagrams[i])
      return ExportDatagrams::create(static_cast<ExportProtocol>(i), plan, view, target);
  return RotatingFiles::create(plan, view, target);
}

}  // namespace noroshi
