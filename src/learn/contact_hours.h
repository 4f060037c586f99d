#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <span>

#include "base/file.h"
#include "base/result.h"
#include "model/contact.h"
#include "model/flow_batch.h"
#include "summarise/summariser.h"

namespace noroshi {

/// Rows of one view in, the contacts of its hours out: what the daemon keeps in its store, kept in
/// a file without a name for as long as it is needed. A flow belongs to the hour of its `last`.
///
/// Memory is that of two open hours; the same rows give the same contacts. Not thread-safe.
class ContactHours {
 public:
  /// The file is made in `folder`, and gone when this goes.
  [[nodiscard]] static Result<ContactHours> create(const std::filesystem::path& folder);

  /// Rows about in the order in which they were exported. Rows of an hour that was closed are left
  /// out and counted.
  [[nodiscard]] Status add(const FlowBatch& batch);
  /// Closes the hours that ended kGrace before `now` (ms since 1970 UTC).
  [[nodiscard]] Status close_until(std::uint64_t now);
  [[nodiscard]] Status close_all();
  static constexpr std::uint64_t kGrace = 5 * 60'000;

  /// Hands on the contacts of a closed hour in the order of their clients; nothing for others.
  [[nodiscard]] Status read(std::uint64_t hour,
                            const std::function<Status(std::span<const Contact>)>& sink) const;
  /// Forgets what was before that hour, and its room is used again.
  void forget_before(std::uint64_t hour);
  [[nodiscard]] std::uint64_t flows_late() const { return flows_late_; }
  [[nodiscard]] std::uint64_t contacts_not_kept() const { return contacts_not_kept_; }

 private:
  struct Place {
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
  };
  explicit ContactHours(File file) : file_(std::move(file)) {}
  Summariser* open(std::uint64_t hour);
  Status close(std::uint64_t hour, Summariser& summariser);

  File file_;
  std::map<std::uint64_t, std::unique_ptr<Summariser>> open_;
  std::map<std::uint64_t, std::vector<Place>> closed_;
  std::uint64_t closed_until_ = 0;
  std::uint64_t end_ = 0;  ///< of the file
  std::uint64_t flows_late_ = 0;
  std::uint64_t contacts_not_kept_ = 0;
};

}  // namespace noroshi
