#include "store/flow_frame.h"

#include <fmt/format.h>
#include <lz4.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "base/check.h"
#include "store/flow_columns.h"

namespace noroshi {
namespace {

constexpr std::uint8_t kVersion = 1;

struct Field {
  std::string_view name;
  std::size_t width;
};

#define NOROSHI_FLOW_FIELD(name, type) Field{#name, sizeof(type)},
constexpr std::array kFields{NOROSHI_FLOW_FIELDS(NOROSHI_FLOW_FIELD)};
#undef NOROSHI_FLOW_FIELD

/// Where a field stands in kFields; kFields.size() when it is not there.
std::size_t find_field(std::string_view name) {
  std::size_t at = 0;
  while (at < kFields.size() && kFields[at].name != name) ++at;
  return at;
}

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

std::vector<std::byte> encode_frame(const FlowBatch& flows) {
  CHECK(flows.size() <= kMostFrameRows);
  ByteWriter writer;
  std::vector<std::byte> columns;
  std::uint8_t count = 0;
  ByteWriter names;
  flows.for_each_field([&](std::string_view name, auto values) {
    const auto bytes = std::as_bytes(values);
    if (is_zero(bytes)) return;
    ++count;
    names.write_u8(static_cast<std::uint8_t>(name.size()));
    names.write_bytes(std::as_bytes(std::span(name)));
    names.write_u8(static_cast<std::uint8_t>(bytes.size() / flows.size()));
    columns.insert(columns.end(), bytes.begin(), bytes.end());
  });
  writer.write_u8(kVersion);
  writer.write_u8(count);
  writer.write_u16_le(0);
  writer.write_u32_le(static_cast<std::uint32_t>(flows.size()));
  writer.write_bytes(names.bytes());

  auto frame = writer.take();
  const auto head = frame.size();
  const int size = static_cast<int>(columns.size());
  const int bound = ::LZ4_compressBound(size);
  frame.resize(head + static_cast<std::size_t>(bound));
  const int length =
      ::LZ4_compress_default(reinterpret_cast<const char*>(columns.data()),
                             reinterpret_cast<char*>(frame.data() + head), size, bound);
  CHECK(length > 0);
  frame.resize(head + static_cast<std::size_t>(length));
  return frame;
}

Result<FlowBatch> decode_frame(std::span<const std::byte> frame) {
  ByteReader reader(frame);
  const auto version = reader.read_u8();
  const auto count = reader.read_u8();
  reader.skip(2);
  const auto rows = reader.read_u32_le();
  if (!reader.ok()) return failure(ErrorCode::kTruncated, "a frame shorter than its header");
  if (version != kVersion)
    return failure(ErrorCode::kUnsupported,
                   fmt::format("a frame of version {}: this Noroshi reads {}", version, kVersion));
  if (rows > kMostFrameRows)
    return failure(ErrorCode::kMalformed, fmt::format("a frame of {} rows", rows));

  std::array<bool, kFields.size()> seen{};
  std::vector<std::size_t> fields;
  std::size_t size = 0;
  for (std::size_t at = 0; at < count; ++at) {
    const auto name = as_text(reader.read_bytes(reader.read_u8()));
    const auto width = reader.read_u8();
    if (!reader.ok()) return failure(ErrorCode::kTruncated, "a frame that ends in its fields");
    const auto field = find_field(name);
    if (field == kFields.size() || kFields[field].width != width)
      return failure(ErrorCode::kUnsupported, "a frame with a field that is not known here");
    if (seen[field]) return failure(ErrorCode::kMalformed, "a frame with one field twice");
    seen[field] = true;
    fields.push_back(field);
    size += rows * width;
  }

  const auto packed = reader.rest();
  // LZ4 makes at most 255 bytes of one: what claims more is refused before memory is taken for it.
  if (packed.size() < size / 255)
    return failure(ErrorCode::kMalformed, "a frame shorter than its rows");
  std::vector<std::byte> columns(size);
  const int length = ::LZ4_decompress_safe(reinterpret_cast<const char*>(packed.data()),
                                           reinterpret_cast<char*>(columns.data()),
                                           static_cast<int>(packed.size()), static_cast<int>(size));
  if (length < 0 || static_cast<std::size_t>(length) != size)
    return failure(ErrorCode::kMalformed, "a frame whose columns do not unpack");

  FlowBatch flows(rows);
  flows.append(rows);
  std::size_t from = 0;
  for (const auto field : fields) {
    std::size_t at = 0;
#define NOROSHI_FLOW_READ(name, type)                                                     \
  if (field == at++ && rows != 0)                                                         \
    std::memcpy(static_cast<void*>(flows.mutable_##name().data()), columns.data() + from, \
                rows * sizeof(type));
    NOROSHI_FLOW_FIELDS(NOROSHI_FLOW_READ)
#undef NOROSHI_FLOW_READ
    from += rows * kFields[field].width;
  }
  return flows;
}

}  // namespace noroshi
