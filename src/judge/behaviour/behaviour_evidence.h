#pragma once

#include <vector>

#include "judge/case.h"

namespace noroshi {

/// What a contact's sizes, answers, durations and port say, for (positive) and against. Each code:
///
/// - unanswered_calls: a program that goes on calling one endpoint that does not answer is served
///   by nobody; bots do it when their server is down (MalNet, IMC 2022: 91 % of C&C servers do not
///   answer a second probe). Grows with the logarithm of the calls. Known false positives: software
///   whose server was retired, a printer that is off.
/// - failed_and_retried: openings repeated again and again at a server that answers at times.
/// - small_regular_exchanges: many connections, all small and alike (RITA v5 "ds"; BotFinder).
/// - long_quiet_connection: half an hour and more at a few bytes a second: a command channel kept
///   open (Mirai: two bytes a minute). Known false positives: push services, remote shells.
/// - unregistered_port, favoured_port: not the port of a usual service; or Telnet and IRC, which
///   few hosts call and many bots do.
/// - speaks_more_than_it_hears: reports and answers up, short commands down.
/// - bulk_transfer (against): content servers move content.
[[nodiscard]] std::vector<Evidence> behaviour_evidence(const Contact& contact,
                                                       const ContactFacts& facts, const View& view);

}  // namespace noroshi
