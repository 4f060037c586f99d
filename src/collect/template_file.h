#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "decode/saved_session.h"

namespace noroshi {

/// The file in which templates outlive a restart. Errors begin with its path.
///
/// Reading fails with kNotFound when there is none, and reads none that is larger than any we
/// write.
[[nodiscard]] Result<std::vector<SavedSession>> read_template_file(const std::string& path);

/// Replaces the file at once: it is written beside its place, brought to the disk, and renamed.
Status write_template_file(const std::string& path, const std::vector<std::byte>& content);

}  // namespace noroshi
