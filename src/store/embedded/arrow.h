#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "store/engine.h"

namespace noroshi {

extern "C" {

/// The Arrow C Data Interface (arrow.apache.org/docs/format/CDataInterface.html): both structures
/// are its binary contract, field by field.
struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  std::int64_t flags;
  std::int64_t n_children;
  ArrowSchema** children;
  ArrowSchema* dictionary;
  void (*release)(ArrowSchema*);
  void* private_data;
};

struct ArrowArray {
  std::int64_t length;
  std::int64_t null_count;
  std::int64_t offset;
  std::int64_t n_buffers;
  std::int64_t n_children;
  const void** buffers;
  ArrowArray** children;
  ArrowArray* dictionary;
  void (*release)(ArrowArray*);
  void* private_data;
};

}  // extern "C"

/// A Block as one Arrow record batch, without copying its columns. Views the block: both must stay
/// where they are until the consumer is done with them.
class ArrowBlock {
 public:
  explicit ArrowBlock(const Block& block);
  ArrowBlock(const ArrowBlock&) = delete;
  ArrowBlock& operator=(const ArrowBlock&) = delete;

  [[nodiscard]] ArrowSchema* schema() { return &schema_; }
  [[nodiscard]] ArrowArray* array() { return &array_; }

 private:
  struct Column {
    std::string name;
    ArrowSchema schema{};
    ArrowArray array{};
    std::array<const void*, 3> buffers{};
  };

  std::vector<Column> columns_;
  std::vector<ArrowSchema*> schemas_;
  std::vector<ArrowArray*> arrays_;
  std::array<const void*, 1> no_validity_{};
  ArrowSchema schema_{};
  ArrowArray array_{};
};

}  // namespace noroshi
