#include "learn/example_file.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <bit>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "base/byte_reader.h"
#include "base/byte_writer.h"

// Door (in): examples that were written before. Guard: named by the user; every count and length is
// checked and bounded; servers alone, no client.

namespace noroshi {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;
/// More servers in a day than that are refused when read.
constexpr std::uint64_t kMostServers = 20'000'000;
constexpr std::size_t kLongestLine = 8 << 20;
constexpr std::size_t kFloats = kServerFeatureCount + kBaselines + kEvidenceGroups + 1;
constexpr std::size_t kRowLength = 16 + 2 + 1 + 1 + 1 + 2 + 2 + 4 + 4 * kFloats;

Json head() {
  auto features = Json::array(), baselines = Json::array(), groups = Json::array();
  for (const auto& feature : server_feature_texts()) features.push_back(feature.name);
  for (std::size_t index = 0; index < kBaselines; ++index)
    baselines.push_back(to_string(static_cast<Baseline>(index)));
  for (std::size_t index = 0; index < kEvidenceGroups; ++index)
    groups.push_back(to_string(static_cast<EvidenceGroup>(index)));
  return {{"noroshi_examples", kVersion},
          {"row_length", kRowLength},
          {"features", features},
          {"baselines", baselines},
          {"groups", groups}};
}

/// Every number of a row beyond the fixed ones, once.
template <typename Of, typename Visitor>
void for_each_float(Of& row, Visitor&& visit) {
  visit(row.expected_packets);
  for (auto& value : row.features) visit(value);
  for (auto& value : row.baselines) visit(value);
  for (auto& value : row.groups) visit(value);
}

void write(const EndpointDay& row, ByteWriter& writer) {
  writer.write_bytes(row.server.address.bytes());
  writer.write_u16_le(row.server.port.value);
  writer.write_u8(row.server.protocol.value);
  writer.write_u8(static_cast<std::uint8_t>(row.role));
  writer.write_u8(row.seen ? 1 : 0);
  writer.write_u16_le(row.family);
  writer.write_u16_le(row.kind);
  writer.write_u32_le(row.bots);
  for_each_float(row,
                 [&](float value) { writer.write_u32_le(std::bit_cast<std::uint32_t>(value)); });
}

EndpointDay read_row(ByteReader& reader) {
  EndpointDay row;
  if (const auto address = reader.read_bytes(16); address.size() == 16)
    row.server.address = IpAddress::from_bytes(address.first<16>());
  row.server.port = Port{reader.read_u16_le()};
  row.server.protocol = Protocol{reader.read_u8()};
  row.role = static_cast<ServerRole>(reader.read_u8() % kServerRoles);
  row.seen = reader.read_u8() != 0;
  row.family = reader.read_u16_le();
  row.kind = reader.read_u16_le();
  row.bots = reader.read_u32_le();
  for_each_float(row, [&](float& value) { value = std::bit_cast<float>(reader.read_u32_le()); });
  return row;
}

/// A file from front to back, some of it at a time.
class Pieces {
 public:
  Pieces(const File& file, std::string name) : file_(file), name_(std::move(name)) {}

  Result<std::string> line() {
    for (std::size_t from = 0;;) {
      const auto end = std::string_view(text_).find('\n', from);
      if (end != std::string_view::npos) return take(end + 1, end);
      from = text_.size();
      if (from > kLongestLine)
        return failure(ErrorCode::kMalformed, name_ + ": not a file of examples");
      if (!TRY(more())) return failure(ErrorCode::kTruncated, name_ + ": not whole");
    }
  }
  Result<std::string> bytes(std::size_t count) {
    while (text_.size() < count)
      if (!TRY(more())) return failure(ErrorCode::kTruncated, name_ + ": not whole");
    return take(count, count);
  }

