#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/bilingual.h"
#include "base/check.h"
// Whole, not only declared: a file that can name a Granted can then define no Guard of its own.
#include "guard/guard.h"
#include "guard/policy/fields.h"
#include "guard/policy/policy.h"

namespace noroshi {

/// Under what terms a read was permitted.
struct GrantTerms {
  std::string id;  ///< in the audit
  std::string who;
  std::string purpose;
  std::string case_id;
  Granularity granularity = Granularity::kCounts;
  std::uint32_t suppress_below = 0;  ///< sums over fewer distinct lines are left out; 0, 1: none
  std::uint32_t round_to = 0;        ///< counts are multiples of this; 0 and 1: as they are
  FieldSet hidden;                   ///< columns that rows do not show: they are zero
  /// What the question was narrowed by, for whoever asked.
  std::vector<Bilingual> notes;

  [[nodiscard]] bool suppresses() const { return suppress_below > 1; }
  [[nodiscard]] bool rounds() const { return round_to > 1; }
};

/// The right to have one question answered once, narrowed to what its purpose allows. Only Guard
/// makes one; it can be handed on, and neither copied, changed nor made from nothing.
template <typename Question>
class Granted {
 public:
  Granted(Granted&&) noexcept = default;
  Granted& operator=(Granted&&) noexcept = default;
  Granted(const Granted&) = delete;
  Granted& operator=(const Granted&) = delete;

  [[nodiscard]] const Question& question() const { return content().first; }
  [[nodiscard]] const GrantTerms& terms() const { return content().second; }

 private:
  friend class Guard;
  using Content = std::pair<Question, GrantTerms>;

  Granted(Question question, GrantTerms terms)
      : content_(std::make_unique<const Content>(std::move(question), std::move(terms))) {}
  [[nodiscard]] const Content& content() const {
    CHECK(content_ != nullptr);  // handed on already
    return *content_;
  }

  std::unique_ptr<const Content> content_;
};

}  // namespace noroshi
