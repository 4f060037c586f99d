#pragma once

#include <bit>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/byte_writer.h"
#include "record/memory_stream.h"

namespace noroshi {

inline Input input_of(std::vector<std::byte> bytes) {
  return Input(std::make_unique<MemoryStream>(std::move(bytes)));
}

/// Writes integers in the byte order of a capture file, for tests.
class OrderedWriter {
 public:
  explicit OrderedWriter(std::endian order) : little_(order == std::endian::little) {}

  void u16(std::uint16_t value) {
    little_ ? writer_.write_u16_le(value) : writer_.write_u16(value);
  }
  void u32(std::uint32_t value) {
    little_ ? writer_.write_u32_le(value) : writer_.write_u32(value);
  }
  void u64(std::uint64_t value) {
    little_ ? writer_.write_u64_le(value) : writer_.write_u64(value);
  }
  void bytes(std::span<const std::byte> bytes) { writer_.write_bytes(bytes); }
  void zeros(std::size_t count) { writer_.write_zeros(count); }
  [[nodiscard]] std::size_t size() const { return writer_.size(); }
  [[nodiscard]] std::vector<std::byte> take() { return writer_.take(); }

 private:
  ByteWriter writer_;
  bool little_;
};

struct PcapForm {
  std::endian order = std::endian::little;
  std::uint32_t magic = 0xa1b2c3d4;
  std::uint16_t minor = 4;
  std::uint32_t link = 1;
};

/// A classic capture file, record by record.
class PcapFile {
 public:
  explicit PcapFile(PcapForm form = {}) : form_(form), writer_(form.order) {
    writer_.u32(form.magic);
    writer_.u16(2);
    writer_.u16(form.minor);
    writer_.zeros(8);
    writer_.u32(65'535);
    writer_.u32(form.link);
  }
  void packet(std::uint32_t seconds, std::uint32_t fraction, std::span<const std::byte> bytes,
              std::uint32_t original_length) {
    header(seconds, fraction, static_cast<std::uint32_t>(bytes.size()), original_length);
    writer_.bytes(bytes);
  }
  void packet(std::uint32_t seconds, std::span<const std::byte> bytes) {
    packet(seconds, 0, bytes, static_cast<std::uint32_t>(bytes.size()));
  }
  void header(std::uint32_t seconds, std::uint32_t fraction, std::uint32_t captured_length,
              std::uint32_t original_length) {
    writer_.u32(seconds);
    writer_.u32(fraction);
    writer_.u32(captured_length);
    writer_.u32(original_length);
    if (form_.magic == 0xa1b2cd34) writer_.zeros(8);
  }
  void bytes(std::span<const std::byte> bytes) { writer_.bytes(bytes); }
  [[nodiscard]] std::size_t size() const { return writer_.size(); }
  [[nodiscard]] std::vector<std::byte> take() { return writer_.take(); }

 private:
  PcapForm form_;
  OrderedWriter writer_;
};

/// A pcapng file, block by block.
class PcapngFile {
 public:
  void section(std::endian order) {
    order_ = order;
    OrderedWriter body(order);
    body.u32(0x1a2b3c4d);
    body.u16(1);
    body.u16(0);
    body.u64(~std::uint64_t{0});
    block(0x0a0d0d0a, body.take());
  }
  void interface(std::uint16_t link, std::uint32_t snapshot_length = 0,
                 std::span<const std::byte> options = {}) {
    OrderedWriter body(order_);
    body.u16(link);
    body.u16(0);
    body.u32(snapshot_length);
    body.bytes(options);
    block(1, body.take());
  }
  /// if_tsresol and if_tsoffset.
  void interface_with_clock(std::uint16_t link, std::uint8_t resolution, std::int64_t offset) {
    OrderedWriter options(order_);
    options.u16(2);  // if_name, to be stepped over, padding included
    options.u16(5);
    options.zeros(8);
    options.u16(9);
    options.u16(1);
    options.bytes(std::vector<std::byte>{std::byte{resolution}, {}, {}, {}});
    options.u16(14);
    options.u16(8);
    options.u64(static_cast<std::uint64_t>(offset));
    options.u32(0);
    interface(link, 0, options.take());
  }
  void enhanced(std::uint32_t interface, std::uint64_t units, std::span<const std::byte> bytes) {
    OrderedWriter body(order_);
    body.u32(interface);
    body.u32(static_cast<std::uint32_t>(units >> 32));
    body.u32(static_cast<std::uint32_t>(units & 0xffff'ffff));
    body.u32(static_cast<std::uint32_t>(bytes.size()));
    body.u32(static_cast<std::uint32_t>(bytes.size()));
    body.bytes(bytes);
    block(6, body.take());
  }
  void simple(std::uint32_t original_length, std::span<const std::byte> bytes) {
    OrderedWriter body(order_);
    body.u32(original_length);
    body.bytes(bytes);
    block(3, body.take());
  }
  void obsolete(std::uint16_t interface, std::uint64_t units, std::span<const std::byte> bytes) {
    OrderedWriter body(order_);
    body.u16(interface);
    body.u16(7);
    body.u32(static_cast<std::uint32_t>(units >> 32));
    body.u32(static_cast<std::uint32_t>(units & 0xffff'ffff));
    body.u32(static_cast<std::uint32_t>(bytes.size()));
    body.u32(static_cast<std::uint32_t>(bytes.size() + 10));
    body.bytes(bytes);
    block(2, body.take());
  }
  void block(std::uint32_t type, std::span<const std::byte> body) {
    const auto padding = (4 - body.size() % 4) % 4;
    OrderedWriter writer(order_);
    const auto length = static_cast<std::uint32_t>(body.size() + padding + 12);
    writer.u32(type);
    writer.u32(length);
    writer.bytes(body);
    writer.zeros(padding);
    writer.u32(length);
    bytes_.write_bytes(writer.take());
  }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] std::vector<std::byte> take() { return bytes_.take(); }

 private:
  std::endian order_ = std::endian::little;
  ByteWriter bytes_;
};

}  // namespace noroshi
