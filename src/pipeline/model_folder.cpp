#include "pipeline/model_folder.h"

#include <fcntl.h>

#include <span>
#include <string>

#include "base/file.h"
#include "guard/digest.h"

// Door (in): a trained model. Guard: the operator names its folder; sizes are bounded, and its
// parts are checked against their hash.

namespace noroshi {
namespace {

Result<std::string> text_of(const std::filesystem::path& path) {
  constexpr std::uint64_t kMost = 256 << 20;
  const auto file = TRY(File::open(path, O_RDONLY | O_CLOEXEC));
  const auto size = TRY(file.size());
  if (size > kMost) return failure(ErrorCode::kLimit, path.string() + ": too large for a model");
  std::string text(size, '\0');
  text.resize(TRY(file.read_at(0, std::as_writable_bytes(std::span(text)))));
  return text;
}

}  // namespace

Result<ServerModel> read_model_folder(const std::filesystem::path& folder) {
  const auto description = TRY(text_of(folder / "model.json"));
  const auto booster = TRY(text_of(folder / "booster.json"));
  // The hash stands in the description as text: nothing else there is as long.
  if (description.find(sha256(booster).to_hex()) == std::string::npos)
    return failure(ErrorCode::kMalformed,
                   folder.string() + ": booster.json is not the one that model.json describes");
  auto model = ServerModel::parse(description, booster);
  if (!model) return tl::unexpected(in_context(folder.string(), model.error()));
  return model;
}

}  // namespace noroshi
