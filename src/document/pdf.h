#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"
#include "document/document.h"

namespace noroshi {

struct Pdf {
  std::string bytes;
  std::size_t pages = 0;
};

/// The document on pages of A4, its fonts within the file. kUnavailable when no installed font has
/// its characters. Text that does not fit on a page goes on on the next; nothing is cut off.
[[nodiscard]] Result<Pdf> to_pdf(const Document& document);

}  // namespace noroshi
