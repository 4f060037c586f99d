#pragma once

#include <string_view>

namespace noroshi {

/// What the receiver of a bundle reads first, Japanese and English.
[[nodiscard]] std::string_view audit_bundle_readme();
/// docs/reference/verify_audit.py.
[[nodiscard]] std::string_view audit_bundle_script();

}  // namespace noroshi
