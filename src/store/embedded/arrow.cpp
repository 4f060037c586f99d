#include "store/embedded/arrow.h"

namespace noroshi {
namespace {

const char* format_of(StoredType type) {
  switch (type) {
    case StoredType::kUInt8:
      return "C";
    case StoredType::kUInt16:
      return "S";
    case StoredType::kUInt32:
      return "I";
    case StoredType::kUInt64:
      return "L";
    case StoredType::kFloat64:
      return "g";
    case StoredType::kBytes16:
      return "w:16";
    case StoredType::kBytes:
      return "z";
  }
  return "n";
}

// The memory belongs to the Block and to the ArrowBlock: releasing only marks the structure.
void release(ArrowSchema* schema) { schema->release = nullptr; }
void release(ArrowArray* array) { array->release = nullptr; }

}  // namespace

ArrowBlock::ArrowBlock(const Block& block) : columns_(block.columns.size()) {
  const auto rows = static_cast<std::int64_t>(block.rows);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const auto& view = block.columns[i];
    auto& column = columns_[i];
    column.name = view.name;
    column.schema.format = format_of(view.type);
    column.schema.name = column.name.c_str();
    column.schema.release = release;
    const bool of_any_length = view.type == StoredType::kBytes;
    column.buffers = {nullptr, view.values, nullptr};
    if (of_any_length) column.buffers = {nullptr, view.offsets, view.values};
    column.array.length = rows;
    column.array.n_buffers = of_any_length ? 3 : 2;
    column.array.buffers = column.buffers.data();
    column.array.release = release;
    schemas_.push_back(&column.schema);
    arrays_.push_back(&column.array);
  }
  const auto count = static_cast<std::int64_t>(columns_.size());
  schema_.format = "+s";
  schema_.name = "";
  schema_.n_children = count;
  schema_.children = schemas_.data();
  schema_.release = release;
  array_.length = rows;
  array_.n_buffers = 1;
  array_.n_children = count;
  array_.buffers = no_validity_.data();
  array_.children = arrays_.data();
  array_.release = release;
}

}  // namespace noroshi
