#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "store/engine.h"

namespace noroshi {

// Of the nodes that share an engine one at a time drops or rewrites rows from before. Whose turn it
// is says a table on the first shard, noroshi.rewriting_turn, whose one column is called after the
// node: it is made in one step, which fails where it is there already, so that of two nodes that
// begin together one has it. It stays when a node is killed, for the tables that node left are
// its own to put in order; whoever is sure that a node never comes back drops the table by hand.

/// The node whose turn it is; empty: nobody's. Of an engine that is not shared it is nobody's.
[[nodiscard]] Result<std::string> turn_of(Engine& engine);
/// Ok where it is this node's turn already. kPermission, and who has it, where it is another's.
Status take_turn(Engine& engine, std::string_view node);
/// The turn is over.
Status give_turn(Engine& engine);

}  // namespace noroshi