 private:
  std::string take(std::size_t consumed, std::size_t kept) {
    auto taken = text_.substr(0, kept);
    text_.erase(0, consumed);
    return taken;
  }
  Result<bool> more() {
    std::vector<std::byte> piece(std::size_t{1} << 20);
    const auto count = TRY(file_.read_at(offset_, piece));
    offset_ += count;
    text_.append(reinterpret_cast<const char*>(piece.data()), count);
    return count > 0;
  }

  const File& file_;
  std::string name_;
  std::string text_;
  std::uint64_t offset_ = 0;
};

}  // namespace

std::string example_file_head() { return head().dump() + "\n"; }

std::string example_file_day(const DayOfNetwork& day) {
  const Json line{{"network", day.network},
                  {"seed", day.seed},
                  {"source", day.source},
                  {"digest", day.digest},
                  {"begin", day.begin},
                  {"end", day.end},
                  {"sampling", day.sampling},
                  {"lines", day.lines},
                  {"hosts", day.hosts},
                  {"flows_late", day.flows_late},
                  {"contacts_not_kept", day.contacts_not_kept},
                  {"texts", day.texts},
                  {"servers", day.servers.size()}};
  auto text = line.dump() + "\n";
  ByteWriter writer;
  for (const auto& row : day.servers) write(row, writer);
  text.append(reinterpret_cast<const char*>(writer.bytes().data()), writer.size());
  return text;
}

std::string example_file_end(std::uint64_t days) { return Json{{"days", days}}.dump() + "\n"; }

Status read_example_file(const std::string& path,
                         const std::function<Status(DayOfNetwork&& day)>& sink) {
  const auto file = TRY(File::open(path, O_RDONLY | O_CLOEXEC));
  Pieces pieces(file, path);
  const auto first = Json::parse(TRY(pieces.line()), nullptr, false);
  if (!first.is_object() || !first.contains("noroshi_examples"))
    return failure(ErrorCode::kMalformed, path + ": not a file of examples");
  if (first != head())
    return failure(ErrorCode::kUnsupported,
                   path +
                       ": examples of other features than this program's: make them anew with "
                       "`noroshi model examples`");
  for (std::uint64_t days = 0;; ++days) {
    const auto line = Json::parse(TRY(pieces.line()), nullptr, false);
    if (!line.is_object()) return failure(ErrorCode::kMalformed, path + ": not whole");
    if (line.contains("days")) return {};
    DayOfNetwork day{.network = line.value("network", ""),
                     .seed = line.value("seed", std::uint64_t{0}),
                     .source = line.value("source", ""),
                     .digest = line.value("digest", ""),
                     .begin = line.value("begin", std::uint64_t{0}),
                     .end = line.value("end", std::uint64_t{0}),
                     .sampling = line.value("sampling", 0U),
                     .lines = line.value("lines", std::uint64_t{0}),
                     .hosts = line.value("hosts", std::uint64_t{0}),
                     .flows_late = line.value("flows_late", std::uint64_t{0}),
                     .contacts_not_kept = line.value("contacts_not_kept", std::uint64_t{0}),
                     .texts = line.value("texts", std::vector<std::string>())};
    const auto count = line.value("servers", std::uint64_t{0});
    if (count > kMostServers)
      return failure(ErrorCode::kLimit, fmt::format("{}: a day of {} servers", path, count));
    if (day.texts.empty()) day.texts.emplace_back();
    constexpr std::uint64_t kRows = 4096;
    for (std::uint64_t done = 0; done < count;) {
      const auto here = std::min(kRows, count - done);
      const auto bytes = TRY(pieces.bytes(here * kRowLength));
      ByteReader reader(std::as_bytes(std::span(bytes)));
      for (std::uint64_t row = 0; row < here; ++row) {
        day.servers.push_back(read_row(reader));
        auto& added = day.servers.back();
        if (added.family >= day.texts.size() || added.kind >= day.texts.size())
          return failure(ErrorCode::kMalformed, path + ": a row names a text that is not there");
      }
      done += here;
    }
    TRY(sink(std::move(day)));
  }
}

}  // namespace noroshi
