#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "store/embedded/embedded_engine.h"
#include "store/embedded/libchdb.h"
#include "store/folder_for_test.h"
#include "store/history.h"

namespace noroshi::for_test {

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
  Folder folder_;
};

}  // namespace noroshi::for_test
