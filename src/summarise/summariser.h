#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/contact.h"
#include "model/flow_batch.h"
#include "summarise/contact_table.h"
#include "summarise/conversation_table.h"
#include "summarise/direction.h"

namespace noroshi {

/// Flows in, contacts out: who met which server in one window of time.
///
/// Rows may come in any order within what the conversation table holds, from many exporters. The
/// server of a conversation is found by its opening (SYN), then by the fan-in of its endpoints over
/// the window, then by port. Memory is bounded by the limits of Config; what they cost is counted
/// in the summary. Not thread-safe. The same rows in the same order give the same summary.
class Summariser {
 public:
  struct Config {
    ConversationTable::Config conversations;
    ContactTable::Config contacts;
    /// Conversations whose direction waits for the whole window; beyond, the port decides.
    std::size_t most_undecided = 300'000;
  };

  explicit Summariser(Config config);

  void add(const FlowBatch& batch);
  /// Closes the window. The summariser is spent afterwards.
  [[nodiscard]] ContactSummary finish();

 private:
  void take(Conversation&& conversation);
  /// Brings the conversations that are over into the contacts, or lets them wait for the window.
  void settle();

  Config config_;
  ContactSummary summary_;
  ConversationTable conversations_;
  ContactTable contacts_;
  std::vector<Conversation> over_;
  std::vector<Meeting> meetings_;
  std::vector<Conversation> undecided_;
  std::vector<std::uint32_t> rows_;  // of the batch in hand: those that tell of traffic
};

}  // namespace noroshi
