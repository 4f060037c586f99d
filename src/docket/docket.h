#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "database/database.h"
#include "docket/entry.h"
#include "docket/life.h"
#include "model/verdict.h"

namespace noroshi {

/// The steps of the docket's form, from src/docket/migrations.
[[nodiscard]] std::span<const Migration> docket_migrations();

/// The list an analyst works through: what is thought of each server, its life, and what was judged
/// when. On disk when a call returns. Names no client. Thread-safe.
class Docket {
 public:
  struct Config {
    std::filesystem::path file;
    /// In tier C a server enters only from this probability on; those that are in stay.
    double least_listed = 0.05;
    std::size_t most_new = 1000;  ///< that enter by one window, the likeliest first
    std::size_t most_entries =
        50'000;                      ///< beyond, expired ones without a word go, the oldest first
    std::size_t most_changes = 300;  ///< of one server; beyond, the oldest of the judge go
  };

  /// One clear line for a file that is none of ours, damaged, or written by a newer Noroshi.
  [[nodiscard]] static Result<std::unique_ptr<Docket>> open(Config config);

  /// A window that was judged.
  struct Window {
    Timestamp from;
    Timestamp to;
    Timestamp made;
    std::string by;      ///< account
    std::string recipe;  ///< id
    /// Contacts were collected throughout: who is not among the verdicts was not called.
    bool whole = false;
    std::string summary;  ///< in words or JSON, for whoever asks later
  };
  struct Outcome {
    std::uint64_t listed = 0;  ///< servers that entered
    std::uint64_t changed = 0;
    std::uint64_t too_unlikely = 0;  ///< not listed: in tier C below least_listed
    std::uint64_t left_out = 0;      ///< not listed for want of room
    std::uint64_t removed = 0;       ///< expired entries that went to make room
    std::uint64_t changes_removed = 0;
  };
  /// Takes the verdicts of a window, in any order, as one transaction. The same window again is
  /// taken as what is known of it now.
  [[nodiscard]] Result<Outcome> take(const Window& window, std::span<const Verdict> verdicts);

  struct Selection {
    std::vector<Tier> tiers{};          ///< empty: all
    std::vector<DocketState> states{};  ///< empty: all but expired and refuted
    std::size_t most = 0;               ///< 0: all
  };
  struct List {
    std::vector<DocketEntry> entries;  ///< by tier, then probability, then clients, then server
    std::uint64_t left_out = 0;        ///< that were selected, beyond `most`
  };
  [[nodiscard]] Result<List> list(const Selection& selection);

  /// All of them, whatever their state.
  [[nodiscard]] Result<std::vector<Endpoint>> servers();

  struct Life {
    DocketEntry entry;
    std::vector<DocketChange> changes;  ///< the oldest first
  };
  /// kNotFound; kInvalidArgument where the name fits several servers.
  [[nodiscard]] Result<Life> find(const ServerName& name);

  /// `record` is called before the commit: what cannot be put on record does not happen.
  using Record = std::function<Status(const DocketEntry& before, const DocketChange& change)>;
  [[nodiscard]] Result<DocketEntry> say(const ServerName& name, const Saying& saying,
                                        const Record& record);
  /// kNotFound where nothing was said.
  [[nodiscard]] Result<DocketEntry> undo(const ServerName& name, const std::string& by,
                                         const std::string& reason, Timestamp now,
                                         const Record& record);

  /// The windows judged, the latest first, at most `most`.
  [[nodiscard]] Result<std::vector<Window>> windows(std::size_t most);

 private:
  Docket(Config config, std::unique_ptr<Database> database)
      : config_(std::move(config)), database_(std::move(database)) {}

  Config config_;
  std::unique_ptr<Database> database_;
};

}  // namespace noroshi
