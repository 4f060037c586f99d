#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "store/embedded/embedded_engine.h"
#include "store/embedded/libchdb.h"
#include "store/history.h"

namespace noroshi::for_test {

/// A folder of its own under the system's temporary one, removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    auto pattern = (std::filesystem::temp_directory_path() / "noroshi-store-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A test with the real engine in a fresh folder; skipped, and counted as skipped, in a build
/// without it.
class WithEngine : public testing::Test {
 protected:
  void SetUp() override {
    const auto library = EngineLibrary::find({});
    if (!library && library.error().code == ErrorCode::kUnsupported)
      GTEST_SKIP() << library.error().message;
    ASSERT_TRUE(library) << library.error().message;
  }

  [[nodiscard]] EmbeddedEngine::Config config() const {
    EmbeddedEngine::Config config;
    config.path = folder_.path();
    return config;
  }
  [[nodiscard]] std::unique_ptr<EmbeddedEngine> open_engine() const {
    auto engine = EmbeddedEngine::open(config());
    if (!engine) throw std::runtime_error(engine.error().message);
    return std::move(*engine);
  }
  [[nodiscard]] std::unique_ptr<History> open_history() const {
    auto history = History::open(open_engine());
    if (!history) throw std::runtime_error(history.error().message);
    return std::move(*history);
  }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
};

}  // namespace noroshi::for_test
