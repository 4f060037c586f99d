#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/folder_for_test.h"
#include "guard/guard_for_test.h"
#include "store/cluster/cluster_engine.h"
#include "store/embedded/embedded_engine.h"
#include "store/embedded/libchdb.h"
#include "store/history.h"

namespace noroshi::for_test {

/// The shards of the cluster that NOROSHI_TEST_CLUSTER names, "URL URL … USER PASSWORD_FILE", with
/// nothing in them; tests/interop/test_history.py sets it.
inline Result<std::unique_ptr<Engine>> open_cluster(const std::string& description) {
  std::istringstream words(description);
  std::vector<std::string> all{std::istream_iterator<std::string>(words), {}};
  CHECK(all.size() >= 3);
  ClusterEngine::Config config;
  config.password_file = all.back();
  all.pop_back();
  config.user = all.back();
  all.pop_back();
  for (const auto& url : all) config.shards.push_back({url});
  auto cluster = TRY(ClusterEngine::open(config));
  TRY(cluster->execute("DROP DATABASE IF EXISTS noroshi"));
  return std::unique_ptr<Engine>(std::move(cluster));
}

/// A test with a real engine: the embedded one in a fresh folder, or the cluster of
/// NOROSHI_TEST_CLUSTER where the test asks for no more than open_history(). Skipped, and counted
/// as skipped, in a build without the embedded engine.
class WithEngine : public testing::Test {
 protected:
  void SetUp() override {
    if (std::getenv("NOROSHI_TEST_CLUSTER") != nullptr) return;
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
  [[nodiscard]] std::unique_ptr<Engine> open_any_engine() const {
    const char* cluster = std::getenv("NOROSHI_TEST_CLUSTER");
    if (cluster == nullptr) return open_engine();
    auto engine = open_cluster(cluster);
    if (!engine) throw std::runtime_error(engine.error().message);
    return std::move(*engine);
  }
  [[nodiscard]] std::unique_ptr<History> open_history() {
    auto engine = open_any_engine();
    engine_ = engine.get();
    auto history = History::open(std::move(engine));
    if (!history) throw std::runtime_error(history.error().message);
    return std::move(*history);
  }
  /// That of the history opened last, which must still be open.
  [[nodiscard]] Engine& engine() { return *engine_; }
  /// The question, permitted to the system for every purpose.
  template <typename Question>
  [[nodiscard]] Granted<Question> grant(Question question) {
    return guard_.grant(std::move(question));
  }
  [[nodiscard]] GuardForTest& guard() { return guard_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  Engine* engine_ = nullptr;
  GuardForTest guard_;
  Folder folder_;
};

}  // namespace noroshi::for_test
