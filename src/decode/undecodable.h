#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace noroshi {

/// Why a datagram, a set or a record could not be decoded. Each is counted where it happens, once
/// per set (or per datagram, where the datagram has no sets); decoding goes on behind it.
enum class Undecodable : std::uint8_t {
  kUnknownVersion,      ///< not NetFlow v5, v9, IPFIX or sFlow v5
  kTruncatedHeader,     ///< shorter than its protocol's header
  kCountMismatch,       ///< v5: the header counts more records than the datagram holds
  kUnknownTemplate,     ///< data whose template has not been seen
  kMalformedTemplate,   ///< a template that defines nothing, too much, or ends early
  kMalformedSet,        ///< a set whose length is below its header or beyond its datagram
  kMalformedRecord,     ///< a record that ends beyond its set, or a sample that lies about lengths
  kUnsupportedFeature,  ///< well formed, but a form we do not read
  kOverLimit,           ///< more templates, samples, records or nesting than the stated bounds
};
inline constexpr std::size_t kUndecodableReasons = 9;

/// The name that documents, JSON and metrics use: "unknown_template".
[[nodiscard]] std::string_view to_string(Undecodable reason);

}  // namespace noroshi
