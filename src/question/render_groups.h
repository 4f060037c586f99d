#pragma once

#include <span>
#include <string>

#include "question/interface_labels.h"
#include "question/question.h"

namespace noroshi {

/// A GroupQuestion as it was asked, and its answer.
struct AnsweredGroups {
  enum class Asked : std::uint8_t {
    kStat,       ///< by one element: "srcip/bytes"
    kAggregate,  ///< by a list: "srcip,dstport"
  };
  Asked asked = Asked::kStat;
  GroupQuestion question;
  Answer answer;
};

/// Tables for people, in nfdump's columns, an empty line between them. Sampled traffic shows the
/// counts as exported and beside them what they stand for, with its 95 % error. Interfaces show
/// their names beside their numbers.
[[nodiscard]] std::string groups_as_table(std::span<const AnsweredGroups> answers,
                                          const InterfaceLabels& labels = {});

/// One header and its rows for each question, an empty line between them. First column(s): the key;
/// then the fields of a tally by name. Interfaces are numbers.
[[nodiscard]] std::string groups_as_csv(std::span<const AnsweredGroups> answers);

/// {"questions":[{"stat":…,"rows":[…],"total":{…},"groups":N}]}, as docs/reference/flows.md says.
[[nodiscard]] std::string groups_as_json(std::span<const AnsweredGroups> answers,
                                         const InterfaceLabels& labels = {});

}  // namespace noroshi
