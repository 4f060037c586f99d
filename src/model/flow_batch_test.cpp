#include "model/flow_batch.h"

#include <gtest/gtest.h>

namespace noroshi {
namespace {

TEST(FlowBatch, StartsEveryRowAtZeroAfterClear) {
  FlowBatch batch(4);
  batch.append(3);
  batch.mutable_packets()[2] = 7;
  batch.clear();
  batch.append(4);
  EXPECT_EQ(batch.packets()[2], 0u);
}

TEST(FlowBatch, StartsEveryRowAtZeroAfterTruncate) {
  FlowBatch batch(4);
  batch.append(4);
  batch.mutable_bytes()[3] = 9;
  batch.truncate(2);
  batch.append(2);
  EXPECT_EQ(batch.bytes()[3], 0u);
}

TEST(FlowBatch, KeepsItsRowsWhenItGrows) {
  FlowBatch batch(2);
  batch.append(2);
  batch.mutable_source_port()[1] = 53;
  batch.append(100);
  EXPECT_EQ(batch.source_port()[1], 53);
  EXPECT_EQ(batch.source_port()[101], 0);
  EXPECT_GE(batch.capacity(), 102u);
}

TEST(FlowBatch, AlignsColumnsForArrow) {
  FlowBatch batch(3);
  batch.for_each_field([](std::string_view name, const auto& values) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(values.data()) % 64, 0u) << name;
  });
}

TEST(FlowBatch, CopiesAWholeRow) {
  FlowBatch from(1);
  from.append(1);
  from.mutable_source_address()[0] = IpAddress::from_v4(0xc0000201);
  from.mutable_sampling_rate()[0] = 1000;
  FlowBatch to(1);
  to.append(1);
  to.append_row(from, 0);
  EXPECT_EQ(to.source_address()[1].to_string(), "192.0.2.1");
  EXPECT_EQ(to.sampling_rate()[1], 1000u);
}

}  // namespace
}  // namespace noroshi
