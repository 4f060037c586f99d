#pragma once

#include "record/flow_fields.h"
#include "record/line_recording.h"

namespace noroshi {

/// What our CSV and our JSON share: fields by name, and rows of any kind from any exporter.
class FlowRecording : public LineRecording {
 protected:
  using LineRecording::LineRecording;

  /// The field of that name, or an Error that names what would have been known.
  [[nodiscard]] static Result<const FlowTextField*> known_field(std::string_view name);

  /// Takes the row that was begun back.
  static LineMeaning refuse(FlowBatch& batch, std::size_t row);
  /// Keeps it, and notes its exporter.
  LineMeaning accept(const FlowBatch& batch, std::size_t row);

 private:
  IpAddress last_exporter_;
};

}  // namespace noroshi
