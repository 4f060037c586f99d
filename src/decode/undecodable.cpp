#include "decode/undecodable.h"

namespace noroshi {

std::string_view to_string(Undecodable reason) {
  switch (reason) {
    case Undecodable::kUnknownVersion:
      return "unknown_version";
    case Undecodable::kTruncatedHeader:
      return "truncated_header";
    case Undecodable::kCountMismatch:
      return "count_mismatch";
    case Undecodable::kUnknownTemplate:
      return "unknown_template";
    case Undecodable::kMalformedTemplate:
      return "malformed_template";
    case Undecodable::kMalformedSet:
      return "malformed_set";
    case Undecodable::kMalformedRecord:
      return "malformed_record";
    case Undecodable::kUnsupportedFeature:
      return "unsupported_feature";
    case Undecodable::kOverLimit:
      return "over_limit";
  }
  return "unknown";
}

}  // namespace noroshi
