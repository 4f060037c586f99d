#include "guard/audit/base64.h"

#include <array>
#include <cstdint>

namespace noroshi {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::uint32_t octet(std::string_view octets, std::size_t at) {
  return at < octets.size() ? static_cast<unsigned char>(octets[at]) : 0;
}

}  // namespace

std::string encode_base64(std::string_view octets) {
  std::string text;
  for (std::size_t i = 0; i < octets.size(); i += 3) {
    const auto group = octet(octets, i) << 16 | octet(octets, i + 1) << 8 | octet(octets, i + 2);
    for (const unsigned shift : {18U, 12U, 6U, 0U}) text += kAlphabet[group >> shift & 63];
  }
  for (std::size_t i = 0; i < (3 - octets.size() % 3) % 3; ++i) text[text.size() - 1 - i] = '=';
  return text;
}

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string octets;
  for (std::size_t i = 0; i < text.size(); i += 4) {
    std::uint32_t group = 0;
    for (std::size_t j = i; j < i + 4; ++j) {
      const auto value = text[j] == '=' ? 0 : kAlphabet.find(text[j]);
      if (value == std::string_view::npos) return std::nullopt;
      group = group << 6 | static_cast<std::uint32_t>(value);
    }
    for (const unsigned shift : {16U, 8U, 0U}) octets += static_cast<char>(group >> shift & 0xff);
  }
  if (text.ends_with("==")) octets.pop_back();
  if (text.ends_with('=')) octets.pop_back();
  // Padding elsewhere and bits that stand for nothing are another spelling.
  if (encode_base64(octets) != text) return std::nullopt;
  return octets;
}

}  // namespace noroshi
