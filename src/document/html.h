#pragma once

#include <string>

#include "document/document.h"

namespace noroshi {

/// One HTML file that needs no other: no script, no picture, no font from elsewhere. Prints on A4.
[[nodiscard]] std::string to_html(const Document& document);

}  // namespace noroshi
