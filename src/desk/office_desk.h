#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "desk/collection_state.h"
#include "guard/filing/keeper.h"
#include "guard/office.h"
#include "guard/person.h"
#include "net/ip_address.h"

namespace noroshi {

/// What people do at the guard's office: file what is collected for, open and close cases, ask for
/// pseudonyms to be revealed, decide about what others asked, and see an answer once. One
/// implementation for the daemon and for commands that open the state themselves.
///
/// Thread-safe if its dependencies are.
class OfficeDesk {
 public:
  struct Dependencies {
    GuardOffice& office;
    /// Who that is, as a filing sees it.
    std::function<FilingKeeper::Filer(const std::string& account)> filer;
    /// Whether it is collected now; looks again at the filing first, so that what was filed or
    /// withdrawn has taken effect.
    std::function<CollectionState()> collection;
    std::function<Timestamp()> now;
  };
  explicit OfficeDesk(Dependencies dependencies) : dependencies_(std::move(dependencies)) {}

  /// A verb with its request and answer in JSON (docs/reference/filing.md, reveal.md):
  ///     file  file/withdraw  file/show  file/allows
  ///     case/open  case/list  case/show  case/close
  ///     reveal/ask  reveal/list  reveal/show  reveal/approve  reveal/reject
  /// `account` is whom the kernel names. What may not be is kPermission; of cases and reveals, it
  /// is in the audit.
  [[nodiscard]] Result<std::string> answer(std::string_view verb, const std::string& body,
                                           const std::string& account);
  [[nodiscard]] static bool knows(std::string_view verb);

 private:
  using Verb = Result<std::string> (OfficeDesk::*)(const std::string& body,
                                                   const std::string& account);
  struct NamedVerb {
    std::string_view name;
    Verb verb;
  };
  static const NamedVerb kVerbs[];

  Result<std::string> file(const std::string& body, const std::string& account);
  Result<std::string> withdraw(const std::string& body, const std::string& account);
  Result<std::string> show_filing(const std::string& body, const std::string& account);
  Result<std::string> allows(const std::string& body, const std::string& account);
  Result<std::string> open_case(const std::string& body, const std::string& account);
  Result<std::string> list_cases(const std::string& body, const std::string& account);
  Result<std::string> show_case(const std::string& body, const std::string& account);
  Result<std::string> close_case(const std::string& body, const std::string& account);
  Result<std::string> ask_reveal(const std::string& body, const std::string& account);
  Result<std::string> list_reveals(const std::string& body, const std::string& account);
  Result<std::string> show_reveal(const std::string& body, const std::string& account);
  Result<std::string> approve(const std::string& body, const std::string& account);
  Result<std::string> reject(const std::string& body, const std::string& account);

  [[nodiscard]] Person person(const std::string& account) const;
  /// Who works on cases may see what cases and requests there are.
  /// `may`; a refusal of a person's act is written to the audit first.
  [[nodiscard]] Status unless_refused(Status may, const char* act,
                                      const std::string& account) const;
  [[nodiscard]] Status may_look(const char* act, const std::string& account) const;

  Dependencies dependencies_;
};

}  // namespace noroshi
