#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace noroshi {

/// Data that an open case keeps from deletion: what is stored about subscribers in a window.
struct Hold {
  std::string case_id;
  Timestamp from;
  Timestamp to;  ///< exclusive
};

/// The holds of all open cases. An error means that they are not known: everything is to be kept.
using HoldSource = std::function<Result<std::vector<Hold>>()>;

/// What must not be deleted at one moment. A value.
class HeldData {
 public:
  HeldData() = default;
  explicit HeldData(std::vector<Hold> holds) : holds_(std::move(holds)) {}
  /// Where the holds are not known.
  [[nodiscard]] static HeldData everything();
  /// What `source` says; everything() on its error, nothing without it.
  [[nodiscard]] static HeldData ask(const HoldSource& source);

  /// Whose cases hold data of [from, to): none of tables that say nothing about subscribers, such
  /// as rollups; "unknown" of everything().
  [[nodiscard]] std::vector<std::string> cases_of(std::string_view table, Timestamp from,
                                                  Timestamp to) const;
  [[nodiscard]] bool holds(std::string_view table, Timestamp from, Timestamp to) const {
    return !cases_of(table, from, to).empty();
  }
  [[nodiscard]] const std::vector<Hold>& all() const { return holds_; }
  [[nodiscard]] bool is_everything() const { return everything_; }

 private:
  std::vector<Hold> holds_;
  bool everything_ = false;
};

/// Whether a table says something about single subscribers: flows and contacts do.
[[nodiscard]] bool is_guarded_table(std::string_view table);

}  // namespace noroshi
