#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

#include "base/result.h"
#include "guard/pseudonym/private_memory.h"
#include "guard/pseudonym/secret.h"

namespace noroshi {

/// Text in private memory, of a size known to be enough.
class PrivateText {
 public:
  explicit PrivateText(std::size_t most) : memory_(most), most_(most) {}

  void add(std::string_view text);
  /// As 64 hexadecimal digits.
  void add(const Secret& secret);
  /// What is still unused, and that so much of it was written.
  [[nodiscard]] std::span<char> rest() const { return {begin() + size_, most_ - size_}; }
  void written(std::size_t bytes) { size_ += bytes; }
  [[nodiscard]] std::string_view text() const { return {begin(), size_}; }

 private:
  [[nodiscard]] char* begin() const { return static_cast<char*>(memory_.data()); }

  PrivateMemory memory_;
  std::size_t most_;
  std::size_t size_ = 0;
};

inline constexpr std::size_t kLargestPrivateFile = 1 << 20;

/// The whole of a file that nobody but its owner may read or write. kNotFound where there is none,
/// kPermission where others may.
[[nodiscard]] Result<PrivateText> read_private_file(const std::filesystem::path& path);

/// In place of the file at once, mode 0600, on disk when it returns. What stood in the old one is
/// overwritten as far as the file system lets us.
Status write_private_file(const std::filesystem::path& path, std::string_view text);

}  // namespace noroshi
