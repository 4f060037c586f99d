#include "guard/audit/tar.h"

#include <fmt/format.h>

#include "base/check.h"

namespace noroshi {
namespace {

constexpr std::size_t kBlock = 512;

}  // namespace

Status TarWriter::begin_file(const std::string& name, std::uint64_t size) {
  CHECK(left_ == 0 && name.size() <= 100 && size < std::uint64_t{1} << 33);
  std::string header = name;
  header.resize(100, '\0');
  header += fmt::format("{:07o}", 0600) + '\0';  // mode
  header += fmt::format("{:07o}", 0) + '\0';     // owner
  header += fmt::format("{:07o}", 0) + '\0';     // group
  header += fmt::format("{:011o}", size) + '\0';
  header += fmt::format("{:011o}", unix_seconds_) + '\0';
  header += "        ";  // the checksum, counted as spaces
  header += '0';         // a regular file
  header.resize(257, '\0');
  header += std::string(
      "ustar\0"
      "00",
      8);
  header.resize(kBlock, '\0');
  unsigned sum = 0;
  for (const char octet : header) sum += static_cast<unsigned char>(octet);
  header.replace(148, 8, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
  left_ = size_ = size;
  return sink_(header);
}

Status TarWriter::write(std::string_view piece) {
  CHECK(piece.size() <= left_);
  left_ -= piece.size();
  return sink_(piece);
}

Status TarWriter::end_file() {
  CHECK(left_ == 0);
  return sink_(std::string((kBlock - size_ % kBlock) % kBlock, '\0'));
}

Status TarWriter::file(const std::string& name, std::string_view contents) {
  TRY(begin_file(name, contents.size()));
  TRY(write(contents));
  return end_file();
}

Status TarWriter::finish() { return sink_(std::string(2 * kBlock, '\0')); }

}  // namespace noroshi
