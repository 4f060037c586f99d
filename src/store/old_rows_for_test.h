#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "store/embedded/engine_for_test.h"
#include "store/history.h"

namespace noroshi::for_test {

inline constexpr std::uint64_t kHour = 3'600'000;
inline constexpr std::uint64_t kFirst = 498'000;

inline IpAddress address(const char* text) { return *IpAddress::parse(text); }

inline std::vector<Prefix> subscribers() {
  return {*Prefix::parse("198.18.0.0/15"), *Prefix::parse("2001:db8:7a00::/40")};
}

/// Rows of one hour, each from and to strangers.
inline FlowBatch rows_of(std::uint64_t hour, std::size_t count) {
  FlowBatch rows;
  rows.append(count);
  for (std::size_t i = 0; i < count; ++i) {
    rows.mutable_source_address()[i] =
        IpAddress::from_v4(0xc0000200 + static_cast<std::uint32_t>(i));
    rows.mutable_destination_address()[i] = address("203.0.113.9");
    rows.mutable_exporter()[i] = address("198.19.0.1");  // the provider's own: no subscriber's
    rows.mutable_last()[i] = rows.mutable_received()[i] = hour * kHour + i;
    rows.mutable_first()[i] = hour * kHour;
    rows.mutable_packets()[i] = 1 + i;
    rows.mutable_bytes()[i] = 100 * i;
  }
  return rows;
}

class OldRowsTest : public WithEngine {
 protected:
  void SetUp() override {
    WithEngine::SetUp();
    if (IsSkipped()) return;
    history_ = open_history();
  }
  [[nodiscard]] std::vector<ClearRows> found() {
    const auto found = history_->clear_rows(granted());
    EXPECT_TRUE(found) << found.error().message;
    return found ? *found : std::vector<ClearRows>();
  }
  [[nodiscard]] Granted<ClearRowsQuestion> granted() {
    auto granted = guard_.guard().permit_search();
    EXPECT_TRUE(granted);
    return std::move(*granted);
  }
  [[nodiscard]] std::multiset<std::string> stored() {
    std::multiset<std::string> rows;
    const auto read =
        history_->read(guard_.grant(RowsQuestion{}), [&](const FlowBatch& batch) -> Status {
          for (std::size_t i = 0; i < batch.size(); ++i)
            rows.insert(
                batch.source_address()[i].to_string() + " " +
                batch.destination_address()[i].to_string() + " " + batch.exporter()[i].to_string() +
                " " + std::to_string(batch.last()[i]) + " " + std::to_string(batch.first()[i]) +
                " " + std::to_string(batch.packets()[i]) + " " + std::to_string(batch.bytes()[i]));
          return {};
        });
    EXPECT_TRUE(read) << read.error().message;
    return rows;
  }

  GuardForTest guard_{GuardForTest::permissive(), subscribers()};
  std::unique_ptr<History> history_;
};

}  // namespace noroshi::for_test
